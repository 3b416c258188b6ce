"""How well probabilities tell classes of which each study has exactly one."""

import numpy as np

from emixer_tf.metrics.classification import decision_scores, macro_scores, rows_by_name
from emixer_tf.metrics.label_arrays import by_name, number_array
from emixer_tf.metrics.ranking import auroc

_METRICS = ("auroc", "sensitivity", "ppv", "f1")
_REASONS = {
    "auroc": "no study is of the class, or all are",
    "sensitivity": "no study is of the class",
    "ppv": "no study is assigned to the class",
    "f1": "no study is of the class, and none is assigned to it",
}
_SUM_TOLERANCE = 5e-3  # half precision: 4 classes of 1/2048 each, and rounding


def multiclass_scores(classes, probabilities, names):
    """Return scores of each class against the rest, and of the decision for the likeliest class.

    A study is assigned to its likeliest class, the first of equals. What is undefined is NaN,
    never 0, and told in a note. A macro score is the mean over the classes where it is defined.

    Args:
        classes: int `[n]`: places in `names`.
        probabilities: `[n, C]`; each row adds up to 1. A table's columns are taken by name.
        names: C names, in the order of the columns.

    Returns:
        Dict of `"by_class"`: name to a dict of `"auroc"` (one against the rest), `"sensitivity"`,
        `"ppv"`, `"f1"` (floats), `"studies"` and `"assigned"` (counts); `"macro"`: dict of the
        same floats; `"accuracy"`; `"balanced_accuracy"`: the mean sensitivity over the classes
        that occur; `"confusion"`: `[C][C]` counts, true classes in rows, assigned ones in columns;
        `"notes"`: list of sentences.

    Raises:
        ValueError: Naming what is wrong: shapes, no studies, fewer than two classes, a class that
            is no place in `names`, rows that are no probabilities.

    Example:

    >>> found = multiclass_scores([0, 1, 1], [[0.9, 0.1], [0.6, 0.4], [0.2, 0.8]], ["no", "yes"])
    >>> found["confusion"], found["balanced_accuracy"], found["by_class"]["yes"]["auroc"]
    ([[1, 0], [1, 1]], 0.75, 1.0)

    Reference:
        docs/metrics.md, "Labels". Balanced accuracy: Brodersen et al., "The balanced accuracy and
        its posterior distribution", ICPR 2010.
    """
    probabilities = _checked_probabilities(by_name(probabilities, names))
    classes = _checked_classes(classes, *probabilities.shape)
    count = probabilities.shape[1]
    assigned = probabilities.argmax(axis=1)
    truth, called = np.eye(count, dtype=bool)[classes], np.eye(count, dtype=bool)[assigned]
    decisions = decision_scores(truth, called, np.ones_like(truth))
    columns = {"auroc": auroc(truth, probabilities)}
    columns |= {metric: decisions[metric] for metric in ("sensitivity", "ppv", "f1")}
    counts = {"studies": truth.sum(axis=0), "assigned": called.sum(axis=0)}
    by_class = rows_by_name({**columns, **counts}, names)
    macro, notes = macro_scores(by_class, _METRICS, _REASONS)
    return {
        "by_class": by_class,
        "macro": macro,
        "accuracy": float((classes == assigned).mean()),
        "balanced_accuracy": macro["sensitivity"],
        "confusion": confusion_matrix(classes, assigned, count).tolist(),
        "notes": notes + _notes_on_ties(probabilities),
    }


def confusion_matrix(classes, assigned, count):
    """Count the studies of each class that were assigned to each class.

    Args:
        classes: int `[n]`, from 0 to `count` - 1.
        assigned: int `[n]`, from 0 to `count` - 1.
        count: Number of classes.

    Returns:
        int64 `[count, count]`: true classes in rows, assigned ones in columns.

    Example:

    >>> confusion_matrix([0, 1, 1], [0, 0, 1], 2)
    array([[1, 0],
           [1, 1]])
    """
    cells = np.asarray(classes) * count + np.asarray(assigned)
    return np.bincount(cells, minlength=count * count).reshape(count, count)


def _notes_on_ties(probabilities):
    largest = probabilities.max(axis=1, keepdims=True)
    tied = int(((probabilities == largest).sum(axis=1) > 1).sum())
    if not tied:
        return []
    return [
        f"{tied} of {len(probabilities)} studies have several likeliest classes and are assigned "
        "to the first."
    ]


def _checked_probabilities(probabilities):
    probabilities = number_array(probabilities, "Probabilities")
    if len(probabilities) < 1 or probabilities.shape[1] < 2:
        raise ValueError(
            "There is at least one study and there are at least two classes. Received: "
            f"probabilities of shape {probabilities.shape}. Remedy: score one label that is "
            "present or absent by `classification_scores`."
        )
    wrong = ~(probabilities >= 0).all(axis=1)
    wrong |= ~(abs(probabilities.sum(axis=1) - 1) <= _SUM_TOLERANCE)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            "The probabilities of a study are at least 0 and add up to 1. Received: "
            f"{probabilities[row].tolist()} in row {row}, and {wrong.sum() - 1} more such rows. "
            "Remedy: apply a softmax to logits."
        )
    return probabilities


def _checked_classes(classes, rows, count):
    classes = number_array(classes, "Classes")
    if classes.shape != (rows,):
        raise ValueError(
            f"There is one class for each study. Received: classes of shape {classes.shape} for "
            f"{rows} rows of probabilities. Remedy: give the place of each study's class."
        )
    wrong = ~np.isin(classes, np.arange(count))
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            f"A class is a whole number from 0 to {count - 1}. Received: {classes[row]} in row "
            f"{row}, and {wrong.sum() - 1} more. Remedy: give places in the list of names."
        )
    return classes.astype(np.int64)
