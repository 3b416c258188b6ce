"""The key of a reader study: which item is real."""

import csv
import io
from pathlib import Path

from emixer_tf.files import write_whole

KEY = "key-do-not-open.csv"
REAL, SYNTHETIC = "real", "synthetic"
_FIELDS = ["item", "kind", "number"]


def item_names(count):
    """Return the names of the items: "001", "002", ...

    Example:

    >>> item_names(2)
    ['001', '002']
    """
    return [f"{number:03d}" for number in range(1, count + 1)]


def write_key(folder, kinds, numbers):
    """Write the key.

    Args:
        folder: `pathlib.Path`.
        kinds: "real" or "synthetic" of each item, in the order of `item_names`.
        numbers: Place of each item among the real, or the synthetic, studies that were given.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_FIELDS)
    writer.writerows(zip(item_names(len(kinds)), kinds, numbers, strict=True))
    write_whole(folder / KEY, text.getvalue())


def read_key(folder):
    """Read the key.

    Args:
        folder: Folder of the study.

    Returns:
        Dict of item name to "real" or "synthetic", in order.

    Raises:
        ValueError: If there is no key, or it is not as `make_reader_study` wrote it.
    """
    path = Path(folder) / KEY
    try:
        with open(path, encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except FileNotFoundError:
        raise ValueError(
            f"{path} is not there. Remedy: name the folder that the reader study was made in."
        ) from None
    kinds = {row.get("item"): row.get("kind") for row in rows}
    whole = list(kinds) == item_names(len(rows)) and set(kinds.values()) == {REAL, SYNTHETIC}
    if not whole:
        raise ValueError(
            f"{path} is not the key that the reader study was made with: its items are 001 to "
            f"{len(rows):03d}, each real or synthetic. Remedy: take the file as it was written."
        )
    return kinds
