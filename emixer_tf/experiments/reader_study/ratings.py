"""The ratings that readers send back, read strictly."""

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emixer_tf.experiments.reader_study.key import REAL, SYNTHETIC

LOWEST, HIGHEST = 1, 10
FIELDS = ("item", "quality", "guess", "comment")
_FILE = re.compile(r"ratings-(.+)\.csv")
_EMPTY = "ratings-template.csv"
_MOST_SHOWN = 12


@dataclass(frozen=True)
class Ratings:
    """What one rater wrote, in the order of the items.

    Args:
        rater: Name.
        quality: int64 `[items]`, 1 to 10.
        guesses: "real", "synthetic" or "" for each item.
        comments: Text or "" for each item.
    """

    rater: str
    quality: np.ndarray
    guesses: tuple
    comments: tuple


def read_ratings(folder, items):
    """Read `ratings-NAME.csv` of all raters; the empty `ratings-template.csv` is passed over.

    Spreadsheets write a comma or a semicolon between cells, and 7 for the item 007: both are
    taken. Nothing else is mended.

    Args:
        folder: Folder of the files.
        items: Names of the items, in order.

    Returns:
        List of `Ratings`, by name of the rater.

    Raises:
        ValueError: If there is no file, or files lack items, have unknown ones or one twice, or a
            rating that is no whole number from 1 to 10. All faults of all files are named.
    """
    paths = rating_files(folder)
    if not paths:
        raise ValueError(
            f"There is no ratings-NAME.csv in {folder}. Remedy: put the sheets that raters filled "
            "in there, each named after its rater."
        )
    faults, ratings = [], []
    for path in paths:
        rows = _rows(path, faults)
        if rows is not None:
            ratings.append(_of_one_rater(path, rows, list(items), faults))
    if faults:
        shown = "\n".join(f"- {fault}" for fault in faults[:_MOST_SHOWN])
        more = len(faults) - _MOST_SHOWN
        raise ValueError(
            f"The ratings cannot be used as they are:\n{shown}"
            + (f"\n- and {more} more." if more > 0 else "")
        )
    return ratings


def rating_files(folder):
    """Return the paths of `ratings-NAME.csv`, without the empty template."""
    return [path for path in sorted(Path(folder).glob("ratings-*.csv")) if path.name != _EMPTY]


def _of_one_rater(path, rows, items, faults):
    """Return the `Ratings` of a sheet, and append what is wrong with it to `faults`."""
    found = {}
    for number, row in rows:
        item = _item(row["item"], items)
        where = f"{path.name}, line {number}"
        if item is None:
            faults.append(
                f"{where}: there is no item {row['item']!r}; items are {items[0]} to {items[-1]}. "
                "Remedy: take the item's name from its file."
            )
        elif item in found:
            faults.append(f"{where}: item {item} stands there twice. Remedy: keep one of them.")
        else:
            quality, guess = _quality(row, item, where, faults), _guess(row, item, where, faults)
            found[item] = (quality, guess, row["comment"])
    missing = [item for item in items if item not in found]
    if missing:
        faults.append(
            f"{path.name}: there is no line for {len(missing)} of {len(items)} items "
            f"({', '.join(missing[:8])}{', ...' if len(missing) > 8 else ''}). Remedy: add a line "
            "with a rating for each."
        )
    columns = zip(*(found.get(item, (0, "", "")) for item in items), strict=True)
    quality, guesses, comments = columns
    rater = _FILE.fullmatch(path.name)[1]
    return Ratings(rater, np.array(quality, "int64"), guesses, comments)


def _rows(path, faults):
    """Return `(line number, cells by heading)` of each line with a cell that is not empty.

    None for a file that is no such table.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.append(f"{path.name} is not in UTF-8. Remedy: save it as CSV UTF-8.")
        return None
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows = []
    try:
        heads = [cell.strip().lower() for cell in next(reader, [])]
        if sorted(heads) != sorted(FIELDS):
            faults.append(
                f"{path.name}, line 1: the columns are {', '.join(heads) or 'missing'}, but must "
                f"be {', '.join(FIELDS)}. Remedy: fill in the sheet as it was made."
            )
            return None
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if len(cells) != len(FIELDS):
                faults.append(
                    f"{path.name}, line {reader.line_num}: {len(cells)} cells instead of "
                    f'{len(FIELDS)}. Remedy: put a comment with "{delimiter}" into quotes.'
                )
                continue
            rows.append((reader.line_num, dict(zip(heads, cells, strict=True))))
    except csv.Error as error:
        faults.append(
            f"{path.name}, line {reader.line_num} is no CSV: {error}. Remedy: save it as CSV anew."
        )
        return None
    return rows


def _item(text, items):
    """Return the item's name: a spreadsheet makes 7 of 007."""
    if text in items:
        return text
    padded = text.zfill(len(items[0]))
    return padded if text.isdecimal() and padded in items else None


def _quality(row, item, where, faults):
    text = row["quality"]
    if re.fullmatch(r"\d+", text, re.ASCII) and LOWEST <= int(text) <= HIGHEST:
        return int(text)
    what = f"is {text!r}" if text else "is missing"
    faults.append(
        f"{where}: the quality of item {item} {what}; it must be a whole number from {LOWEST} to "
        f"{HIGHEST}. Remedy: ask the rater."
    )
    return 0


def _guess(row, item, where, faults):
    guess = row["guess"].lower()
    if guess in (REAL, SYNTHETIC, ""):
        return guess
    faults.append(
        f"{where}: the guess of item {item} is {row['guess']!r}; it must be {REAL}, {SYNTHETIC} or "
        "empty. Remedy: ask the rater."
    )
    return ""
