"""One arm against another over the seeds that both have."""

from dataclasses import dataclass

from emixer_tf.experiments.results import defined_scores, paired_over_seeds


@dataclass(frozen=True)
class Contest:
    """One column of two arms.

    Args:
        first, second: `(arm, method)`.
        column: Name of the metric.
        paired_seeds: How many seeds both have.
        difference: Mean over these seeds of the first one's score minus the second one's; NaN
            without any.
        p: Of the two-sided paired t-test over these seeds; NaN where it is undefined.
    """

    first: tuple
    second: tuple
    column: str
    paired_seeds: int
    difference: float
    p: float


def contests(rows, study):
    """Hold the contests of a study of which both arms are there.

    Args:
        rows: List of `ResultRow`.
        study: `Study`.

    Returns:
        List of `Contest`: contest by contest in the order of the study, column by column.

    Example:

    >>> from emixer_tf.experiments.results import ResultRow, Study
    >>> own, other = ("S", "EMIXER"), ("S", "SM-GAN")
    >>> study = Study("s", "S", "?", "Table 1", {"auroc": "AUC"}, contests=((own, other),))
    >>> rows = [ResultRow(*own, 0, {"auroc": 0.75}), ResultRow(*other, 0, {"auroc": 0.5})]
    >>> [contest.difference for contest in contests(rows, study)]
    [0.25]
    """
    by_arm = {}
    for row in rows:
        by_arm.setdefault((row.arm, row.method), []).append(row)
    return [
        _contest(by_arm, first, second, column)
        for first, second in study.contests
        if first in by_arm and second in by_arm
        for column in study.columns
    ]


def _contest(by_arm, first, second, column):
    own, other = (defined_scores(by_arm[arm], column) for arm in (first, second))
    difference, p = paired_over_seeds(own, other)
    return Contest(first, second, column, len(own.keys() & other.keys()), difference, p)
