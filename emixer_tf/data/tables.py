"""Reading the tables that data sets ship."""

import csv
import gzip
import zlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from emixer_tf.data.errors import DataError
from emixer_tf.data.film_bytes import describe_beginning
from emixer_tf.names import did_you_mean

_UNREADABLE = (EOFError, zlib.error, OSError)
_PACKED = b"\x1f\x8b"
# A web page or XML, a zip archive such as .xlsx, a PDF, a pointer of Git LFS: no header begins so.
_NO_TABLES = (b"<", b"PK\x03\x04", b"%PDF", b"version https://git-lfs")
_MOST_OF_A_CELL = 2**24  # what is longer follows a quotation mark that nothing closes
_PUT_IT_THERE = "put it there, or check --root."


@dataclass(frozen=True)
class Table:
    """Cells as text.

    Args:
        columns: Names.
        rows: List of `(number, cells)`; number: of the row, as a spreadsheet counts.
    """

    columns: tuple
    rows: list

    def only(self, columns):
        """Return the table with some of its columns, in the order they are named."""
        places = [self.columns.index(name) for name in columns]
        rows = [(number, [cells[place] for place in places]) for number, cells in self.rows]
        return Table(tuple(columns), rows)


def find_table(root, *patterns, needed=True, remedy=_PUT_IT_THERE):
    """Return the one table below a root whose name fits a pattern, packed or not.

    Args:
        root: Folder of the data set.
        *patterns: Glob patterns without the ending .csv, in order of preference:
            "mimic-cxr-*-metadata".
        needed: Whether it is an error if there is none.
        remedy: What to do then.

    Returns:
        `pathlib.Path` of a .csv or .csv.gz file, of several versions the newest; None if there is
        none and none is needed.

    Raises:
        DataError: If there is none, naming what was looked for, or if it is there packed and
            unpacked.
    """
    for pattern in patterns:
        found = sorted(
            path for end in (".csv", ".csv.gz") for path in Path(root).glob(pattern + end)
        )
        if found:
            return _only_form(sorted(found))
    if not needed:
        return None
    names = " or ".join(f"{pattern}.csv[.gz]" for pattern in patterns)
    raise DataError(f"{root} has no table {names}. Remedy: {remedy}")


def _only_form(found):
    newest = found[-1]
    if newest.suffix == ".gz" and newest.with_suffix("") in found:
        raise DataError(
            f"{newest}: there is {newest.stem} beside it, and the two may differ. Remedy: remove "
            "one of them."
        )
    return newest


def read_table(path, columns=None, optional=()):
    """Read a table as text, cell by cell as it stands there.

    Nothing is mended: a row with more or fewer cells than the header has names is an error, since
    such a table was cut short, or its cells have shifted. A column without a name at the end of
    the header may be left out of a row, and is not returned. Blank lines are passed over.

    Args:
        path: A .csv file or one packed by gzip, UTF-8 with or without a byte order mark, else
            Windows' Latin-1.
        columns: Names that the header must hold, and which are returned; None: all that it holds.
        optional: Further names that are returned; where the header lacks one, its cells are "".

    Returns:
        `Table`. Names of columns have no spaces around.

    Raises:
        DataError: If the table is missing, damaged, no CSV, has no rows, lacks a column or has
            one twice.
    """
    path = Path(path)
    if not path.is_file():
        raise DataError(f"{path}: there is no such table. Remedy: check the path.")
    with _failing_with_a_sentence(path), _long_cells():
        _check_beginning(path)
        try:
            return _read(path, "utf-8-sig", columns, optional)
        except UnicodeDecodeError as error:
            if error.reason == "unexpected end of data":
                raise _no_csv(path, "it ends within a letter", "download it again.") from None
            return _read(path, "cp1252", columns, optional, errors="replace")


@contextmanager
def _failing_with_a_sentence(path):
    try:
        yield
    except _UNREADABLE as error:
        raise _no_csv(path, str(error).strip(), "download it again.") from None


def _no_csv(path, reason, remedy):
    return DataError(f"{path} is no readable CSV ({reason}). Remedy: {remedy}")


