"""Whether a probability of 0.7 means seven in ten."""

from numbers import Integral

import numpy as np

from emixer_tf.metrics.classification import ratio
from emixer_tf.metrics.label_arrays import checked_pair, each_label


def expected_calibration_error(labels, probabilities, mask=None, bins=15):
    """Return the mean gap between the probability given and the share that is positive.

    Studies are sorted into bins of equal width by the probability of the label; the bins' gaps
    are averaged, weighted by their studies. This is the calibration of a label's probability,
    not, as for classes that exclude each other, of the confidence in the likeliest class.

    Args:
        labels: `[n]` or `[n, K]` of 0 and 1.
        probabilities: Of the labels' shape, from 0 to 1.
        mask: 1 where a label is known, else 0; of the labels' shape, or `[n]` for whole rows.
        bins: Number of bins.

    Returns:
        float for `[n]`, float64 `[K]` for `[n, K]`; NaN where no label is known.

    Raises:
        ValueError: As `checked_pair`, for a probability out of range, or no bins.

    Example:

    >>> round(expected_calibration_error([0, 1, 1, 1], [0.5, 0.5, 0.9, 0.9]), 3)
    0.05

    Reference:
        Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015;
        the bins are those of Guo et al. (arXiv:1706.04599).
    """
    edges = _edges(bins)
    return each_label(
        lambda *known: _calibration_error(*known, edges), *_checked(labels, probabilities, mask)
    )


def brier_score(labels, probabilities, mask=None):
    """Return the mean squared difference between the probability and the label.

    Args:
        labels: `[n]` or `[n, K]` of 0 and 1.
        probabilities: Of the labels' shape, from 0 to 1.
        mask: 1 where a label is known, else 0; of the labels' shape, or `[n]` for whole rows.

    Returns:
        float for `[n]`, float64 `[K]` for `[n, K]`; NaN where no label is known.

    Raises:
        ValueError: As `checked_pair`, or for a probability out of range.

    Example:

    >>> brier_score([0, 1], [0.5, 1.0])
    0.125

    Reference:
        Brier, "Verification of forecasts expressed in terms of probability", 1950.
    """
    labels, probabilities, known = _checked(labels, probabilities, mask)
    squares = np.where(known, (probabilities - labels) ** 2, 0.0)
    means = ratio(squares.sum(axis=0), known.sum(axis=0))
    return float(means) if labels.ndim == 1 else means


def reliability_table(labels, probabilities, mask=None, bins=15):
    """Return what a reliability diagram shows.

    A bin holds the probabilities above its lower and up to its upper edge, the first also 0.

    Args:
        labels: `[n]` of 0 and 1.
        probabilities: `[n]`, from 0 to 1.
        mask: `[n]`: 1 where a label is known, else 0.
        bins: Number of bins, all of one width.

    Returns:
        Dict of arrays `[bins]`: `"lower"` and `"upper"` edges, `"count"` of studies,
        `"mean_probability"` and `"share_positive"`, which are NaN in an empty bin.

    Raises:
        ValueError: As `expected_calibration_error`, or for several labels at once.

    Example:

    >>> table = reliability_table([0, 1, 1], [0.2, 0.4, 0.9], bins=2)
    >>> table["count"], table["share_positive"]
    (array([2, 1]), array([0.5, 1. ]))

    Reference:
        DeGroot and Fienberg, "The comparison and evaluation of forecasters", The Statistician 1983;
        the bins are those of Guo et al. (arXiv:1706.04599).
    """
    labels, probabilities, known = _checked(labels, probabilities, mask)
    if labels.ndim != 1:
        raise ValueError(
            f"A reliability table is about one label. Received: labels {labels.shape}. Remedy: "
            "give one column at a time."
        )
    edges = _edges(bins)
    count, total, positives = _bin_sums(labels[known], probabilities[known], edges)
    return {
        "lower": edges[:-1],
        "upper": edges[1:],
        "count": count,
        "mean_probability": ratio(total, count),
        "share_positive": ratio(positives, count),
    }


def _checked(labels, probabilities, mask):
    labels, probabilities, known = checked_pair(labels, probabilities, mask)
    wrong = (probabilities < 0) | (probabilities > 1)
    if wrong.any():
        raise ValueError(
            f"A probability is from 0 to 1. Received: {probabilities[wrong][0]}, and "
            f"{wrong.sum() - 1} more out of range. Remedy: apply a sigmoid to logits."
        )
    return labels, probabilities, known


def _edges(bins):
    if not isinstance(bins, Integral) or bins < 1:
        raise ValueError(
            f"The number of bins is a whole number, 1 at least. Received: {bins}. Remedy: 15."
        )
    return np.linspace(0.0, 1.0, bins + 1)


def _calibration_error(labels, probabilities, edges):
    _, total, positives = _bin_sums(labels, probabilities, edges)
    return float(ratio(abs(total - positives).sum(), len(labels)))


def _bin_sums(labels, probabilities, edges):
    """Return the bins' numbers of studies, sums of probabilities and numbers of positives."""
    place = np.searchsorted(edges[1:-1], probabilities, "left")
    bins = len(edges) - 1
    return (
        np.bincount(place, minlength=bins),
        np.bincount(place, probabilities, minlength=bins),
        np.bincount(place, labels.astype(float), minlength=bins),
    )
