"""What an experiment measured, and what that says over seeds."""

import math
from collections import Counter
from dataclasses import dataclass
from numbers import Real

import numpy as np

from emixer_tf.metrics.paired_test import paired_difference

YOUDEN = (
    "ACC is the mean over labels at the thresholds with the best Youden's J on real validation "
    "studies, which weighs positive and negative studies alike: calling every study negative may "
    "reach more."
)
OWN_JUDGES = (
    'FID and KID use the layer "features" of our own classifiers of real films, on films of the '
    "real test split; they, and AUCs of what films show, are means over three classifiers that "
    "differ in their seeds, as one alone may double a FID or halve it. Each result file names the "
    "extractors, their weights, input and resize filter, and the number of films. They can be "
    "compared within this table only."
)


@dataclass(frozen=True)
class ResultRow:
    """The scores of one cell: one arm, one seed.

    Args:
        arm: What was trained on, e.g. "only real", "R + 3 S", "S alone", "S, then R".
        method: What made the synthetic studies ("EMIXER", "CoGAN", ...); "" for arms without.
        seed: Of the cell.
        scores: Metric name to float; None, NaN or a missing name where a score is undefined.
        cell: Key of the computation, or "".
    """

    arm: str
    method: str
    seed: int
    scores: dict
    cell: str = ""


@dataclass(frozen=True)
class Study:
    """What a table is about.

    Args:
        name: Of the experiment, e.g. "augmentation".
        title: One line.
        question: One or two sentences.
        paper_table: The paper's table, e.g. "Table 1".
        columns: Metric name to heading, in the order of the table.
        lower_is_better: Names of the metrics of which less is better.
        reference_arm: The arm against which the others are tested, or None.
        contests: Pairs of arms that are tested against each other too, an arm as
            `(arm, method)`.
    """

    name: str
    title: str
    question: str
    paper_table: str
    columns: dict
    lower_is_better: frozenset = frozenset()
    reference_arm: str | None = None
    contests: tuple = ()


@dataclass(frozen=True)
class Summary:
    """One column of one arm over its seeds.

    Args:
        arm, method: As in `ResultRow`.
        column: Name of the metric.
        seeds: How many seeds have a defined score.
        paired_seeds: How many of them the reference arm has too.
        mean: Over these seeds; NaN without any.
        sd: With `ddof=1`; NaN for fewer than two seeds.
        difference: Mean over the seeds shared with the reference arm of this arm's score minus
            that of the reference; NaN for the reference arm itself and without shared seeds.
        p: Of the two-sided paired t-test over the shared seeds; NaN where `difference` is, for
            fewer than two shared seeds, and where all differences are the same.
    """

    arm: str
    method: str
    column: str
    seeds: int
    paired_seeds: int
    mean: float
    sd: float
    difference: float
    p: float


def score(row, column):
    """Return a score as a float, NaN where it is undefined.

    Args:
        row: `ResultRow`.
        column: Name of the metric.

    Raises:
        ValueError: If the score is no number.

    Example:

    >>> score(ResultRow("only real", "", 0, {"auroc": None}), "auroc")
    nan
    """
    value = row.scores.get(column)
    if value is None:
        return math.nan
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, Real):
        raise ValueError(
            f"A score is a number, or None where it is undefined. Received: {column}={value!r} "
            f"for the arm {row.arm!r}, method {row.method!r}, seed {row.seed}. Remedy: give each "
            "number a name of its own."
        )
    return float(value) if math.isfinite(value) else math.nan


def arms_in_order(rows):
    """Return the distinct `(arm, method)` of rows, in order of first appearance."""
    return list(dict.fromkeys((row.arm, row.method) for row in rows))


