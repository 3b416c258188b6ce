"""From a publisher's files to batches: sources, records, vocabulary and pipeline."""

from emixer_tf.data.errors import DataError
from emixer_tf.data.study import Study
from emixer_tf.data.vocabulary import Vocabulary

__all__ = ["DataError", "Study", "Vocabulary", "load_dataset", "read_card", "split_by_patient"]

_LAZY = {
    "load_dataset": "emixer_tf.data.pipeline",
    "read_card": "emixer_tf.data.card",
    "split_by_patient": "emixer_tf.data.splits",
}


def __getattr__(name):
    # tf.data takes seconds to import; studies and vocabularies do not need it.
    if name in _LAZY:
        import importlib

        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'emixer_tf.data' has no attribute {name!r}")
