"""EMIXER in Keras 3: chest X-rays and their reports, generated together from diagnosis labels."""

from emixer_tf.config import EmixerConfig
from emixer_tf.version import __version__

__all__ = ["EMIXER", "EmixerConfig", "__version__"]


def __getattr__(name):
    # TensorFlow takes seconds to import; `emixer --help` should not.
    if name == "EMIXER":
        from emixer_tf.models.emixer import EMIXER

        return EMIXER
    raise AttributeError(f"module 'emixer_tf' has no attribute {name!r}")
