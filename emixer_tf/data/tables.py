"""Reading the tables that data sets ship."""

import csv
import zlib
from pathlib import Path

import pandas as pd

from emixer_tf.data.errors import DataError
from emixer_tf.names import did_you_mean

_UNREADABLE = (
    pd.errors.ParserError,
    pd.errors.EmptyDataError,
    UnicodeDecodeError,
    EOFError,
    zlib.error,
    OSError,
)


def find_table(root, *patterns):
    """Return the one table below a root whose name fits a pattern, packed or not.

    Args:
        root: Folder of the data set.
        *patterns: Glob patterns without the ending .csv, in order of preference:
            "mimic-cxr-*-metadata".

    Returns:
        `pathlib.Path` of a .csv or .csv.gz file.

    Raises:
        DataError: If there is none; what was looked for is named.
    """
    for pattern in patterns:
        for ending in (".csv", ".csv.gz"):
            found = sorted(Path(root).glob(pattern + ending))
            if found:
                return found[-1]  # of several versions the newest
    names = " or ".join(f"{pattern}.csv[.gz]" for pattern in patterns)
    raise DataError(f"{root} has no table {names}. Remedy: put it there, or check --root.")


def read_table(path, columns=()):
    """Read a table as text, cell by cell as it stands there.

    Args:
        path: A .csv or .csv.gz file, UTF-8 with or without a byte order mark, else Latin-1.
        columns: Names that the header must hold.

    Returns:
        `pandas.DataFrame` of strings; an empty cell is "". Names of columns have no spaces around.

    Raises:
        DataError: If the table is missing, damaged, has no rows or lacks a column.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path}: there is no such table. Remedy: check the path.")
    try:
        table = _read(path)
    except _UNREADABLE as error:
        raise DataError(
            f"{path} is no readable CSV ({str(error).strip()}). Remedy: save it as UTF-8 text with "
            "commas and a header."
        ) from None
    table.columns = [str(name).strip() for name in table.columns]
    if table.empty:
        raise DataError(f"{path} has no rows below its header. Remedy: add one for every film.")
    for column in columns:
        check_column(path, column, table.columns)
    return table


def _read(path):
    options = {"dtype": str, "keep_default_na": False, "index_col": False}
    try:
        return pd.read_csv(path, encoding="utf-8-sig", **options)
    except UnicodeDecodeError:
        return pd.read_csv(path, encoding="latin-1", **options)


def check_column(path, column, header):
    """Refuse a column that the header lacks, and name one that was perhaps meant."""
    if column not in header:
        raise DataError(f"{path} has no column {column!r}.{did_you_mean(column, list(header))}")


def rows_of(path, table):
    """Yield `(place, row)` of a table: "file.csv, row 2" as a spreadsheet counts, and a dict."""
    for number, row in enumerate(table.to_dict("records"), start=2):
        yield f"{path}, row {number}", row


def write_rows(path, header, rows):
    """Write a CSV that a spreadsheet opens as text: no cell is taken for a formula.

    Args:
        path: File to write.
        header: Names of the columns.
        rows: Iterable of tuples.

    Reference:
        OWASP, CSV injection.
    """
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([_without_formula(cell) for cell in row] for row in rows)


def _without_formula(cell):
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) else cell
