"""Any CSV with an image column, and perhaps a text column and labels."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from rich.progress import track

from emixer_tf.data.errors import DataError, did_you_mean
from emixer_tf.data.images import read_image
from emixer_tf.data.records import write_records
from emixer_tf.data.splits import split_by_patient
from emixer_tf.data.study import Study


@dataclass(frozen=True)
class TableColumns:
    """Which columns of a table mean what.

    Labels stand either in `label_columns` (0 and 1 each), or in `class_column` (one name a row),
    or in `list_column` (names joined by `separator`). A row without them is unlabelled.

    Args:
        image: Path of the film, relative to the root.
        text: Report, or None.
        label_columns: Names of 0/1 columns.
        class_column: Column of one class name.
        list_column: Column of several label names.
        separator: Between the names of `list_column`.
        group: Who was filmed; rows of one group stay in one split. None: every row its own.
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
        ways = [bool(self.label_columns), bool(self.class_column), bool(self.list_column)]
        if sum(ways) != 1:
            raise DataError(
                "Labels stand in exactly one of --label-columns, --class-column and --list-column. "
                f"Received: {sum(ways)} of them."
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
            occur, in alphabetical order.
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
            except DataError as error:
                if on_error == "stop":
                    raise
                skipped.append((number, row[columns.image], str(error)))

    return write_records(
        studies(), out, path.stem, labels, resolution, channels, skipped=skipped, **records
    )


def _read_table(path):
    if not path.is_file():
        raise DataError(f"{path}: there is no such table. Remedy: check the path.")
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise DataError(f"{path} is no readable CSV: {error}") from None


def _label_names(path, table, columns, labels):
    if columns.label_columns:
        return list(columns.label_columns)
    column = columns.class_column or columns.list_column
    separator = columns.separator if columns.list_column else None
    met = sorted({name for cell in table[column] for name in _names(cell, separator)})
    if not met:
        raise DataError(f"{path}: column {column!r} is empty in every row.")
    for label in labels or ():
        if label not in met:
            raise DataError(
                f"{path}: label {label!r} does not occur in {column!r}.{did_you_mean(label, met)}"
            )
    return list(labels or met)


def _names(cell, separator):
    parts = cell.split(separator) if separator else [cell]
    return [part.strip() for part in parts if part.strip()]


def _study(path, number, row, root, columns, labels, seed):
    source = f"{path}, row {number}"
    try:
        image = read_image(root / row[columns.image])
    except DataError as error:
        raise DataError(f"{source}: {error}") from None
    patient = row[columns.group] if columns.group else source
    if not patient:
        raise DataError(f"{source}: column {columns.group!r} is empty. Remedy: name the patient.")
    split = row[columns.split] if columns.split else split_by_patient([patient], seed=seed)[0]
    return Study(
        image=image,
        report=(row[columns.text].strip() or None) if columns.text else None,
        labels=_label_values(source, row, columns, labels),
        patient=patient,
        source=source,
        split={"valid": "val", "validate": "val", "validation": "val"}.get(split, split),
    )


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
    return {label: float(label in names) for label in labels}


def _number(source, label, cell):
    if cell not in ("0", "1", "0.0", "1.0"):
        raise DataError(
            f"{source}: label {label!r} is {cell!r}, neither 0 nor 1. Remedy: mend the cell, or "
            "leave all labels of the row empty."
        )
    return float(cell)
