"""Any CSV with an image column, and perhaps a text column and labels."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.progress import track

from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.images import read_image
from emixer_tf.data.records import Skipped, write_records
from emixer_tf.data.splits import SPLITS, split_by_patient
from emixer_tf.data.study import Study
from emixer_tf.names import did_you_mean

_UNLISTED = "class not in --labels"
_NO_NAMES = ("nan", "na", "n/a", "<na>", "null", "none")
_VALIDATION = {"valid": "val", "validate": "val", "validation": "val"}


@dataclass(frozen=True)
class TableColumns:
    """Which columns of a table mean what.

    Labels stand either in `label_columns` (0 and 1 each), or in `class_column` (one name a row),
    or in `list_column` (names joined by `separator`). A row without them is unlabelled; what stands
    for a missing value ("nan", "null", "none" and so on) is an error.

    Args:
        image: Path of the film, relative to the root.
        text: Report, or None.
        label_columns: Names of 0/1 columns.
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
            if column not in header:
                raise DataError(f"{path} has no column {column!r}.{did_you_mean(column, header)}")
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


def prepare_table(
    path, out, columns, resolution, *, root=None, channels=1, labels=None, on_error="stop",
    seed=0, **records,
):  # fmt: skip
    """Write the films, texts and labels of a table as prepared data.

    Args:
        path: The CSV.
        out: Folder to make.
        columns: `TableColumns`.
        resolution: Pixels of a side.
        root: Folder the image paths start from; None: that of the CSV.
        channels: 1 or 3.
        labels: Names and order of labels of `class_column` or `list_column`; None: all that
            occur, in alphabetical order. A row of another class is left out, since all its labels
            would be 0; another name in a list is ignored, since a list says of every label whether
            it is there.
        on_error: "stop" at the first bad row, or "skip" it and list it in `skipped.csv`.
        seed: Of splits that are drawn.
        **records: For `write_records`.

    Returns:
        `DatasetCard`.

    Raises:
        DataError: Naming file, row and remedy.
    """
    path = Path(path)
    table = _read_table(path)
    columns.check(path, list(table.columns))
    labels = _label_names(path, table, columns, labels)
    root = path.parent if root is None else Path(root)
    skipped = []

    def studies():
        rows = enumerate(table.to_dict("records"), start=2)
        for number, row in track(rows, f"Reading {path.name}", total=len(table)):
            try:
                yield _study(path, number, row, root, columns, labels, seed)
            except RowError as error:
                if on_error == "stop" and error.kind != _UNLISTED:
                    raise
                skipped.append(Skipped(number, row[columns.image], error.kind, str(error)))

    return write_records(
        studies(), out, path.stem, labels, resolution, channels, skipped=skipped, **records
    )


def _read_table(path):
    if not path.is_file():
        raise DataError(f"{path}: there is no such table. Remedy: check the path.")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path} is no readable CSV ({str(error).strip()}). Remedy: save it as UTF-8 text with "
            "commas and a header."
        ) from None
    if table.empty:
        raise DataError(f"{path} has no rows below its header. Remedy: add one for every film.")
    return table


def _label_names(path, table, columns, labels):
    if columns.label_columns:
        if labels:
            raise DataError(
                f"{path}: --labels {' '.join(labels)} does not go with --label-columns "
                f"{' '.join(columns.label_columns)}. Remedy: leave --labels out, and name the "
                "columns in the order of the labels."
            )
        return list(columns.label_columns)
    column = columns.class_column or columns.list_column
    separator = columns.separator if columns.list_column else None
    met = {name for cell in table[column] for name in _names(cell, separator)}
    met = sorted(name for name in met if not _is_missing(name, labels or ()))
    if not met:
        raise DataError(
            f"{path}: column {column!r} names no label in any row, row 2 has "
            f"{table[column][0]!r}. Remedy: name another column, or fill it in."
        )
    for label in labels or ():
        if label not in met:
            raise DataError(
                f"{path}: label {label!r} does not occur in {column!r}.{did_you_mean(label, met)}"
            )
    return list(labels or met)


def _names(cell, separator):
    parts = cell.split(separator) if separator else [cell]
    return [part.strip() for part in parts if part.strip()]


def _is_missing(name, labels):
    return name.casefold() in _NO_NAMES and name not in labels


def _study(path, number, row, root, columns, labels, seed):
    source = f"{path}, row {number}"
    label_values = _label_values(source, row, columns, labels)
    patient = _patient(source, row, columns)
    split = _split(source, row, columns, patient, seed)
    return Study(
        image=_film(source, root / row[columns.image]),
        report=(row[columns.text].strip() or None) if columns.text else None,
        labels=label_values,
        patient=patient,
        source=source,
        split=split,
    )


def _film(source, path):
    try:
        return read_image(path)
    except DataError as error:
        raise RowError("unreadable film", f"{source}: {error}") from None


def _patient(source, row, columns):
    # Not the row's source: that changes with the way the table's path is typed.
    patient = row[columns.group or columns.image]
    if columns.group and not patient:
        raise RowError(
            "no patient", f"{source}: column {columns.group!r} is empty. Remedy: name the patient."
        )
    return patient


def _split(source, row, columns, patient, seed):
    if not columns.split:
        return split_by_patient([patient], seed=seed)[0]
    cell = row[columns.split]
    split = _VALIDATION.get(cell, cell)
    if split not in SPLITS:
        raise RowError(
            "bad split",
            f"{source}: split {cell!r} is none of {', '.join(SPLITS)}. Remedy: mend column "
            f"{columns.split!r}, or use --on-error skip.",
        )
    return split


def _label_values(source, row, columns, labels):
    if columns.label_columns:
        cells = {label: row[label].strip() for label in labels}
        if not any(cells.values()):
            return None
        return {label: _number(source, label, cell) for label, cell in cells.items()}
    column = columns.class_column or columns.list_column
    names = _names(row[column], columns.separator if columns.list_column else None)
    if not names:
        return None
    _check_names(source, column, names, labels)
    if columns.class_column and names[0] not in labels:
        raise RowError(
            _UNLISTED,
            f"{source}: class {names[0]!r} of column {column!r} is none of --labels "
            f"{' '.join(labels)}. Remedy: add it there to keep the row.",
        )
    return {label: float(label in names) for label in labels}


def _check_names(source, column, names, labels):
    for name in names:
        if _is_missing(name, labels):
            raise RowError(
                "bad label",
                f"{source}: column {column!r} names {name!r}, which is no label. Remedy: leave the "
                f"cell empty, or name {name!r} in --labels if it is one.",
            )


def _number(source, label, cell):
    if cell not in ("0", "1", "0.0", "1.0"):
        raise RowError(
            "bad label",
            f"{source}: label {label!r} is {cell!r}, neither 0 nor 1. Remedy: mend the cell, or "
            "leave all labels of the row empty.",
        )
    return float(cell)
