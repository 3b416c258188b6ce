"""How far two or more people agree who rate the same things."""

import warnings

import numpy as np

from emixer_tf.metrics.label_arrays import check_same_order, number_array

_DISAGREEMENT = {
    None: lambda distance: (distance > 0).astype(float),
    "linear": lambda distance: distance,
    "quadratic": lambda distance: distance**2,
}


def cohen_kappa(a, b, weights=None, scale=(1, 10)):
    """Return how far two raters agree beyond what their habits alone would give.

    kappa = 1 - (mean disagreement) / (mean disagreement if ratings were paired at random). The
    same ratings give very different values by weighting, so state it.

    Args:
        a, b: int `[n]`: the ratings of the same n things, in the same order.
        weights: What two ratings apart count: None, all alike; "linear", their distance;
            "quadratic", its square.
        scale: The lowest and the highest rating there is. Ratings that nobody gave keep their
            place on the scale.

    Returns:
        float, at most 1. NaN, with a warning, for fewer than two things, or where both raters
        gave one and the same rating throughout.

    Raises:
        ValueError: For lists of different lengths or none, columns (pandas) whose rows are in
            another order, ratings off the scale, or weights of another name.

    Example:

    >>> round(cohen_kappa([1, 5, 9, 10], [2, 5, 9, 8], weights="quadratic"), 3)
    0.938

    Reference:
        Cohen, "A coefficient of agreement for nominal scales", 1960; "Weighted kappa", 1968.
    """
    if weights not in _DISAGREEMENT:
        raise ValueError(
            f"weights is None, 'linear' or 'quadratic'. Received: {weights!r}. Remedy: choose one "
            "and state it beside the value."
        )
    check_same_order(a, b, "both raters' ratings")
    a, b = _checked_ratings(a, scale), _checked_ratings(b, scale)
    if a.shape != b.shape:
        raise ValueError(
            f"Both raters rate the same things. Received: {len(a)} and {len(b)} ratings. Remedy: "
            "join them by the name of what was rated."
        )
    if len(a) < 2:
        return _undefined("kappa needs two things rated at least")
    disagreement = _DISAGREEMENT[weights]
    grades = np.arange(scale[0], scale[1] + 1)
    share_a, share_b = ((ratings[:, None] == grades).mean(axis=0) for ratings in (a, b))
    expected = share_a @ disagreement(abs(grades[:, None] - grades).astype(float)) @ share_b
    if expected == 0:
        return _undefined("both raters gave one and the same rating throughout")
    return float(1 - disagreement(abs(a - b)).mean() / expected)


def intraclass_correlation(ratings):
    """Return ICC(2, 1): how far any one rater's ratings stand for those of all.

    Two-way random effects, absolute agreement, a single rater: a rater who is always two points
    higher lowers it.

    Args:
        ratings: `[items, raters]`, finite, each item rated by each rater.

    Returns:
        float, at most 1. NaN, with a warning, for fewer than two items, or where the ratings do
        not vary enough to tell.

    Raises:
        ValueError: If it is no table, has fewer than two raters, or holds no finite number
            somewhere.

    Example:

    >>> round(intraclass_correlation([[1, 2], [4, 5], [8, 9]]), 3)
    0.961

    Reference:
        Shrout and Fleiss, "Intraclass correlations: uses in assessing rater reliability", 1979.
    """
    ratings = number_array(ratings, "Ratings")
    _check_table(ratings)
    items, raters = ratings.shape
    if items < 2:
        return _undefined("the intraclass correlation needs two items at least")
    centred = ratings - ratings.mean()
    of_items, of_raters = centred.mean(axis=1), centred.mean(axis=0)
    between_items = raters * (of_items**2).sum() / (items - 1)
    between_raters = items * (of_raters**2).sum() / (raters - 1)
    residual = centred - of_items[:, None] - of_raters
    error = (residual**2).sum() / ((items - 1) * (raters - 1))
    total = between_items + (raters - 1) * error + raters * (between_raters - error) / items
    rounding = 1e-12 * (centred**2).sum() + 1e-28 * (ratings**2).sum()
    if total <= rounding:
        return _undefined("the ratings do not vary enough")
    return float((between_items - error) / total)


def _checked_ratings(ratings, scale):
    ratings = number_array(ratings, "Ratings")
    if ratings.ndim != 1 or not ratings.size:
        raise ValueError(
            f"Ratings are a list, and not empty. Received: shape {ratings.shape}. Remedy: give "
            "one rating for each thing."
        )
    low, high = scale
    wrong = ~((ratings == np.rint(ratings)) & (ratings >= low) & (ratings <= high))
    if wrong.any():
        raise ValueError(
            f"A rating is a whole number from {low} to {high}. Received: {ratings[wrong][0]}, and "
            f"{wrong.sum() - 1} more off the scale. Remedy: leave out what was not rated by both, "
            "or give the scale."
        )
    return ratings


def _check_table(ratings):
    if ratings.ndim != 2 or ratings.shape[1] < 2 or not len(ratings):
        raise ValueError(
            "Ratings are a table [items, raters] of two raters at least. Received: shape "
            f"{ratings.shape}. Remedy: give each rater a column."
        )
    if not np.isfinite(ratings).all():
        raise ValueError(
            f"Each item is rated by each rater. Received: {(~np.isfinite(ratings)).sum()} values "
            "that are no finite numbers. Remedy: leave out the items that some did not rate."
        )


def _undefined(reason):
    warnings.warn(f"Agreement is undefined, and NaN: {reason}.", stacklevel=3)
    return float("nan")
