"""Making a reader study that is served as a page."""

import csv
import io
import os
from pathlib import Path

from emixer_tf.experiments.reader_study.key import REAL, SYNTHETIC
from emixer_tf.experiments.reader_study.sheets import alike, check_place, enlarged
from emixer_tf.files import folder_written_whole
from emixer_tf.reader_study.store import DATABASE, StudyItem, StudyStore

LINKS = "links.csv"


def create_web_study(pairs, label_names, out, readers, seed):
    """Write a study and the readers' links into a new folder.

    Films become grey and go through one resizing, reports through one way of writing; a film is a
    PNG file of the same size in pixels and bytes as every other.

    Args:
        pairs: `PairedStudies`.
        label_names: Names of its labels, in order.
        out: `pathlib.Path` of the folder to make.
        readers: Number of readers.
        seed: Of the order of the items, another one for each reader.

    Raises:
        ValueError: If `out` holds files, or films or reports cannot be shown alike.
    """
    check_place(out)
    films, reports = alike(pairs.real, pairs.synthetic)
    count = len(pairs.labels)
    labels = [_positive(row, label_names) for row in pairs.labels]
    items = [
        StudyItem(_film_file(film), report, kind, names)
        for film, report, kind, names in zip(
            films, reports, [REAL] * count + [SYNTHETIC] * count, labels * 2, strict=True
        )
    ]
    with folder_written_whole(out) as folder:
        _, tokens = StudyStore.create(folder, items, readers, seed)
        links = folder / LINKS
        links.touch(mode=0o600)
        with open(links, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["reader", "link"])
            writer.writerows(
                (reader_name(number), f"/read/{token}") for number, token in enumerate(tokens, 1)
            )
        os.chmod(folder / DATABASE, 0o600)
        os.chmod(folder, 0o700)


def read_links(folder):
    """Return `(reader, path)` of every reader; nothing where the file was moved elsewhere.

    Raises:
        ValueError: If the file is there and holds something else.
    """
    path = Path(folder) / LINKS
    if not path.exists():
        return []
    try:
        with open(path, encoding="utf-8", newline="") as file:
            return [(row["reader"], row["link"]) for row in csv.DictReader(file)]
    except (OSError, KeyError) as error:
        raise ValueError(
            f"{path} does not hold the readers' links ({error}). Remedy: take the file that "
            "`emixer study create` wrote; the links are kept nowhere else."
        ) from error


def reader_name(number):
    """Return how a reader is called.

    Example:

    >>> reader_name(1)
    'reader-1'
    """
    return f"reader-{number}"


def _positive(row, names):
    return tuple(name for name, value in zip(names, row, strict=True) if value > 0)


def _film_file(film):
    file = io.BytesIO()
    enlarged(film).save(file, "PNG", compress_level=0)  # compressed, less detail is a smaller file
    return file.getvalue()