def check_rows(rows, study):
    """Refuse rows that no table can be made of.

    Args:
        rows: List of `ResultRow`.
        study: `Study`.

    Raises:
        ValueError: If there are no rows, if an arm has the same seed twice, if a column of the
            study stands in no row, or if the reference arm is that of several methods.
    """
    if not rows:
        raise ValueError(
            f"The study {study.name!r} has no rows. Remedy: run at least one cell first."
        )
    counts = Counter((row.arm, row.method, row.seed) for row in rows)
    twice = [key for key, count in counts.items() if count > 1]
    if twice:
        arm, method, seed = twice[0]
        raise ValueError(
            f"The arm {arm!r}, method {method!r}, has seed {seed} {counts[twice[0]]} times, and "
            "would count more than once. Remedy: keep one row for each arm, method and seed."
        )
    met = list(dict.fromkeys(name for row in rows for name in row.scores))
    unknown = [name for name in study.columns if name not in met]
    if unknown:
        raise ValueError(
            f"No row has a score named {', '.join(map(repr, unknown))}, a column of the study "
            f"{study.name!r}. The rows have: {', '.join(met) or 'none'}. Remedy: name the column "
            "as its score is named."
        )
    methods = {row.method for row in rows if row.arm == study.reference_arm}
    if len(methods) > 1:
        raise ValueError(
            f"The reference arm {study.reference_arm!r} is that of several methods: "
            f"{', '.join(sorted(map(repr, methods)))}. Remedy: name a reference arm that only one "
            "method has."
        )


def summaries(rows, study):
    """Summarise rows over seeds, and test each arm against the reference arm.

    Args:
        rows: List of `ResultRow`.
        study: `Study`.

    Returns:
        List of `Summary`: arm by arm in order of first appearance, column by column.

    Raises:
        ValueError: See `check_rows`.

    Example:

    >>> study = Study("s", "S", "?", "Table 1", {"auroc": "AUC"}, reference_arm="only real")
    >>> rows = [ResultRow("only real", "", 0, {"auroc": 0.5}),
    ...         ResultRow("R + S", "EMIXER", 0, {"auroc": 0.75})]
    >>> [(summary.mean, summary.difference) for summary in summaries(rows, study)]
    [(0.5, nan), (0.75, 0.25)]
    """
    rows = list(rows)
    check_rows(rows, study)
    result = []
    for arm, method in arms_in_order(rows):
        own = [row for row in rows if (row.arm, row.method) == (arm, method)]
        for column in study.columns:
            scores, reference = defined_scores(own, column), {}
            if arm != study.reference_arm:
                theirs = [row for row in rows if row.arm == study.reference_arm]
                reference = defined_scores(theirs, column)
            difference, p = paired_over_seeds(scores, reference)
            mean, sd = mean_and_sd(list(scores.values()))
            seeds, paired = len(scores), len(scores.keys() & reference.keys())
            result.append(Summary(arm, method, column, seeds, paired, mean, sd, difference, p))
    return result


def defined_scores(rows, column):
    """Return the scores of an arm's rows by seed, without the undefined ones."""
    scores = {row.seed: score(row, column) for row in rows}
    return {seed: value for seed, value in scores.items() if not math.isnan(value)}


def mean_and_sd(values):
    """Return the mean and the standard deviation (`ddof=1`); NaN where they are undefined.

    Example:

    >>> mean_and_sd([1.0, 3.0])
    (2.0, 1.4142135623730951)
    >>> mean_and_sd([2.0])
    (2.0, nan)
    """
    mean = float(np.mean(values)) if len(values) else math.nan
    sd = float(np.std(values, ddof=1)) if len(values) > 1 else math.nan
    return mean, sd


def paired_over_seeds(scores, reference):
    """Return mean difference and p over the seeds that both have; NaN where undefined.

    Args:
        scores, reference: Dicts from seed to score.

    Example:

    >>> paired_over_seeds({0: 0.75, 1: 0.5}, {0: 0.5})
    (0.25, nan)
    """
    shared = [seed for seed in scores if seed in reference]
    if not shared:
        return math.nan, math.nan
    found = paired_difference(
        {seed: scores[seed] for seed in shared}, {seed: reference[seed] for seed in shared}
    )
    return found["mean_difference"], found["p_value"]
