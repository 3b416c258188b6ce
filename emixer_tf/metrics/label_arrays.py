"""What labels, scores and masks must be before anything is counted."""

import numpy as np

from emixer_tf.names import did_you_mean


def checked_pair(labels, scores, mask=None):
    """Return labels, scores and mask as arrays of one shape.

    Where the mask is 0 a label or score may be anything, NaN too; it is returned as 0.

    Args:
        labels: `[n]` or `[n, K]` of 0 and 1.
        scores: Of the labels' shape, finite.
        mask: Of the labels' shape, or `[n]` for whole rows: 1 where a label is known, else 0.
            None: all are known.

    Returns:
        labels: bool `[n]` or `[n, K]`.
        scores: float64, of the same shape.
        known: bool, of the same shape.

    Raises:
        ValueError: Naming what is wrong: other shapes, no rows, tables (the mask too) whose rows
            or columns are in another order, a label but 0 and 1, a score that is not finite, a
            mask but 0 and 1.

    Example:

    >>> labels, scores, known = checked_pair([1, 0, np.nan], [0.9, 0.2, 0.5], mask=[1, 1, 0])
    >>> labels, known
    (array([ True, False, False]), array([ True,  True, False]))
    """
    check_same_order(labels, scores, "labels and scores")
    check_same_order(labels, mask, "labels and mask")
    labels, scores = number_array(labels, "Labels"), number_array(scores, "Scores")
    if labels.shape != scores.shape or labels.ndim not in (1, 2):
        raise ValueError(
            "Labels and scores have one shape, [n] or [n, K]. Received: labels "
            f"{labels.shape}, scores {scores.shape}. Remedy: give one score for each label."
        )
    if not labels.size:
        raise ValueError(
            f"There is nothing to score. Received: labels of shape {labels.shape}. Remedy: give "
            "at least one study and one label."
        )
    known = _checked_mask(mask, labels.shape)
    _refuse(
        known & (labels != 0) & (labels != 1),
        labels,
        "A known label is 0 or 1",
        "settle uncertain and unmentioned labels by a policy, or mask them with 0",
    )
    _refuse(
        known & ~np.isfinite(scores),
        scores,
        "A score is a finite number",
        "find out why the classifier failed there, or mask the label with 0",
    )
    return known & (labels == 1), np.where(known, scores, 0.0), known


def in_order_of(values, names, wanted_names):
    """Return the columns that have the wanted names, in the wanted order.

    The 14 CheXpert labels come in four orders, so columns are never joined by position.

    Args:
        values: `[n, K]`, array or table.
        names: The K names of its columns.
        wanted_names: Names to return; columns of other names are left out.

    Returns:
        `[n, len(wanted_names)]`; a table if `values` is one.

    Raises:
        ValueError: If a name is missing or stands twice, or the names are not as many as columns.

    Example:

    >>> in_order_of([[1, 0], [1, 1]], ["Edema", "Fracture"], ["Fracture", "Edema"])
    array([[0, 1],
           [1, 1]])
    """
    names, wanted_names = list(names), list(wanted_names)
    table = values if hasattr(values, "iloc") else _rows_of_one_length(values)
    if table.ndim != 2 or table.shape[1] != len(names):
        raise ValueError(
            f"There is one column for each name. Received: values of shape {table.shape} and "
            f"{len(names)} names ({', '.join(map(str, names))}). Remedy: give the names of the "
            "columns as they stand."
        )
    _check_once(names)
    _check_once(wanted_names)
    for name in wanted_names:
        if name not in names:
            raise ValueError(f"There is no column {name!r}.{did_you_mean(name, names)}")
    places = [names.index(name) for name in wanted_names]
    return table.iloc[:, places] if hasattr(table, "iloc") else table[:, places]


