"""Any CSV with an image column, and perhaps a text column and labels."""

from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root
from emixer_tf.data.sources.arguments import OPTIONAL_POLICY, STYLE
from emixer_tf.data.sources.choices import with_choices_of
from emixer_tf.data.sources.label_cells import LabelCells
from emixer_tf.data.sources.sections_and_labels import checked_labels, label_notes, style_note
from emixer_tf.data.splits import SPLITS, split_named
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import check_column, read_table, rows_of
from emixer_tf.names import did_you_mean

HELP = "any CSV with an image column, and perhaps a text column and labels"
ARGUMENTS = {
    "--csv": {"required": True, "help": "the table"},
    "--root": {"help": "folder the image paths start from (that of the CSV)"},
    "--image-column": {"default": "image", "help": "(%(default)s)"},
    "--text-column": {"help": "column of reports"},
    "--label-columns": {"nargs": "+", "default": (), "help": "columns of 0 and 1"},
    "--class-column": {"help": "column of one class name"},
    "--list-column": {"help": "column of several label names"},
    "--separator": {"default": "|", "help": "between names (%(default)s)"},
    "--labels": {
        "nargs": "+",
        "help": "names and order of labels (all that occur); rows of another class are dropped",
    },
    "--group-column": {"help": "patient: studies of one stay in one split"},
    "--split-column": {"help": "train, val or test (default: drawn by patient)"},
    **OPTIONAL_POLICY,
    **STYLE,
}
EXAMPLE = """emixer prepare table --csv films.csv --text-column report --class-column diagnosis \\
    --group-column patient --resolution 128 --out data/mine"""

_NO_NAMES = ("nan", "na", "n/a", "<na>", "null", "none")


@dataclass(frozen=True)
class TableColumns:
    """Which columns of a table mean what.

    Labels stand either in `label_columns` (0 and 1 each, or CheXpert's -1 and blanks), or in
    `class_column` (one name a row), or in `list_column` (names joined by `separator`). A row
    without them is unlabelled; what stands for a missing value ("nan", "null", "none" and so on)
    is an error.

    Args:
        image: Path of the film, relative to the root.
        text: Report, or None.
        label_columns: Names of columns of numbers.
        class_column: Column of one class name.
        list_column: Column of several label names.
        separator: Between the names of `list_column`.
        group: Who was filmed; rows of one group stay in one split. None: every film its own.
        split: Column of train, val and test; None: drawn by group.
    """

    image: str = "image"
    text: str | None = None
    label_columns: tuple = ()
    class_column: str | None = None
    list_column: str | None = None
    separator: str = "|"
    group: str | None = None
    split: str | None = None

    def check(self, path, header):
        """Refuse columns that the table lacks, and labels named in no or in several ways."""
        single = (
            self.image,
            self.text,
            self.class_column,
            self.list_column,
            self.group,
            self.split,
        )
        for column in (*(name for name in single if name), *self.label_columns):
            check_column(path, column, header)
        ways = {
            "--label-columns": " ".join(self.label_columns),
            "--class-column": self.class_column,
            "--list-column": self.list_column,
        }
        given = [f"{option} {value}" for option, value in ways.items() if value]
        if len(given) != 1:
            raise DataError(
                f"{path}: labels stand in exactly one of {', '.join(ways)}. Received: "
                f"{', '.join(given) or 'none of them'}. Remedy: give one of them, with columns of "
                f"the table ({', '.join(header)})."
            )

    def names(self, row):
        """Return the label names of a row of `class_column` or `list_column`."""
        cell = row[self.class_column or self.list_column]
        parts = cell.split(self.separator) if self.list_column else [cell]
        return [part.strip() for part in parts if part.strip()]


