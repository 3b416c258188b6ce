"""Whether a generated film shows what was asked, the report says it, and both agree."""

import math

import numpy as np

from emixer_tf.metrics.classification import decision_scores, macro_scores, rows_by_name
from emixer_tf.metrics.derangement import random_derangement
from emixer_tf.metrics.label_arrays import (
    by_name,
    check_same_order,
    checked_pair,
    mask_by_name,
    number_array,
)
from emixer_tf.metrics.ranking import auroc

_NO_AUROC = {"auroc": "all known labels are of one class"}
_NO_DECISIONS = {
    "precision": "no report that could be read says it",
    "recall": "it was asked for in no report that could be read",
    "f1": "it was neither asked for nor said",
}


def shown_as_asked(film_scores, asked, names, mask=None):
    """Return how well a classifier's scores on generated films tell what was asked of them.

    Args:
        film_scores: `[n, K]`, finite: scores of a classifier trained on real films. A table's
            columns are taken by name.
        asked: `[n, K]` of 0 and 1: the labels the films were generated from; likewise.
        names: K names, in the order of the arrays' columns.
        mask: 1 where a label counts, else 0; `[n, K]`, likewise, or `[n]` for whole rows.

    Returns:
        Dict of `"by_label"`: name to a dict of `"auroc"`, `"positives"` and `"known"`; `"macro"`:
        dict of the mean `"auroc"` over the labels where it is defined; `"notes"`: sentences on
        what is undefined, and NaN.

    Raises:
        ValueError: As `checked_pair` and `in_order_of`.

    Example:

    >>> shown_as_asked([[0.9], [0.2], [0.6]], [[1], [0], [0]], ["Edema"])["by_label"]["Edema"]
    {'auroc': 1.0, 'positives': 1, 'known': 3}

    Reference:
        docs/metrics.md, "Is it what was asked?".
    """
    labels, scores, known = checked_pair(
        by_name(asked, names), by_name(film_scores, names), mask_by_name(mask, names)
    )
    return _auroc_by_label(labels, scores, known, names)


def said_as_asked(said, asked, names, mask=None):
    """Return how well the labels that reports state are those that were asked for.

    Precision is the share of what reports say that was asked for, recall the share of what was
    asked for that they say. Micro scores count all labels together.

    Args:
        said: `[n, K]` of 1, 0, and NaN where nothing could be read (`labels_said`). NaN is left
            out and counted, which flatters a generator of unreadable reports: put 0 there if
            these are to count as silent. A table's columns are taken by name.
        asked: `[n, K]` of 0 and 1; likewise.
        names: K names, in the order of the arrays' columns.
        mask: As for `shown_as_asked`.

    Returns:
        Dict of `"by_label"`: name to a dict of `"precision"`, `"recall"`, `"f1"` (floats),
        `"said"`, `"asked"` and `"known"` (counts among what could be read); `"macro"` and
        `"micro"`: dicts of the same floats; `"unread"`: the share of labels that count and
        could not be read; `"notes"`: sentences on what is undefined, and NaN.

    Raises:
        ValueError: As `checked_pair` and `in_order_of`.

    Example:

    >>> found = said_as_asked([[1], [1], [0], [np.nan]], [[1], [0], [0], [1]], ["Edema"])
    >>> found["by_label"]["Edema"]["precision"], found["macro"]["recall"], found["unread"]
    (0.5, 1.0, 0.25)

    Reference:
        docs/metrics.md, "Is it what was asked?".
    """
    asked, said = by_name(asked, names), by_name(said, names)
    said = number_array(said, "Labels said")
    readable = ~np.isnan(said)
    asked, _, counted = checked_pair(asked, np.nan_to_num(said), mask_by_name(mask, names))
    known = counted & readable
    said, _, _ = checked_pair(said, said, known)  # it too is 0 or 1
    asked = asked & known
    counts = {
        "said": said.sum(axis=0),
        "asked": asked.sum(axis=0),
        "known": known.sum(axis=0),
    }
    by_label = rows_by_name({**_precision_recall(said, asked, known), **counts}, names)
    macro, notes = macro_scores(by_label, _NO_DECISIONS, _NO_DECISIONS)
    flat = (values.reshape(-1, 1) for values in (said, asked, known))
    micro = {metric: value.item() for metric, value in _precision_recall(*flat).items()}
    count, unread_count = counted.sum(), (counted & ~readable).sum()
    unread = float(unread_count / count) if count else math.nan
    if unread_count:
        notes.append(f"{unread_count} of {count} labels could not be read, and are left out.")
    return {"by_label": by_label, "macro": macro, "micro": micro, "unread": unread, "notes": notes}


def film_report_agreement(film_scores, said, names, seed=0):
    """Return how well a classifier's scores on films tell what their own reports say.

    Beside it stands the same for films with another film's report, which no generator should
    score well on. If both are alike, film and report have nothing to do with each other.

    Args:
        film_scores: `[n, K]`, finite; a table's columns are taken by name.
        said: `[n, K]` of 1, 0, and NaN where nothing could be read; likewise.
        names: K names, in the order of the arrays' columns.
        seed: Of the shuffled pairs.

    Returns:
        Dict of `"own"` and `"shuffled"`, each a dict as `shown_as_asked` returns it.

    Raises:
        ValueError: As `checked_pair` and `in_order_of`, or for fewer than two studies.

    Example:

    >>> found = film_report_agreement([[0.9], [0.2], [0.6]], [[1], [0], [1]], ["Edema"])
    >>> found["own"]["macro"]["auroc"]
    1.0

    Reference:
        docs/metrics.md, "Is it what was asked?".
    """
    said, film_scores = by_name(said, names), by_name(film_scores, names)
    check_same_order(said, film_scores, "labels and scores")
    said = number_array(said, "Labels said")
    known = ~np.isnan(said)
    labels, scores, _ = checked_pair(np.where(known, said, 0.0), film_scores)
    other = random_derangement(len(labels), seed)
    return {
        "own": _auroc_by_label(labels, scores, known, names),
        "shuffled": _auroc_by_label(labels[other], scores, known[other], names),
    }


def _auroc_by_label(labels, scores, known, names):
    columns = {
        "auroc": auroc(labels, scores, known),
        "positives": (labels & known).sum(axis=0),
        "known": known.sum(axis=0),
    }
    by_label = rows_by_name(columns, names)
    macro, notes = macro_scores(by_label, ["auroc"], _NO_AUROC)
    return {"by_label": by_label, "macro": macro, "notes": notes}


def _precision_recall(said, asked, known):
    decisions = decision_scores(asked, said, known)
    return {
        "precision": decisions["ppv"],
        "recall": decisions["sensitivity"],
        "f1": decisions["f1"],
    }
