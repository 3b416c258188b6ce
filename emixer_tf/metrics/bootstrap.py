"""Confidence intervals by resampling studies, or whole patients."""

from numbers import Integral

import numpy as np

from emixer_tf.metrics.label_arrays import checked_pair, number_array
from emixer_tf.metrics.ranking import auroc

_CELLS = 2**18  # counts in memory at once: 2 MB an array, which stays near the processor


def auroc_interval(labels, scores, mask=None, groups=None, resamples=1000, level=0.95, seed=0):
    """Return AUROC with its bootstrap interval, one label at a time or many at once.

    Studies are drawn with replacement, as many as there are; with groups whole groups are. All
    labels see the same resamples. The interval lies between percentiles of the resampled values.
    A resample in which a label has one class only is left out for it, and counted.

    Args:
        labels: `[n]` or `[n, K]` of 0 and 1.
        scores: Of the labels' shape, finite.
        mask: 1 where a label is known, else 0; of the labels' shape, or `[n]` for whole rows.
        groups: `[n]`: names of patients, whose studies resemble each other. None: each study is
            drawn for itself.
        resamples: How many to draw.
        level: Share of the resampled values between the ends, above 0 and below 1.
        seed: Int.

    Returns:
        Dict of `"value"`, `"low"`, `"high"` (floats; arrays `[K]` for `[n, K]`) and `"left_out"`
        (the number of resamples, likewise). The ends are NaN where AUROC is undefined, and for
        one group only.

    Raises:
        ValueError: As `checked_pair`, or for groups, a number of resamples or a level out of
            range.

    Example:

    >>> found = auroc_interval([0, 0, 1, 1, 1], [0.1, 0.7, 0.6, 0.8, 0.9], resamples=200)
    >>> round(found["value"], 3), found["high"]
    (0.833, 1.0)

    Reference:
        Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
    """
    labels, scores, known = checked_pair(labels, scores, mask)
    values = auroc_resamples(labels, scores, known, groups, resamples, seed)
    return {"value": auroc(labels, scores, known), **_percentiles(values, level)}


def macro_auroc_interval(
    labels, scores, mask=None, groups=None, resamples=1000, level=0.95, seed=0
):
    """Return the mean AUROC over labels, with its bootstrap interval.

    The mean is over the labels whose AUROC is defined. A resample in which one of these has one
    class only is left out, so that all means are over the same labels.

    Args:
        labels: `[n, K]` of 0 and 1.
        scores: `[n, K]`, finite.
        mask, groups, resamples, level, seed: As for `auroc_interval`.

    Returns:
        Dict of floats `"value"`, `"low"` and `"high"`, and of `"left_out"`, the number of
        resamples. NaN where no label has an AUROC.

    Raises:
        ValueError: As `auroc_interval`, or for labels that are not `[n, K]`.

    Example:

    >>> labels, scores = [[0, 1], [1, 0], [1, 1]], [[0.1, 0.9], [0.8, 0.2], [0.7, 0.6]]
    >>> macro_auroc_interval(labels, scores, resamples=50)["value"]
    1.0

    Reference:
        Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
    """
    labels, scores, known = checked_pair(labels, scores, mask)
    if labels.ndim != 2:
        raise ValueError(
            f"A macro AUROC is over the columns of [n, K]. Received: labels {labels.shape}. "
            "Remedy: use `auroc_interval` for one label."
        )
    by_label = auroc(labels, scores, known)
    defined = ~np.isnan(by_label)
    resampled = auroc_resamples(labels, scores, known, groups, resamples, seed)
    if not defined.any():
        return {"value": float("nan"), **_percentiles(resampled[:, 0], level)}
    means = resampled[:, defined].mean(axis=1)
    return {"value": float(by_label[defined].mean()), **_percentiles(means, level)}


def mean_interval(values, groups=None, resamples=1000, level=0.95, seed=0):
    """Return a mean with its bootstrap interval.

    Args:
        values: `[n]`, finite: one a study, such as its report's score.
        groups, resamples, level, seed: As for `auroc_interval`.

    Returns:
        Dict of floats `"value"`, `"low"` and `"high"`, and of `"left_out"`, which is 0 but where
        the ends are NaN: for one study, or one group, only.

    Raises:
        ValueError: For values that are no list of finite numbers, or none; and as
            `auroc_interval`.

    Example:

    >>> found = mean_interval([0.0, 1.0, 1.0, 0.0], resamples=500)
    >>> found["low"], found["value"], found["high"]
    (0.0, 0.5, 1.0)

    Reference:
        Efron and Tibshirani, "An introduction to the bootstrap", 1993, chapter 13.
    """
    values = number_array(values, "Values")
    if values.ndim != 1 or not values.size or not np.isfinite(values).all():
        raise ValueError(
            "Values are a list of finite numbers, one at least. Received: shape "
            f"{values.shape}, {np.isnan(values).sum()} of them NaN. Remedy: leave out what is "
            "undefined, and say how many."
        )
    member, count = _members(groups, len(values))
    blocks = resample_counts(count, resamples, seed)
    sums, sizes = np.bincount(member, values), np.bincount(member)
    means = np.concatenate([counts @ sums / (counts @ sizes) for counts in blocks])
    if count < 2:
        means[:] = np.nan
    return {"value": float(values.mean()), **_percentiles(means, level)}


