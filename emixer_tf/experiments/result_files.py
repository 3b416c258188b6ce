"""What an experiment leaves behind: its rows, tables, plot and page."""

import csv
import io
import json
import math
from pathlib import Path

from emixer_tf.document import (
    Command,
    Heading,
    Items,
    Notice,
    Numbers,
    Paragraph,
    Picture,
    as_markdown,
    as_page,
)
from emixer_tf.experiments.contests import contests
from emixer_tf.experiments.paper_tables import OTHER_DATA, paper_table
from emixer_tf.experiments.result_plot import figure_of_results
from emixer_tf.experiments.result_tables import (
    contests_table,
    differences_table,
    paper_numbers,
    scores_table,
)
from emixer_tf.experiments.results import ResultRow, score, summaries
from emixer_tf.files import save_figure, write_whole

ROWS, TABLE, PLOT, PAGE = "results.jsonl", "table.md", "plot.png", "index.html"
_CSV = "results.csv"
_PAIRED_TEST = (
    "p is that of the two-sided paired t-test over these seeds, and * marks p < 0.05 of three "
    "seeds or more; p is not corrected for the number of comparisons in the table. Data and "
    "splits are the same for all seeds, so neither spread nor p says what other test studies "
    "would change."
)
_FIELDS = {"arm": str, "method": str, "seed": int, "scores": dict, "cell": str}


def write_results(folder, study, rows, notes, command=""):
    """Write the rows of an experiment, and its tables, plot and page.

    `results.jsonl` has a row a line, `results.csv` the same with a column a score, `table.md` the
    tables, `plot.png` the plot, `index.html` all of it with the keys of the cells.
    Each file appears whole; the page comes last.

    Args:
        folder: Folder to write into; made where it does not exist. Other files in it stay.
        study: `Study`.
        rows: List of `ResultRow`.
        notes: List of sentences: cautions, and what was left out.
        command: The command that repeats the experiment; "" for `emixer experiment NAME`.

    Returns:
        `pathlib.Path` of the page.

    Raises:
        ValueError: If no table can be made of the rows (see `check_rows`), or the study names a
            table that the paper has not.
    """
    folder, rows = Path(folder), list(rows)
    summarised = summaries(rows, study)
    paper = paper_table(study.paper_table) if study.paper_table else None
    question = Paragraph(study.question)
    ours = [*_our_tables(study, summarised), *_contest_blocks(study, contests(rows, study))]
    theirs = _paper_blocks(paper)
    cautions = _cautions([*notes, *_notes_on_scores(study, summarised)])
    plot = Picture(PLOT, "Plot", _plot_text(paper, study))
    repeat = [Heading("Repeat it"), Command(command or f"emixer experiment {study.name}")]

    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / ROWS, "".join(f"{_json(row)}\n" for row in rows))
    write_whole(folder / _CSV, _as_csv(rows, study))
    save_figure(folder / PLOT, figure_of_results(rows, study, summarised, paper))
    table = [question, *ours, *cautions, plot, *theirs, *repeat]
    write_whole(folder / TABLE, as_markdown(study.title, table))
    page = [question, *cautions, *ours, plot, *theirs, *repeat, *_cells(rows)]
    write_whole(folder / PAGE, as_page(study.title, page))
    return folder / PAGE


