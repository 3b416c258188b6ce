"""Tables of an experiment as texts: ours, the differences, and the paper's."""

import math

from emixer_tf.document import Numbers

UNDEFINED = "–"
SIGNIFICANT, FEWEST_SEEDS = 0.05, 3
_MOST_COLUMNS = 10


def number(value):
    """Return a number with as many decimals as its size needs; "–" where it is undefined.

    Example:

    >>> number(0.8734), number(12.844), number(float("nan"))
    ('0.873', '12.84', '–')
    """
    return UNDEFINED if is_undefined(value) else f"{value:.{_decimals(value)}f}"


def is_undefined(value):
    """Say whether a score is undefined: NaN, or as JSON has none, None."""
    return value is None or math.isnan(value)


def _decimals(value):
    return 3 if abs(value) < 10 else 2 if abs(value) < 100 else 1


def mean_with_sd(mean, sd):
    """Return "mean ± sd", or the mean alone where sd is undefined.

    Example:

    >>> mean_with_sd(0.8734, 0.00251), mean_with_sd(0.8734, float("nan"))
    ('0.873 ± 0.0025', '0.873')
    """
    if math.isnan(sd):
        return number(mean)
    return f"{number(mean)} ± {sd:.{_decimals(mean) + 1}f}"


def p_value(p):
    """Return a p value as a text.

    Example:

    >>> p_value(0.0312), p_value(0.00002), p_value(float("nan"))
    ('p = 0.031', 'p < 0.001', 'p –')
    """
    if math.isnan(p):
        return f"p {UNDEFINED}"
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"


def signed(value):
    """Return a difference with its sign; "–" where it is undefined."""
    if math.isnan(value):
        return UNDEFINED
    return f"{value:+.{_decimals(value)}f}"


def scores_table(study, summaries):
    """Return the table of means: one row an arm, "mean ± sd (seeds)" in each column.

    Args:
        study: `Study`.
        summaries: What `emixer_tf.experiments.results.summaries` returned.

    Returns:
        `Numbers`.
    """
    return _by_arm(study, summaries, _score_cell)


def _score_cell(summary):
    if not summary.seeds:
        return UNDEFINED
    return f"{mean_with_sd(summary.mean, summary.sd)} ({summary.seeds})"


def differences_table(study, summaries):
    """Return the table of differences to the reference arm, with p.

    "*" marks p < 0.05, where there are three seeds or more.

    Args:
        study: `Study` with a reference arm.
        summaries: What `emixer_tf.experiments.results.summaries` returned.

    Returns:
        `Numbers`; without the row of the reference arm.
    """
    others = [summary for summary in summaries if summary.arm != study.reference_arm]
    return _by_arm(study, others, _difference_cell)


def _difference_cell(tested):
    if math.isnan(tested.difference):
        return UNDEFINED
    mark = " *" if tested.p < SIGNIFICANT and tested.paired_seeds >= FEWEST_SEEDS else ""
    return f"{signed(tested.difference)} ({p_value(tested.p)}){mark}"


def contests_table(study, contests):
    """Return the table of arms against each other, with p, marked as in `differences_table`.

    Args:
        study: `Study`.
        contests: What `emixer_tf.experiments.contests.contests` returned.

    Returns:
        `Numbers`: one row a contest.
    """
    return Numbers(
        headings=("Arm", "Against", *column_headings(study)),
        rows=_rows(study, contests, _sides, _difference_cell),
    )


def _sides(contest):
    return ", ".join(contest.first), ", ".join(contest.second)


def _by_arm(study, summaries, cell):
    """Return a table of a row an arm, or of a row a score where these are many and the arms few."""
    table = Numbers(
        headings=("Arm", "Method", *column_headings(study)),
        rows=_rows(study, summaries, _arm_and_method, cell),
    )
    return _turned_if_wide(table)


def _arm_and_method(summary):
    return summary.arm, summary.method or UNDEFINED


def _rows(study, scored, names, cell):
    """Return a row for each `names(item)`, with the cell of every column behind the names."""
    rows = {}
    for item in scored:
        rows.setdefault(names(item), {})[item.column] = cell(item)
    return tuple(
        (*named, *(cells[column] for column in study.columns)) for named, cells in rows.items()
    )


def _turned_if_wide(table):
    """Return the table, or, where it has many columns and few rows, with rows for its columns."""
    if len(table.headings) <= _MOST_COLUMNS or len(table.rows) >= len(table.headings):
        return table
    turned = list(zip(table.headings, *table.rows, strict=True))
    return Numbers(headings=turned[0], rows=tuple(turned[1:]))


def column_headings(study):
    """Return the headings of a study, those of which less is better marked so."""
    return [
        f"{heading} (lower is better)" if column in study.lower_is_better else heading
        for column, heading in study.columns.items()
    ]


def paper_numbers(table):
    """Return a table of the paper, with each cell's difference to its real data alone.

    Args:
        table: `PaperTable`.

    Returns:
        `Numbers`.
    """
    reference = next((row for row in table.rows if row.arm == table.reference_arm), None)
    rows = []
    for row in table.rows:
        cells = []
        for column in table.columns:
            mean, sd = row.scores[column]
            text = number(mean) if sd is None else f"{number(mean)} ± {sd:.4g}"
            if reference is not None and row is not reference:
                text += f" ({signed(mean - reference.scores[column][0])})"
            cells.append(text)
        rows.append((row.arm, row.method or UNDEFINED, *cells))
    headings = ("The paper's arm", "Method", *table.columns.values())
    return _turned_if_wide(Numbers(headings, tuple(rows)))