def auroc_resamples(labels, scores, mask=None, groups=None, resamples=1000, seed=0):
    """Return AUROC in each resample.

    A resample weighs each study by how often it was drawn, so scores are sorted once, and a
    resample costs one cumulated sum.

    Args:
        labels, scores, mask, groups, resamples, seed: As for `auroc_interval`.

    Returns:
        float64 `[resamples]` or `[resamples, K]`; NaN where a label has one class only, and for
        one group only.

    Raises:
        ValueError: As `auroc_interval`.

    Example:

    >>> auroc_resamples([0, 1, 0, 1], [0.1, 0.2, 0.3, 0.4], resamples=5).shape
    (5,)
    """
    labels, scores, known = checked_pair(labels, scores, mask)
    member, count = _members(groups, len(labels))
    shape = (len(labels), -1)
    columns = zip(*(values.reshape(shape).T for values in (labels, scores, known)), strict=True)
    ranked = [_ranked(label[own], score[own], member[own]) for label, score, own in columns]
    blocks = resample_counts(count, resamples, seed)
    values = np.concatenate(
        [np.stack([_weighted_auroc(*order, counts) for order in ranked]) for counts in blocks],
        axis=1,
    )
    if count < 2:
        values[:] = np.nan
    return values[0] if labels.ndim == 1 else values.T


def resample_counts(count, resamples, seed):
    """Yield how often each of `count` things is drawn in each resample, in blocks.

    Args:
        count: Number of things, and of draws with replacement in a resample.
        resamples: Number of resamples.
        seed: Int.

    Yields:
        int64 `[block, count]`; all blocks together have `resamples` rows.

    Raises:
        ValueError: For a number of resamples that is not whole, or below 1.

    Example:

    >>> [counts.sum(axis=1) for counts in resample_counts(4, 3, seed=0)]
    [array([4, 4, 4])]
    """
    if not isinstance(resamples, Integral) or resamples < 1:
        raise ValueError(
            f"The number of resamples is whole, and 1 at least. Received: {resamples}. Remedy: "
            "1000."
        )
    rng = np.random.default_rng(seed)
    width = max(1, _CELLS // count)
    for start in range(0, resamples, width):
        block = min(width, resamples - start)
        drawn = rng.integers(0, count, (block, count)) + count * np.arange(block)[:, None]
        yield np.bincount(drawn.ravel(), minlength=block * count).reshape(block, count)


def _members(groups, n):
    """Return for each study the number of its group, and how many groups there are."""
    if groups is None:
        return np.arange(n), n
    if np.shape(groups) != (n,):
        raise ValueError(
            f"There is one group for each study. Received: groups of shape {np.shape(groups)} for "
            f"{n} studies. Remedy: give each study its patient's name."
        )
    groups = list(groups)
    missing = sum(group is None or group != group for group in groups)  # NaN is not itself
    if missing:
        raise ValueError(
            f"Each study has a group. Received: {missing} of {n} without. Remedy: give a study of "
            "an unknown patient a name of its own."
        )
    numbers = {}
    member = np.array([numbers.setdefault(group, len(numbers)) for group in groups])
    return member, len(numbers)


def _ranked(labels, scores, member):
    """Return what the weighted rank statistic needs of a label, whatever the weights.

    Returns:
        The groups of the positives, those of the negatives by ascending score, and for each
        positive how many negatives score below it, and how many do not score above it.
    """
    positives, negatives = scores[labels], scores[~labels]
    ascending = np.argsort(negatives, kind="stable")
    negatives = negatives[ascending]
    return (
        member[labels],
        member[~labels][ascending],
        np.searchsorted(negatives, positives, "left"),
        np.searchsorted(negatives, positives, "right"),
    )


def _weighted_auroc(positives, negatives, below, not_above, counts):
    weights = counts.take(positives, axis=1)
    cumulated = np.zeros((len(counts), len(negatives) + 1), counts.dtype)
    np.cumsum(counts.take(negatives, axis=1), axis=1, out=cumulated[:, 1:])
    won = cumulated.take(below, axis=1) + cumulated.take(not_above, axis=1)
    won = np.einsum("rp,rp->r", weights, won) / 2
    pairs = weights.sum(axis=1) * cumulated[:, -1]
    return np.divide(won, pairs, out=np.full(len(pairs), np.nan), where=pairs > 0)


def _percentiles(values, level):
    """Return the ends between which a share of the resampled values lies, by column.

    Args:
        values: `[resamples]` or `[resamples, K]`; NaN where a resample is left out.
    """
    if not 0 < level < 1:
        raise ValueError(
            f"The level is a share above 0 and below 1. Received: {level}. Remedy: 0.95."
        )
    columns = values.reshape(len(values), -1).T
    shares = [(1 - level) / 2, (1 + level) / 2]
    ends = [_quantiles(column[~np.isnan(column)], shares) for column in columns]
    left_out = np.isnan(columns).sum(axis=1)
    low, high = np.array(ends).T
    if values.ndim == 1:
        return {"low": float(low[0]), "high": float(high[0]), "left_out": int(left_out[0])}
    return {"low": low, "high": high, "left_out": left_out}


def _quantiles(values, shares):
    return np.quantile(values, shares) if values.size else np.full(len(shares), np.nan)
