"""EMIXER in Keras 3: chest X-rays and their reports, generated together from diagnosis labels."""

import importlib
import os

from emixer_tf.config import EmixerConfig
from emixer_tf.version import __version__

__all__ = ["EMIXER", "EmixerConfig", "__version__", "presets"]

# TensorFlow leaves oneDNN's convolutions off on processors without AVX-512; EMIXER's step takes
# 1.4 times as long without them (docs/benchmarks.md). Has no effect once TensorFlow is imported.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


def __getattr__(name):
    # TensorFlow takes seconds to import; `emixer --help` should not.
    if name == "EMIXER":
        from emixer_tf.models.emixer import EMIXER

        return EMIXER
    if name == "presets":
        from emixer_tf.models.preset_table import presets

        return presets
    if name in ("data", "metrics", "baselines", "serving"):
        return importlib.import_module(f"emixer_tf.{name}")
    raise AttributeError(f"module 'emixer_tf' has no attribute {name!r}")