def read_results(path):
    """Read the rows that `write_results` wrote.

    Args:
        path: The file `results.jsonl`, or its folder.

    Returns:
        List of `ResultRow`; undefined scores are NaN.

    Raises:
        ValueError: If there is no such file, or a line is no row.
    """
    path = Path(path)
    path = path / ROWS if path.is_dir() else path
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise ValueError(
            f"{path} is not there. Remedy: run the experiment first, or name its folder."
        ) from None
    return [_read_row(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _read_row(path, number, line):
    try:
        row = json.loads(line)
        if not isinstance(row, dict) or row.keys() != _FIELDS.keys():
            raise ValueError(f"its fields are not {', '.join(_FIELDS)}")
        for name, kind in _FIELDS.items():
            if not isinstance(row[name], kind):
                raise ValueError(f"{name} is {row[name]!r}")
    except ValueError as error:
        raise ValueError(
            f"{path}, line {number} is no row of results: {error}. Remedy: write the results anew."
        ) from None
    scores = {name: math.nan if value is None else value for name, value in row["scores"].items()}
    return ResultRow(**{**row, "scores": scores})


def _json(row):
    scores = {name: score(row, name) for name in row.scores}
    defined = {name: None if math.isnan(value) else value for name, value in scores.items()}
    values = {"arm": row.arm, "method": row.method, "seed": int(row.seed), "scores": defined}
    return json.dumps({**values, "cell": row.cell}, ensure_ascii=False)


def _as_csv(rows, study):
    """Return a line a row; scores that are no column of the study come after those that are."""
    names = [*study.columns, *(name for row in rows for name in row.scores)]
    names = list(dict.fromkeys(names))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["arm", "method", "seed", *names, "cell"])
    for row in rows:
        scores = [score(row, name) for name in names]
        shown = ["" if math.isnan(value) else repr(value) for value in scores]
        writer.writerow([row.arm, row.method, row.seed, *shown, row.cell])
    return text.getvalue()


def _our_tables(study, summarised):
    blocks = [
        Heading("Scores"),
        Paragraph("Mean ± standard deviation over seeds (number of seeds)."),
        scores_table(study, summarised),
    ]
    if study.reference_arm is not None:
        blocks += [
            Heading(f"Difference to {study.reference_arm}"),
            Paragraph(f"Mean difference over the seeds that both have. {_PAIRED_TEST}"),
            differences_table(study, summarised),
        ]
    return blocks


def _contest_blocks(study, held):
    if not held:
        return []
    return [
        Heading("Arm against arm"),
        Paragraph(
            "Mean of the first arm's score minus the second one's over the seeds that both have. "
            + _PAIRED_TEST
        ),
        contests_table(study, held),
    ]


def _paper_blocks(paper):
    if paper is None:
        return []
    caution = f"{paper.caption}. The paper's numbers: {OTHER_DATA}."
    if paper.reference_arm is not None:
        caution += f" In brackets, the difference to its own {paper.reference_arm}."
    return [
        Heading(f"The paper's {paper.name}"),
        Notice(caution),
        paper_numbers(paper),
        Items(paper.remarks),
    ]


def _notes_on_scores(study, summarised):
    notes = []
    undefined = _undefined(study, summarised)
    if undefined:
        notes.append(f"Without a score, and shown as –: {'; '.join(undefined)}.")
    if study.reference_arm is not None and study.reference_arm not in {
        item.arm for item in summarised
    }:
        notes.append(f"There is no row of {study.reference_arm} yet, so nothing is compared.")
    most = max(item.seeds for item in summarised)
    if most < 2:
        notes.append("One seed: there is no spread, and no difference can be tested.")
    elif most < 5:
        notes.append(f"{most} seeds at most: a difference must be large to be told from chance.")
    return notes


def _undefined(study, summarised):
    """Say which scores no seed has, and of which arms: those that lack the same ones together."""
    columns_by_arm, arms_by_columns = {}, {}
    for item in summarised:
        if not item.seeds:
            arm = f"{item.arm}, {item.method}" if item.method else item.arm
            columns_by_arm.setdefault(arm, []).append(study.columns[item.column])
    for arm, columns in columns_by_arm.items():
        arms_by_columns.setdefault(", ".join(columns), []).append(arm)
    return [f"{columns} of {' and of '.join(arms)}" for columns, arms in arms_by_columns.items()]


def _cautions(notes):
    return [Heading("Notes"), Items(tuple(notes))] if notes else []


def _plot_text(paper, study):
    text = "Dots are seeds, diamonds with bars the mean ± standard deviation."
    if paper is not None and paper.columns.keys() & study.columns.keys():
        text += f" The panels of the paper show its {paper.name} ({OTHER_DATA})."
    return text


def _cells(rows):
    cells = [(row.arm, row.method or "–", str(row.seed), row.cell or "–") for row in rows]
    return [Heading("Cells"), Numbers(("Arm", "Method", "Seed", "Key"), tuple(cells))]
