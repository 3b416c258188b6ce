"""From a publisher's files to batches: sources, records, vocabulary and pipeline."""

import importlib

from emixer_tf.data.errors import DataError
from emixer_tf.data.study import ListedStudy, Study
from emixer_tf.data.vocabulary import Vocabulary

# tf.data, pydicom and nltk take seconds to import; studies and vocabularies do not need them.
_LAZY = {
    "Preparation": "emixer_tf.data.preparation",
    "label_report": "emixer_tf.data.report_labeller",
    "load_dataset": "emixer_tf.data.pipeline",
    "prepare": "emixer_tf.data.prepare_listing",
    "read_card": "emixer_tf.data.card",
    "read_dicom": "emixer_tf.data.dicom",
    "report_sections": "emixer_tf.data.report_parser",
    "split_by_patient": "emixer_tf.data.splits",
    "square": "emixer_tf.data.squares",
}

__all__ = ["DataError", "ListedStudy", "Study", "Vocabulary", *sorted(_LAZY)]


def __getattr__(name):
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'emixer_tf.data' has no attribute {name!r}")
