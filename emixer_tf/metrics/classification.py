"""How well scores tell several labels, each present or absent."""

import numpy as np

from emixer_tf.metrics.label_arrays import (
    by_name,
    checked_pair,
    each_label,
    mask_by_name,
    number_array,
)
from emixer_tf.metrics.ranking import auroc

_METRICS = ("auroc", "accuracy", "sensitivity", "ppv", "f1")
_REASONS = {
    "auroc": "all known labels are of one class",
    "accuracy": "no label is known, or no threshold",
    "sensitivity": "no study is positive, or no threshold is known",
    "ppv": "no study is called positive",
    "f1": "no study is positive, and none is called so",
}


def classification_scores(labels, scores, names, mask=None, thresholds=None):
    """Return AUROC, and the scores of decisions at a threshold, by label and averaged.

    A study is called positive where its score is at least the threshold. Sensitivity is
    TP / (TP + FN), PPV is TP / (TP + FP), F1 is 2 TP / (2 TP + FP + FN). What is undefined is
    NaN, never 0, and told in a note. A macro score is the mean over the labels where it is
    defined.

    Args:
        labels: `[n, K]` of 0 and 1; a table's columns are taken by name.
        scores: `[n, K]`, finite; a table's columns are taken by name.
        names: K names, in the order of the arrays' columns.
        mask: 1 where a label is known, else 0; `[n, K]`, or `[n]` for whole rows. A table's
            columns are taken by name.
        thresholds: A number, or `[K]`, from validation data alone (`best_thresholds`). A label
            whose threshold is NaN has no decisions. None: 0.5.

    Returns:
        Dict of `"by_label"`: name to a dict of `"auroc"`, `"accuracy"`, `"sensitivity"`, `"ppv"`,
        `"f1"` (floats), `"positives"` and `"known"` (counts of studies); `"macro"`: dict of the
        same floats; `"notes"`: list of sentences on what is undefined.

    Raises:
        ValueError: As `checked_pair` and `in_order_of`, or for thresholds of another shape.

    Example:

    >>> found = classification_scores([[1], [0], [1]], [[0.9], [0.6], [0.8]], ["Edema"])
    >>> found["by_label"]["Edema"]["auroc"], round(found["macro"]["ppv"], 3), found["notes"]
    (1.0, 0.667, [])

    Reference:
        Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 2006. What is
        undefined, and means: docs/metrics.md, "Labels".
    """
    labels, scores = by_name(labels, names), by_name(scores, names)
    labels, scores, known = checked_pair(labels, scores, mask_by_name(mask, names))
    cuts = _checked_thresholds(thresholds, labels.shape[1])
    decided = known & ~np.isnan(cuts)
    decisions = decision_scores(labels, scores >= cuts, decided)
    columns = {"auroc": auroc(labels, scores, known), **decisions}
    counts = {"positives": labels.sum(axis=0), "known": known.sum(axis=0)}
    by_label = rows_by_name({**columns, **counts}, names)
    macro, notes = macro_scores(by_label, _METRICS, _REASONS)
    return {"by_label": by_label, "macro": macro, "notes": notes}


def best_thresholds(labels, scores, mask=None):
    """Return the thresholds at which sensitivity and specificity add up to the most.

    Youden's J = sensitivity + specificity - 1 weighs both classes alike, so that a rare finding
    is not ruled out wholesale, as it is where accuracy is maximised. Choose on validation data
    alone. Candidates are the lowest score and the middles between neighbouring scores. Of equally
    good ones the lowest is taken, which misses the fewest positives.

    Args:
        labels: `[n]` or `[n, K]` of 0 and 1.
        scores: Of the labels' shape, finite.
        mask: 1 where a label is known, else 0; of the labels' shape, or `[n]` for whole rows.

    Returns:
        float for `[n]`, float64 `[K]` for `[n, K]`: a study is called positive where its score is
        at least this. NaN where all known labels are of one class.

    Raises:
        ValueError: As `checked_pair`.

    Example:

    >>> best_thresholds([0, 0, 1, 1], [0.1, 0.2, 0.4, 0.9])
    0.30000000000000004

    Reference:
        Youden, "Index for rating diagnostic tests", Cancer 1950.
    """
    return each_label(_best_threshold, *checked_pair(labels, scores, mask))


