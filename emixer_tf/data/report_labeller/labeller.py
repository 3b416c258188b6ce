"""From a report's text to the 14 CheXpert labels."""

from functools import lru_cache

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.report_labeller.assertions import (
    NEGATIVE,
    POSITIVE,
    UNCERTAIN,
    sentence_values,
)
from emixer_tf.data.report_labeller.sentences import sentences_to_read

_STRENGTH = {NEGATIVE: 0, UNCERTAIN: 1, POSITIVE: 2}
_ABNORMAL = [name for name in CHEXPERT_LABELS if name not in ("No Finding", "Support Devices")]
_LONGEST_REMEMBERED = 400  # characters; a longer sentence is no sentence, and would fill memory
remembered_values = lru_cache(maxsize=2**16)(sentence_values)


def label_report(text):
    """Read the 14 CheXpert labels from a report's text.

    Every mention of a finding is positive, negative or uncertain by the cues around it in its
    sentence. Over the report, one positive mention outweighs uncertain ones, and these negative
    ones. "No Finding" is positive when no label but "Support Devices" is positive or uncertain.
    A label is not drawn from another: consolidation does not imply "Lung Opacity".

    Args:
        text: The report, as written or tokenised; sections of indication, history and comparison
            are left out.

    Returns:
        Dict from each name in `CHEXPERT_LABELS` to 1.0 (positive), 0.0 (negative), -1.0
        (uncertain) or None (not mentioned). All are None for a text without words.

    Example:

    >>> labels = label_report("Stable cardiomegaly. No effusion. Possible left basilar pneumonia.")
    >>> {name: value for name, value in labels.items() if value is not None}
    {'Cardiomegaly': 1.0, 'Pneumonia': -1.0, 'Pleural Effusion': 0.0}

    Reference:
        The labels and their aggregation: CheXpert (arXiv:1901.07031), section 2.
    """
    labels = dict.fromkeys(CHEXPERT_LABELS)
    sentences = sentences_to_read(text)
    for sentence in sentences:
        short = len(sentence) <= _LONGEST_REMEMBERED
        for name, value in (remembered_values if short else sentence_values)(sentence):
            known = labels[name]
            if known is None or _STRENGTH[value] > _STRENGTH[known]:
                labels[name] = value
    if sentences and not any(labels[name] for name in _ABNORMAL):
        labels["No Finding"] = POSITIVE
    return labels


def label_reports(texts):
    """Read the labels of many reports.

    Args:
        texts: Iterable of reports.

    Returns:
        List of dicts as `label_report` returns them.

    Example:

    >>> [labels["Edema"] for labels in label_reports(["Mild edema.", "Clear lungs."])]
    [1.0, None]
    """
    return [label_report(text) for text in texts]
