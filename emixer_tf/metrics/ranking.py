"""The area under the ROC curve, as the rank statistic it is."""

import numpy as np

from emixer_tf.metrics.label_arrays import checked_pair, each_label


def auroc(labels, scores, mask=None):
    """Return the probability that a positive study scores higher than a negative one.

    Ties count one half. Where all known labels are of one class the value is undefined, and NaN.

    Args:
        labels: `[n]` or `[n, K]` of 0 and 1.
        scores: Of the labels' shape, finite; any scale, as only their order matters.
        mask: 1 where a label is known, else 0; of the labels' shape, or `[n]` for whole rows.

    Returns:
        float for `[n]`; float64 `[K]`, one value a label, for `[n, K]`.

    Raises:
        ValueError: As `checked_pair`.

    Example:

    >>> auroc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875

    Reference:
        Hanley and McNeil, "The meaning and use of the area under a receiver operating
        characteristic (ROC) curve", Radiology 1982.
    """
    return each_label(_rank_statistic, *checked_pair(labels, scores, mask))


def _rank_statistic(labels, scores):
    positives, negatives = scores[labels], np.sort(scores[~labels])
    if not positives.size or not negatives.size:
        return float("nan")
    below = np.searchsorted(negatives, positives, "left")
    not_above = np.searchsorted(negatives, positives, "right")
    return float((below + not_above).sum() / (2 * positives.size * negatives.size))