def decision_scores(labels, called, known):
    """Return the scores of decisions, one a label.

    Args:
        labels: bool `[n, K]`.
        called: bool `[n, K]`: what was decided.
        known: bool `[n, K]`; the rest is not counted.

    Returns:
        Dict of float64 `[K]`: `"accuracy"`, `"sensitivity"`, `"ppv"`, `"f1"`; NaN where undefined.
    """
    right = (labels & called & known).sum(axis=0)
    wrong = (~labels & called & known).sum(axis=0)
    missed = (labels & ~called & known).sum(axis=0)
    count = known.sum(axis=0)
    return {
        "accuracy": ratio(count - wrong - missed, count),
        "sensitivity": ratio(right, right + missed),
        "ppv": ratio(right, right + wrong),
        "f1": ratio(2 * right, 2 * right + wrong + missed),
    }


def ratio(numerator, denominator):
    """Return quotients of counts, NaN where the denominator is 0.

    Example:

    >>> ratio([1, 0], [2, 0])
    array([0.5, nan])
    """
    numerator, denominator = np.asarray(numerator, float), np.asarray(denominator, float)
    undefined = np.full(denominator.shape, np.nan)
    return np.divide(numerator, denominator, out=undefined, where=denominator != 0)


def rows_by_name(columns, names):
    """Return a dict of plain numbers for each label.

    Args:
        columns: Dict of arrays `[K]`.
        names: K names.

    Example:

    >>> rows_by_name({"auroc": np.array([0.5])}, ["Edema"])
    {'Edema': {'auroc': 0.5}}
    """
    return {
        name: {key: values[place].item() for key, values in columns.items()}
        for place, name in enumerate(names)
    }


def macro_scores(by_label, metrics, reasons):
    """Return means over the labels where a metric is defined, and sentences on the others.

    Args:
        by_label: Dict of dicts, as `rows_by_name` returns it.
        metrics: Names of the metrics to average.
        reasons: Dict from metric to the reason for which it is undefined.

    Returns:
        Dict from metric to its mean (NaN if it is defined nowhere), and a list of sentences.

    Example:

    >>> rows = {"Edema": {"ppv": 0.5}, "Fracture": {"ppv": float("nan")}}
    >>> macro_scores(rows, ["ppv"], {"ppv": "none is called positive"})
    ({'ppv': 0.5}, ['ppv is undefined for Fracture (none is called positive); its macro score is
    the mean of 1 of 2.'])
    """
    macro, notes = {}, []
    for metric in metrics:
        values = {name: row[metric] for name, row in by_label.items()}
        defined = [value for value in values.values() if not np.isnan(value)]
        macro[metric] = float(np.mean(defined)) if defined else float("nan")
        if len(defined) < len(values):
            undefined = ", ".join(str(name) for name, value in values.items() if np.isnan(value))
            notes.append(
                f"{metric} is undefined for {undefined} ({reasons[metric]}); its macro score is "
                + _mean_of(len(defined), len(values))
            )
    return macro, notes


def _mean_of(defined, count):
    if not defined:
        return "undefined too."
    return f"the mean of {defined} of {count}."


def _checked_thresholds(thresholds, count):
    cuts = number_array(0.5 if thresholds is None else thresholds, "Thresholds")
    if cuts.shape not in ((), (count,)):
        raise ValueError(
            f"There is one threshold for all labels, or one for each of {count}. Received: shape "
            f"{cuts.shape}. Remedy: choose them by `best_thresholds` on validation data with the "
            "same labels."
        )
    return np.broadcast_to(cuts, (count,))


def _best_threshold(labels, scores):
    positives = np.count_nonzero(labels)
    negatives = len(labels) - positives
    if not positives or not negatives:
        return float("nan")
    values, place = np.unique(scores, return_inverse=True)
    called_positive = _at_least(place[labels], len(values))
    called_negative = _at_least(place[~labels], len(values))
    # J in whole numbers, J * positives * negatives, so that ties are ties
    gain = called_positive * negatives - called_negative * positives
    best = int(np.argmax(gain))
    return float(_middle(values[best - 1], values[best]) if best else values[0])


def _at_least(places, count):
    """Return for each of `count` values how many places are at it or above."""
    return np.bincount(places, minlength=count)[::-1].cumsum()[::-1]


def _middle(lower, upper):
    middle = lower / 2 + upper / 2
    return middle if lower < middle <= upper else upper