@with_choices_of(ARGUMENTS)
def listing(
    flow, csv, root=None, image_column="image", text_column=None, label_columns=(),
    class_column=None, list_column=None, separator="|", labels=None, group_column=None,
    split_column=None, uncertain=None, blank=None, style="voi",
):  # fmt: skip
    """List the rows of a table.

    Args:
        flow: `Flow`.
        csv: The table.
        root: Folder the image paths start from; None: that of the CSV.
        image_column, text_column, label_columns, class_column, list_column, separator,
            group_column, split_column: See `TableColumns`.
        labels: Names and order of labels of `class_column` or `list_column`; None: all that
            occur, in alphabetical order. A row of another class is left out, since all its labels
            would be 0; another name in a list is ignored, since a list says of every label whether
            it is there.
        uncertain, blank: As for `LabelPolicy`; needed where `label_columns` hold -1, or blanks
            beside other values.
        style: How DICOM is read. See `read_dicom`.

    Returns:
        `Listing`.

    Raises:
        DataError: Naming file, row and remedy.
    """
    path = Path(csv)
    columns = TableColumns(
        image_column, text_column, tuple(label_columns), class_column, list_column, separator,
        group_column, split_column,
    )  # fmt: skip
    table = read_table(path)
    columns.check(path, list(table.columns))
    rows = list(rows_of(path, table))
    cells = LabelCells(_label_names(path, rows, columns, labels), uncertain, blank)
    _check_policy(path, columns, cells)
    root = check_root(path.parent if root is None else root)
    if class_column and labels:
        rows = flow.keep(
            rows,
            "class in --labels",
            "class not in --labels",
            lambda row: _is_listed(columns.names(row[1]), labels),
            source=itemgetter(0),
        )
    pairs = flow.made(
        rows, lambda row: _study(root, style, columns, cells, *row), source=itemgetter(0)
    )
    return Listing(
        name=path.stem,
        labels=cells.labels,
        studies=[study for study, _ in pairs],
        flow=flow,
        notes=[*cells.notes(), *label_notes(pairs), style_note(style)],
    )


def _label_names(path, rows, columns, labels):
    if columns.label_columns:
        if labels:
            raise DataError(
                f"{path}: --labels {' '.join(labels)} does not go with --label-columns "
                f"{' '.join(columns.label_columns)}. Remedy: leave --labels out, and name the "
                "columns in the order of the labels."
            )
        return checked_labels(columns.label_columns, "--label-columns")
    column = columns.class_column or columns.list_column
    met = {name for _, row in rows for name in columns.names(row)}
    met = sorted(name for name in met if not _is_missing(name, labels or ()))
    if not met:
        place, first = rows[0]
        raise DataError(
            f"{place}: column {column!r} names no label, it has {first[column]!r}, nor does it in "
            "another row. Remedy: name another column, or fill it in."
        )
    for label in checked_labels(labels or ()):
        if label not in met:
            raise DataError(
                f"{path}: label {label!r} does not occur in {column!r}.{did_you_mean(label, met)}"
            )
    return tuple(labels or met)


def _check_policy(path, columns, cells):
    if (cells.uncertain or cells.blank) and not columns.label_columns:
        raise DataError(
            f"{path}: --uncertain and --blank go with --label-columns, not with names of labels. "
            "Remedy: leave them out."
        )


def _is_missing(name, labels):
    return name.casefold() in _NO_NAMES and name not in labels


def _is_listed(names, labels):
    return not names or names[0] in labels or _is_missing(names[0], labels)


def _study(root, style, columns, cells, place, row):
    """Return a study, and what is stated of its labels, or None."""
    stated, values = _labels(place, row, columns, cells)
    listed = ListedStudy(
        film=FilmFile(str(root), _image(place, row, columns), style),
        report=(row[columns.text].strip() or None) if columns.text else None,
        labels=values,
        patient=_patient(place, row, columns),
        source=place,
        split=_split(place, row, columns),
    )
    return listed, stated


def _image(place, row, columns):
    if not row[columns.image]:
        raise RowError(
            "no film", f"{place}: column {columns.image!r} is empty. Remedy: name the film."
        )
    return row[columns.image]


def _patient(place, row, columns):
    # Not the row's place: that changes with the way the table's path is typed.
    patient = row[columns.group or columns.image]
    if not patient:
        raise RowError(
            "no patient", f"{place}: column {columns.group!r} is empty. Remedy: name the patient."
        )
    return patient


def _split(place, row, columns):
    if not columns.split:
        return None
    cell = row[columns.split]
    split = split_named(cell)
    if split not in SPLITS:
        raise RowError(
            "bad split",
            f"{place}: split {cell!r} is none of {', '.join(SPLITS)}. Remedy: mend column "
            f"{columns.split!r}, or use --on-error skip.",
        )
    return split


def _labels(place, row, columns, cells):
    """Return what is stated of the labels, and their values; None and None without labels."""
    if columns.label_columns:
        return cells.stated_and_values(place, row)
    names = columns.names(row)
    for name in names:
        if _is_missing(name, cells.labels):
            raise RowError(
                "bad label",
                f"{place}: column {columns.class_column or columns.list_column!r} names {name!r}, "
                f"which is no label. Remedy: leave the cell empty, or name {name!r} in --labels if "
                "it is one.",
            )
    values = {label: float(label in names) for label in cells.labels} if names else None
    return values, values
