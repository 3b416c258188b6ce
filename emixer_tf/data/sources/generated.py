"""Studies that `emixer generate` wrote, to train others' models on. All are in the train split."""

from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root
from emixer_tf.data.sources.choices import with_choices_of
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import check_column, read_table, rows_of
from emixer_tf.generated_table import GENERATED_TABLE, NEEDED, READ, asked_labels

HELP = "studies that `emixer generate` wrote, to train on"
ARGUMENTS = {
    "--root": {"required": True, "help": "folder that `emixer generate` wrote"},
    "--labels-from": {
        "default": "read",
        "choices": ("read", "asked"),
        "help": "read: how probable each label is, as the model reads its own film, from which a "
        "classifier learns more; asked: what the film was to show (%(default)s)",
    },
}
EXAMPLE = """emixer prepare generated --root studies --out data/augmented \\
    --with "table --csv films.csv --text-column report --class-column diagnosis
    --group-column patient"
"""


@with_choices_of(ARGUMENTS)
def listing(flow, root, labels_from="read"):
    """List generated studies.

    They all are in the train split: validation and test films are to be real. Join them to real
    studies by `--with`.

    Args:
        flow: `Flow`.
        root: Folder with `studies.csv` and the films it names.
        labels_from: "read" (columns `NAME (read)`) or "asked" (columns `NAME`).

    Returns:
        `Listing`.

    Raises:
        DataError: If the table has no labels, or none that were read; if a label is no number
            from 0 to 1.
    """
    root = check_root(root, GENERATED_TABLE)
    path = root / GENERATED_TABLE
    table = read_table(path)
    for column in NEEDED:
        check_column(path, column, table.columns)
    columns = _label_columns(path, table.columns, labels_from)
    studies = flow.made(
        list(rows_of(path, table)),
        lambda row: _study(root, columns, *row),
        source=lambda row: row[0],
    )
    return Listing(
        name="generated",
        labels=tuple(columns),
        studies=studies,
        flow=flow,
        drawn_by_program=True,
        notes=["Generated studies of no patients, all in train.", *_note_on_labels(labels_from)],
    )


def _note_on_labels(labels_from):
    note = "Labels are probabilities; those above 0.5 are counted as positive."
    return [note] if labels_from == "read" else []


def _label_columns(path, header, labels_from):
    """Return the column of every label."""
    names = asked_labels(header)
    if not names:
        raise DataError(
            f"{path} has no column of labels. Remedy: name a folder that `emixer generate` wrote."
        )
    if labels_from == "asked":
        return {name: name for name in names}
    unread = [name for name in names if name + READ not in header]
    if unread:
        raise DataError(
            f"{path} has no column {unread[0] + READ!r}: the model that made these films does not "
            "read their labels. Remedy: use --labels-from asked."
        )
    return {name: name + READ for name in names}


def _study(root, columns, place, row):
    if not row["file"]:
        raise RowError("no film", f"{place}: column 'file' is empty. Remedy: name the film.")
    return ListedStudy(
        film=FilmFile(str(root), row["file"]),
        report=row["report"].strip() or None,
        labels={name: _share(place, row, column) for name, column in columns.items()},
        patient=row["file"],
        source=place,
        split="train",
    )


def _share(place, row, column):
    try:
        value = float(row[column])
    except ValueError:
        value = None
    if value is None or not 0 <= value <= 1:
        raise RowError(
            "bad label",
            f"{place}: {column!r} is {row[column]!r}, no number from 0 to 1. Remedy: generate the "
            "studies again.",
        )
    return value