@contextmanager
def _long_cells():
    before = csv.field_size_limit(_MOST_OF_A_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _opened(path, mode, **options):
    with open(path, "rb") as file:
        packed = file.read(len(_PACKED)) == _PACKED
    return (gzip.open if packed else open)(path, mode, **options)


def _check_beginning(path):
    with _opened(path, "rb") as file:
        beginning = file.read(512)
    text = beginning.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not text or text.startswith(_NO_TABLES) or b"\0" in text:
        raise _no_csv(
            path,
            describe_beginning(beginning),
            "download it again, signed in where the publisher asks for it, or save it as UTF-8 "
            "text with commas and a header.",
        )


def _read(path, encoding, columns, optional, errors="strict"):
    with _opened(path, "rt", encoding=encoding, errors=errors, newline="") as file:
        records = _records(path, csv.reader(file, strict=True))
        _, written = next(records)
        header = _header(path, written)
        if columns is None:
            columns = header
        for column in columns:
            check_column(path, column, header)
        names = (*columns, *optional)
        places = [header.index(name) if name in header else None for name in names]
        rows = [
            (number, ["" if place is None else cells[place] for place in places])
            for number, cells in _whole(path, records, header, written)
        ]
    if not rows:
        raise DataError(f"{path} has no rows below its header. Remedy: add one for every film.")
    return Table(names, rows)


def _records(path, reader):
    """Yield number and cells of every record that is no blank line."""
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if cells:
                yield number, cells
    except csv.Error as error:
        raise _no_csv(
            path,
            f"row {number + 1}: {error}",
            "mend the quotation marks there; a table that ends within them was cut short and is "
            "to be fetched again.",
        ) from None


def _header(path, cells):
    header = [name.strip() for name in cells]
    while header and not header[-1]:
        header.pop()
    if not header:
        raise _no_csv(path, "its first row holds no names of columns", "add a header.")
    counts = Counter(filter(None, header))
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice:
        raise DataError(f"{path} has the column {twice!r} twice. Remedy: rename one of them.")
    return tuple(header)


def _whole(path, records, header, written):
    """Yield the records that have a cell for every column, and refuse others."""
    least, most = len(header), len(written)
    for number, cells in records:
        if not least <= len(cells) <= most:
            raise DataError(
                f"{path}, row {number} has {len(cells)} cells, but the header names {least} "
                f"columns; the row begins with {cells[0]!r}. Remedy: fetch the table again, as it "
                "may be cut short, or put cells that hold a comma in quotation marks."
            )
        yield number, cells


def check_column(path, column, header):
    """Refuse a column that the header lacks, and name one that was perhaps meant."""
    if column not in header:
        raise DataError(f"{path} has no column {column!r}.{did_you_mean(column, list(header))}")


def rows_of(path, table):
    """Yield `(place, row)` of a table: "file.csv, row 2" as a spreadsheet counts, and a dict."""
    for number, cells in table.rows:
        yield f"{path}, row {number}", dict(zip(table.columns, cells, strict=True))


def rows_by_key(path, table, column, key=str):
    """Return the rows of a table by the cell in a column.

    Args:
        path: Of the table, for messages.
        table: `Table`.
        column: Name of the column.
        key: Function from its cell to what stands for it.

    Returns:
        Dict from the key to `(place, row)`, as `rows_of` yields them. Of rows that are equal the
        first is taken.

    Raises:
        DataError: If two rows of a key differ in another column.
    """
    found = {}
    for place, row in rows_of(path, table):
        name = key(row[column])
        first_place, first = found.setdefault(name, (place, row))
        other = next((x for x in row if x != column and row[x] != first[x]), None)
        if other is not None:
            raise DataError(
                f"{place}: {other!r} of {column} {name!r} is {row[other]!r}, but {first[other]!r} "
                f"in {first_place}. Remedy: leave one of the rows."
            )
    return found


def write_rows(path, header, rows):
    """Write a CSV that a spreadsheet opens as text: no cell is taken for a formula.

    Args:
        path: File to write.
        header: Names of the columns.
        rows: Iterable of tuples. What is no Unicode, as names of files may be, is written with
            backslashes.

    Reference:
        OWASP, CSV injection.
    """
    with open(path, "w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([_without_formula(cell) for cell in row] for row in rows)


def _without_formula(cell):
    return f"'{cell}" if str(cell).startswith(("=", "+", "-", "@", "\t", "\r")) else cell
