"""Scores of somebody's reports: two tables, of references and of hypotheses."""

from emixer_tf.data.tables import read_table
from emixer_tf.document import Command, Items, Notice, Paragraph
from emixer_tf.experiments.evaluation.description_scores import words_of
from emixer_tf.experiments.evaluation.evaluation_files import (
    PAGE,
    check_evaluation_place,
    write_evaluation,
    write_table,
)
from emixer_tf.experiments.evaluation.evaluation_tables import text_table
from emixer_tf.experiments.evaluation.text_scores import (
    NO_ROUGE,
    TOKENIZER,
    has_rouge,
    text_scores,
)
from emixer_tf.experiments.noted import noted
from emixer_tf.files import folder_written_whole
from emixer_tf.version import __version__

ITEMS = "items.csv"


def evaluate_report_files(references, hypotheses, out, command, seed=0, tell=print):
    """Score reports against whole references, and write numbers, tables and a page.

    Args:
        references, hypotheses: CSV files with columns "id" and "report"; each id once.
        out: `pathlib.Path` of the folder.
        command: The line that repeats it.
        seed: Of the bootstrap.
        tell: Function that is called with each score.

    Returns:
        `pathlib.Path` of the page.

    Raises:
        ValueError: If a table is not so, their ids differ, or the folder holds something else.
    """
    check_evaluation_place(out)
    notes = [] if has_rouge() else [NO_ROUGE]
    texts = [read_reports(path) for path in (references, hypotheses)]
    with noted(notes):
        found = text_scores(*texts, seed)
    silent = sum(not words for words in texts[1].values())
    if silent:
        notes.append(f"{silent:,} of {len(texts[1]):,} hypotheses have no words.")
    numbers = {
        "emixer_tf_version": __version__,
        "command": command,
        "items": len(texts[0]),
        "seed": seed,
        "tokenizer": TOKENIZER,
        "scores": found["scores"],
        "intervals": found["intervals"],
        "notes": notes,
    }
    table = text_table(found)
    for score, value in table.rows:
        tell(f"{score} {value}")
    blocks = [
        Paragraph(f"{len(texts[0]):,} reports against whole references, one each."),
        Notice(
            "A high score is no proof of a good report: score one constant report and those of "
            "the nearest films beside it. Scores of two papers can be compared only if tokenizer "
            "and references are the same."
        ),
        table,
        Paragraph(f"Tokenizer: {TOKENIZER}. Intervals are over reports; those of {ITEMS}."),
        *([Items(tuple(notes))] if notes else []),
        Command(command),
    ]
    with folder_written_whole(out) as aside:
        write_table(
            aside / ITEMS,
            ["id", *found["items"]],
            [[item, *(by_id[item] for by_id in found["items"].values())] for item in texts[0]],
        )
        write_evaluation(aside, "Scores of reports", numbers, blocks)
    return out / PAGE


def read_reports(path):
    """Read a table of reports.

    Args:
        path: CSV file with columns "id" and "report".

    Returns:
        Dict of id to words separated by spaces; "" for a report without words.

    Raises:
        ValueError: If a column is missing, or an id is empty or stands twice.
    """
    reports = {}
    for number, (item, text) in read_table(path, ("id", "report")).rows:
        item = item.strip()
        if not item or item in reports:
            raise ValueError(
                f"{path}, row {number}: each row has an id of its own. Received: {item!r}"
                f"{', which stands there twice' if item else ''}. Remedy: mend the column."
            )
        reports[item] = words_of(text)
    return reports
