"""Kermany's chest X-rays: children of 1 to 5 years; normal, bacterial and viral pneumonia."""

import re

from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root
from emixer_tf.data.sources.arguments import ROOT, SEED
from emixer_tf.data.sources.published_test import split_beside_test
from emixer_tf.data.sources.view_selection import files_below
from emixer_tf.data.study import ListedStudy

HELP = "Kermany: normal, bacterial and viral pneumonia of children, no reports"
ARGUMENTS = {**ROOT, **SEED}
EXAMPLE = "emixer prepare kermany --root chest_xray --resolution 128 --out data/kermany"
LABELS = ("normal", "bacterial_pneumonia", "viral_pneumonia")

_FOLDER = re.compile("(train|val|test)/(NORMAL|PNEUMONIA)/[^/]+")
_ENDINGS = (".jpeg", ".jpg", ".png")
# Of version 2 (person1_virus_6.jpeg) and version 3 (VIRUS-1008087-0001.jpeg).
_NAMES = (
    (re.compile(r"(person\d+)_bacteria_\d"), "bacterial_pneumonia"),
    (re.compile(r"(person\d+)_virus_\d"), "viral_pneumonia"),
    (re.compile(r"(?:NORMAL2-)?(IM-\d+)-\d"), "normal"),
    (re.compile(r"BACTERIA-(\d+)-\d"), "bacterial_pneumonia"),
    (re.compile(r"VIRUS-(\d+)-\d"), "viral_pneumonia"),
    (re.compile(r"NORMAL-(\d+)-\d"), "normal"),
)
_NOTES = (
    "Films of children of 1 to 5 years. They are no normal films beside adults': a model would "
    "tell the age.",
    "Test is the publisher's; val is drawn by patient from the rest.",
)


def listing(flow, root, seed=0):
    """List the films.

    Version 2 has a folder `val` of 16 films, too few to choose a model by. It counts as train.

    Args:
        flow: `Flow`.
        root: The folder `chest_xray`, or the one that holds it.
        seed: Of the draw of val among the patients who are not in test.

    Returns:
        `Listing` of three classes.

    Raises:
        DataError: If there are no films, or the name of one tells no class or another than its
            folder.

    Reference:
        Kermany et al., Mendeley Data 10.17632/rscbjbr9sj, versions 2 and 3.
    """
    root = check_root(root, "train", "chest_xray/train")
    if not (root / "train").is_dir():
        root = root / "chest_xray"
    films = flow.keep(
        files_below(root, _ENDINGS),
        "publisher's folders",
        "not in train, val or test and there in NORMAL or PNEUMONIA",
        _FOLDER.fullmatch,
        source=lambda name: str(root / name),
    )
    if not films:
        raise DataError(
            f"{root} holds no films in train/NORMAL, train/PNEUMONIA and so on. Remedy: check "
            "--root."
        )
    studies = flow.made(
        films, lambda name: _study(root, name), source=lambda name: str(root / name)
    )
    return Listing(
        name="Kermany",
        labels=LABELS,
        studies=split_beside_test(flow, studies, seed),
        flow=flow,
        notes=[*_NOTES, *_note_on_val(films)],
    )


def _study(root, name):
    part, folder, file = name.split("/")
    path = root / name
    number, kind = _number_and_class(path, file)
    if (kind == "normal") != (folder == "NORMAL"):
        raise RowError(
            "bad label", f"{path}: its name says {kind}, its folder {folder}. Remedy: move it."
        )
    return ListedStudy(
        film=FilmFile(str(root), name),
        report=None,
        labels={label: float(label == kind) for label in LABELS},
        patient=_patient(number, part),
        source=str(path),
        split="test" if part == "test" else None,
    )


def _note_on_val(films):
    count = sum(name.startswith("val/") for name in films)
    return [f"The {count} films of the publisher's folder val are among the rest."] * bool(count)


def _number_and_class(path, file):
    for pattern, kind in _NAMES:
        match = pattern.match(file)
        if match:
            return match[1], kind
    raise RowError(
        "unknown name",
        f"{path}: its name is none of the publisher's, as person1_virus_6.jpeg, so class and "
        "patient are not known. Remedy: remove it.",
    )


def _patient(number, part):
    """Tell patients apart: version 3 numbers them, version 2 numbers them by kind of film.

    In version 2 no number of one kind is both in train and in test, though numbers of two kinds
    meet there. Within a part, equal numbers are taken for one patient all the same; that cannot
    leak.
    """
    if number.isdigit():
        return number
    return f"{'test' if part == 'test' else 'train'} {number}"