def by_name(values, names):
    """Return one column for each name: a table's by name, an array's as they stand.

    Args:
        values: `[n, K]`; a table (pandas) may hold more columns, in any order.
        names: K names.

    Returns:
        `[n, K]` in the order of `names`; a table if `values` is one.

    Raises:
        ValueError: As `in_order_of`.
    """
    return in_order_of(values, getattr(values, "columns", names), names)


def mask_by_name(mask, names):
    """Return a mask with one column for each name, if it is a table; else as it is.

    Args:
        mask: Table, `[n, K]`, `[n]` or None.
        names: K names.

    Raises:
        ValueError: As `in_order_of`.
    """
    return by_name(mask, names) if hasattr(mask, "columns") else mask


def each_label(statistic, labels, scores, known):
    """Return a statistic of what is known of each label.

    Args:
        statistic: Function of bool `[m]` labels and float64 `[m]` scores to a float.
        labels, scores, known: As `checked_pair` returns them.

    Returns:
        float for `[n]`; float64 `[K]`, one value a label, for `[n, K]`.

    Example:

    >>> labels, scores, known = checked_pair([[1, 0], [0, 1]], [[0.9, 0.2], [0.5, 0.7]])
    >>> each_label(lambda labels, scores: scores[labels].mean(), labels, scores, known)
    array([0.9, 0.7])
    """
    if labels.ndim == 1:
        return statistic(labels[known], scores[known])
    columns = zip(labels.T, scores.T, known.T, strict=True)
    return np.array([statistic(label[own], score[own]) for label, score, own in columns])


def check_same_order(one, other, what):
    """Compare the names of the rows and columns of two tables (pandas); arrays have none.

    Args:
        one, other: Tables or arrays.
        what: What they are, as in "labels and scores".

    Raises:
        ValueError: Naming what is in another order.
    """
    axes = zip(getattr(one, "axes", ()), getattr(other, "axes", ()), strict=False)
    for axis, (own, others) in zip(("rows", "columns"), axes, strict=False):
        if list(own) != list(others):
            raise ValueError(
                f"The {axis} of {what} have one order. Received: "
                f"{_shortened(list(own))} and {_shortened(list(others))}. Remedy: join them by "
                "name, columns with `in_order_of`."
            )


def number_array(values, what):
    """Return values as float64.

    Args:
        values: Nested numbers of any shape.
        what: What they are, to begin a sentence with.

    Raises:
        ValueError: If they are no numbers, or rows differ in length.
    """
    try:
        return np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{what} are numbers in rows of one length. Received: {_shortened(values)} ({error}). "
            "Remedy: give an array of numbers."
        ) from error


def _rows_of_one_length(values):
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ValueError(
            f"Rows are of one length. Received: {_shortened(values)}. Remedy: give each row one "
            "value for each name."
        ) from error


def _checked_mask(mask, shape):
    if mask is None:
        return np.ones(shape, bool)
    mask = number_array(mask, "Mask values")
    if mask.shape not in (shape, shape[:1]):
        raise ValueError(
            f"A mask has the shape of the labels, or [n]. Received: mask {mask.shape}, labels "
            f"{shape}. Remedy: give 1 or 0 for each label, or for each study."
        )
    _refuse((mask != 0) & (mask != 1), mask, "A mask holds 0 and 1", "give 1 where it is known")
    rows = mask if mask.shape == shape else mask[:, None]
    return np.broadcast_to(rows == 1, shape).copy()


def _check_once(names):
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"The name {name!r} stands {names.count(name)} times. Received: "
                f"{', '.join(map(str, names))}. Remedy: give each column its own name."
            )


def _refuse(wrong, values, rule, remedy):
    if wrong.any():
        place = tuple(int(index) for index in np.argwhere(wrong)[0])
        raise ValueError(
            f"{rule}. Received: {values[place]} at {list(place)}, and {wrong.sum() - 1} more. "
            f"Remedy: {remedy}."
        )


def _shortened(values):
    text = repr(values)
    return text if len(text) <= 80 else f"{text[:77]}..."
