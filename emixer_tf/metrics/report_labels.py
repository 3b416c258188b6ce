"""Which labels reports state, as rules or a grammar read them."""

import numpy as np

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.metrics.label_arrays import in_order_of
from emixer_tf.metrics.report_lists import checked_reports

_OTHER_NAMES = {"Effusion": "Pleural Effusion"}  # of NIH's labels the only other one of the same
LABELS_BY_RULES = (*CHEXPERT_LABELS, *_OTHER_NAMES)


def labels_said(reports, names, read):
    """Read labels from reports.

    Args:
        reports: List of n texts, one at least.
        names: K names of labels to read.
        read: Function from a text to a dict of 1, 0 or NaN by name, or None if it cannot be read:
            `by_rules` or `by_phantom_grammar`.

    Returns:
        float64 `[n, K]`; a row of NaN for a report that cannot be read.

    Raises:
        ValueError: For what is no list of texts, none, or a name that the reader does not know.

    Example:

    >>> labels_said(["Mild edema.", "Clear lungs.", ""], ["Fracture", "Edema"], by_rules)
    array([[ 0.,  1.],
           [ 0.,  0.],
           [nan, nan]])

    Reference:
        docs/metrics.md, "Is it what was asked?".
    """
    reports = checked_reports(reports, "given")
    said = np.full((len(reports), len(names)), np.nan)
    for row, report in enumerate(reports):
        labels = read(report)
        if labels is not None:
            said[row] = in_order_of([list(labels.values())], labels, names)[0]
    return said


def by_rules(report):
    """Read the 14 CheXpert labels by rules, and "Effusion", as NIH calls pleural effusion.

    What is uncertain or not mentioned counts as negative, as it did for the coders of Open-i, by
    whose labels the rules were judged.

    Args:
        report: Text.

    Returns:
        Dict of 1.0 or 0.0 by name; None for a report without words.

    Example:

    >>> labels = by_rules("Cardiomegaly. Possible pneumonia. No effusion.")
    >>> [name for name, value in labels.items() if value]
    ['Cardiomegaly']

    Reference:
        The labels: Irvin et al., CheXpert (arXiv:1901.07031). How well the rules read them:
        docs/benchmarks.md, "Reports".
    """
    from emixer_tf.data.report_labeller import label_report

    labels = label_report(report)
    if all(value is None for value in labels.values()):
        return None
    labels |= {other: labels[name] for other, name in _OTHER_NAMES.items()}
    return {name: float(value == 1.0) for name, value in labels.items()}


def by_phantom_grammar(report):
    """Read the labels of a phantom's report, by the grammar that writes such reports.

    Args:
        report: Text.

    Returns:
        Dict of 1.0 or 0.0 by name; None for a report that the grammar could not have written.

    Example:

    >>> by_phantom_grammar("Minimal left apical pneumothorax is seen.")["Pneumothorax"]
    1.0

    Reference:
        docs/metrics.md, "Is it what was asked?".
    """
    from emixer_tf.data.sources.phantom import UnreadableReport, read_labels

    try:
        return read_labels(report).labels
    except UnreadableReport:
        return None
