"""CheXpert, full or small: films and 14 labels; its reports are not published with version 1."""

import re
from operator import itemgetter
from typing import NamedTuple

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.label_policy import LabelPolicy, stated_labels
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root
from emixer_tf.data.sources.arguments import FILMS, LABEL_NAMES, POLICY, ROOT, SEED
from emixer_tf.data.sources.choices import with_choices_of
from emixer_tf.data.sources.sections_and_labels import checked_labels, label_notes
from emixer_tf.data.sources.view_selection import files_below, films_there, frontal_films
from emixer_tf.data.splits import split_by_patient
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import find_table, read_table, rows_of

HELP = "CheXpert-v1.0 or CheXpert-v1.0-small: films and 14 labels, no reports"
ARGUMENTS = {**ROOT, **LABEL_NAMES, **POLICY, **FILMS, **SEED}
EXAMPLE = """emixer prepare chexpert --root CheXpert-v1.0-small --uncertain ones --blank zeros \\
    --resolution 128 --out data/chexpert"""

_PATH = re.compile(
    r"(?:CheXpert-v1\.0[^/]*/)?((?:train|valid|test)/(patient\d+)/(study\d+)/[^/\\]+)"
)
_BATCH = "CheXpert-v1.0 batch"
_IN_BATCH = re.compile(r"(?:.*?/)??(?:(train|valid|test)/)?(patient\d+/study\d+/[^/]+)")
_PATH_COLUMN, _FRONTAL, _VIEW = "Path", "Frontal/Lateral", "AP/PA"
_SPLIT_OF_TABLE = {"train": None, "valid": "val", "test": "test"}
_TEST_SHARE = 0.1


class _Film(NamedTuple):
    study: str
    patient: str
    view: str
    name: str
    source: str
    split: str | None
    row: dict


@with_choices_of(ARGUMENTS)
def listing(flow, root, *, uncertain, blank, labels=CHEXPERT_LABELS, films="one", seed=0):
    """List the frontal films that are on disk, with the labels of the publisher's tables.

    `valid.csv` is the val split. A `test.csv` with the same columns is the test split; without
    it, a tenth of the patients of `train.csv` is.

    The full set may lie in the folders that the publisher packs it in: the tables and `valid` in
    "CheXpert-v1.0 batch 1 (validate & csv)", and the patients of `train` in three further ones.

    A film is frontal where the table says so, be its AP/PA cell PA, AP, or one of the 17 that
    contradict it.

    Args:
        flow: `Flow`.
        root: The folder `CheXpert-v1.0` or `CheXpert-v1.0-small`, or the one that holds it, or
            that holds the folders `CheXpert-v1.0 batch …`.
        uncertain, blank: As for `LabelPolicy`.
        labels: Names of the labels, in order.
        films: Of a study: "one" frontal film, or "all".
        seed: Of the draw of test patients.

    Returns:
        `Listing`.

    Raises:
        DataError: If a table or all films are missing, or the root holds both versions.

    Reference:
        Irvin et al., CheXpert (arXiv:1901.07031).
    """
    root, batches = _root_and_batches(root)
    labels, policy = checked_labels(labels), LabelPolicy(uncertain, blank)
    train, valid, test = _tables(root, batches)
    paths = [train, valid, *filter(None, [test])]
    on_disk = _on_disk(root, batches)
    rows = [row for path in paths for row in _rows(path, labels)]
    named = flow.made(
        rows, lambda row: _film(*row, on_disk, test is None, seed), source=itemgetter(0)
    )
    tables = ", ".join(path.name for path in paths)
    there = films_there(flow, named, root, on_disk.values(), tables)

    def study(film):
        stated = stated_labels(film.source, film.row, labels)
        listed = ListedStudy(
            film=FilmFile(str(root), film.name),
            report=None,
            labels=policy.values(stated),
            patient=film.patient,
            source=film.source,
            split=film.split,
        )
        return listed, stated

    pairs = flow.made(frontal_films(flow, there, films), study)
    return Listing(
        name="CheXpert",
        labels=labels,
        studies=[study for study, _ in pairs],
        flow=flow,
        notes=[
            policy.note(),
            *label_notes(pairs),
            f"Val is {valid.name}, which radiologists labelled.",
            f"Test is {test.name}."
            if test
            else f"Test is a tenth of the patients of {train.name}, drawn with the seed {seed}.",
        ],
    )


def _root_and_batches(root):
    """Return the folder that paths start from, and the publisher's batches in it, if it has them.

    A batch is no root of its own, since it holds a part of the films.
    """
    root = check_root(root)
    if root.resolve().name.startswith(_BATCH):
        root = root.resolve().parent
    batches = sorted(path for path in root.glob(f"{_BATCH}*") if path.is_dir())
    if any(root.glob("train.csv*")):
        return root, batches
    whole = {path.parent for path in root.glob("CheXpert-v1.0*/train.csv*")} - set(batches)
    if len(whole) + bool(batches) > 1:
        names = " and ".join(path.name for path in sorted((*whole, *batches)))
        raise DataError(f"{root} holds {names}. Remedy: give one version alone as --root.")
    if batches:
        return root, batches
    check_root(root, "train.csv*", "CheXpert-v1.0*/train.csv*")
    return whole.pop(), []


def _tables(root, batches):
    """Return the paths of the tables train, valid and test; None for test if it is not there."""
    found = [folder for folder in (root, *batches) if any(folder.glob("train.csv*"))]
    if not found:
        raise DataError(
            f"{root} has no table train.csv[.gz] in {' or '.join(path.name for path in batches)}. "
            "Remedy: fetch batch 1 (validate & csv), which holds the tables."
        )
    return (
        find_table(found[0], "train"),
        find_table(found[0], "valid"),
        find_table(found[0], "test", needed=False),
    )


def _on_disk(root, batches):
    """Return the names of films below the root by what the tables call them."""
    names = files_below(root, (".jpg",))
    return {_name_in_table(name) if batches else name: name for name in names}


def _name_in_table(name):
    """Return what the tables call a film that lies in a batch.

    >>> _name_in_table("CheXpert-v1.0 batch 2 (train 1)/patient00001/study1/view1_frontal.jpg")
    'train/patient00001/study1/view1_frontal.jpg'
    """
    match = _IN_BATCH.fullmatch(name)
    return f"{match[1] or 'train'}/{match[2]}" if match else name


def _rows(path, labels):
    table = read_table(path, (_PATH_COLUMN, _FRONTAL, _VIEW, *labels))
    for place, row in rows_of(path, table):
        yield place, row, path.name.partition(".")[0]


def _film(place, row, table, on_disk, drawn, seed):
    path = _PATH.fullmatch(row[_PATH_COLUMN])
    if not path:
        raise RowError(
            "bad path",
            f"{place}: Path {row[_PATH_COLUMN]!r} is not of the form CheXpert-v1.0/train/"
            "patient00001/study1/view1_frontal.jpg. Remedy: mend the cell.",
        )
    name, patient, study = path.groups()
    split = _SPLIT_OF_TABLE[table]
    if not split:
        (split,) = split_by_patient([patient], val=0, test=_TEST_SHARE * drawn, seed=seed)
    name = on_disk.get(name, name)
    return _Film(f"{patient} {study}", patient, _view(row), name, place, split, row)


def _view(row):
    if row[_FRONTAL] != "Frontal":
        return row[_FRONTAL].upper()
    return row[_VIEW] if row[_VIEW] in ("PA", "AP") else "FRONTAL"
