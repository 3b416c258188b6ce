"""CheXpert, full or small: films and 14 labels; its reports are not published with version 1."""

import re
from typing import NamedTuple

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.label_policy import LabelPolicy, stated_labels
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root
from emixer_tf.data.sources.arguments import FILMS, POLICY, ROOT, SEED
from emixer_tf.data.sources.films_of_a_study import files_below, films_there, frontal_films
from emixer_tf.data.sources.parts_of_a_study import LABELS, label_notes
from emixer_tf.data.splits import split_by_patient
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import find_table, read_table, rows_of

HELP = "CheXpert-v1.0 or CheXpert-v1.0-small: films and 14 labels, no reports"
ARGUMENTS = {**ROOT, **LABELS, **POLICY, **FILMS, **SEED}
EXAMPLE = """emixer prepare chexpert --root CheXpert-v1.0-small --uncertain ones --blank zeros \\
    --resolution 128 --out data/chexpert"""

_PATH = re.compile(
    r"(?:CheXpert-v1\.0[^/]*/)?((?:train|valid|test)/(patient\d+)/(study\d+)/[^/\\]+)"
)
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


def listing(flow, root, *, uncertain, blank, labels=CHEXPERT_LABELS, films="one", seed=0):
    """List the frontal films that are on disk, with the labels of the publisher's tables.

    `valid.csv` is the val split. A `test.csv` with the same columns is the test split; without
    it, a tenth of the patients of `train.csv` is.

    A film is frontal where the table says so, be its AP/PA cell PA, AP, or one of the 17 that
    contradict it.

    Args:
        flow: `Flow`.
        root: The folder `CheXpert-v1.0` or `CheXpert-v1.0-small`, or the one that holds it.
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
    root = _root(root)
    labels, policy = tuple(labels), LabelPolicy(uncertain, blank)
    paths = [find_table(root, "train"), find_table(root, "valid")]
    drawn = not (root / "test.csv").is_file()
    if not drawn:
        paths.append(root / "test.csv")
    rows = [row for path in paths for row in _rows(path, labels)]
    named = flow.made(rows, lambda row: _film(*row, drawn, seed), source=lambda row: row[0])
    tables = ", ".join(path.name for path in paths)
    there = films_there(flow, named, root, files_below(root, (".jpg",)), tables)

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

    pairs = flow.made(frontal_films(flow, there, films), study, source=lambda film: film.source)
    return Listing(
        name="CheXpert",
        labels=labels,
        studies=[study for study, _ in pairs],
        flow=flow,
        notes=[
            policy.note(),
            *label_notes(pairs),
            "Val is valid.csv, which radiologists labelled.",
            f"Test is a tenth of the patients of train.csv, drawn with the seed {seed}."
            if drawn
            else "Test is test.csv.",
        ],
    )


def _root(root):
    root = check_root(root, "train.csv*", "CheXpert-v1.0*/train.csv*")
    found = sorted(path.parent for path in root.glob("CheXpert-v1.0*/train.csv*"))
    if any(root.glob("train.csv*")):
        return root
    if len(set(found)) > 1:
        raise DataError(
            f"{root} holds {' and '.join(path.name for path in found)}. Remedy: give one of them "
            "as --root."
        )
    return found[0]


def _rows(path, labels):
    table = read_table(path, (_PATH_COLUMN, _FRONTAL, _VIEW, *labels))
    for place, row in rows_of(path, table):
        yield place, row, path.name.partition(".")[0]


def _film(place, row, table, drawn, seed):
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
    return _Film(f"{patient} {study}", patient, _view(row), name, place, split, row)


def _view(row):
    if row[_FRONTAL] != "Frontal":
        return row[_FRONTAL].upper()
    return row[_VIEW] if row[_VIEW] in ("PA", "AP") else "FRONTAL"
