"""NIH ChestX-ray14: frontal films with labels mined from reports that are not published."""

from pathlib import PurePosixPath
from typing import NamedTuple

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root
from emixer_tf.data.sources.arguments import ROOT, SEED
from emixer_tf.data.sources.choices import with_choices_of
from emixer_tf.data.sources.published_test import split_beside_test
from emixer_tf.data.sources.view_selection import files_below, films_there
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import find_table, read_table, rows_of
from emixer_tf.names import did_you_mean

HELP = "NIH ChestX-ray14: 14 findings, no reports"
ARGUMENTS = {
    **ROOT,
    "--labels-as": {
        "default": "nih",
        "choices": ("nih", "chexpert"),
        "help": "names of the labels; chexpert's, to join other sources (%(default)s)",
    },
    **SEED,
}
EXAMPLE = "emixer prepare nih --root ChestX-ray14 --resolution 128 --out data/nih"
LABELS = (
    "Atelectasis",
    "Cardiomegaly",
    "Effusion",
    "Infiltration",
    "Mass",
    "Nodule",
    "Pneumonia",
    "Pneumothorax",
    "Consolidation",
    "Edema",
    "Emphysema",
    "Fibrosis",
    "Pleural_Thickening",
    "Hernia",
    "No Finding",
)
_FILM, _FINDINGS, _PATIENT = "Image Index", "Finding Labels", "Patient ID"
_LISTS = ("train_val_list.txt", "test_list.txt")
# Emphysema, Fibrosis and Hernia have no counterpart there.
_AS_CHEXPERT = {
    "Effusion": "Pleural Effusion",
    "Infiltration": "Lung Opacity",
    "Mass": "Lung Lesion",
    "Nodule": "Lung Lesion",
    "Pleural_Thickening": "Pleural Other",
    **{name: name for name in LABELS if name in CHEXPERT_LABELS},
}


class _Row(NamedTuple):
    source: str
    cells: dict
    name: str  # path of the film, or its file's name where it is not on disk

    @property
    def film(self):
        return self.cells[_FILM]


@with_choices_of(ARGUMENTS)
def listing(flow, root, labels_as="nih", seed=0):
    """List the films that are on disk.

    Args:
        flow: `Flow`.
        root: Folder with `Data_Entry_2017.csv` or `Data_Entry_2017_v2020.csv`, the films in
            whatever folders, and the two lists of the publisher's split; without both lists the
            split is drawn.
        labels_as: "nih", or "chexpert" for the labels that have a counterpart there.
        seed: Of the draw of val among the patients who are not in test.

    Returns:
        `Listing`.

    Raises:
        DataError: If the table, one of the lists or all films are missing, or a label is unknown.

    Reference:
        Wang et al., ChestX-ray8 (arXiv:1705.02315).
    """
    root = check_root(root, "Data_Entry_2017*.csv*")
    path = find_table(root, "Data_Entry_2017*")
    films = {PurePosixPath(name).name: name for name in files_below(root, (".png",))}
    rows = films_there(flow, _rows(path, films), root, films.values(), path.name)
    lists = _split_lists(root)
    if lists:
        rows = flow.keep(
            rows,
            "split",
            f"neither in {' nor in '.join(_LISTS)}",
            lambda row: any(row.film in names for names in lists),
        )
    tested = lists[1] if lists else ()
    names, labels = _naming(labels_as)
    studies = flow.made(rows, lambda row: _study(root, tested, names, labels, row))
    return Listing(
        name="NIH ChestX-ray14",
        labels=labels,
        studies=split_beside_test(flow, studies, seed) if lists else studies,
        flow=flow,
        notes=[
            "Labels were mined by the publisher from reports that are not published.",
            f"The table is {path.name}.",
            *_note_on_names(labels_as),
            _note_on_split(lists),
        ],
    )


def _rows(path, films):
    table = read_table(path, (_FILM, _FINDINGS, _PATIENT))
    return [
        _Row(place, cells, films.get(cells[_FILM], cells[_FILM]))
        for place, cells in rows_of(path, table)
    ]


def _split_lists(root):
    """Return the names of films in the publisher's two lists, or () where there are none."""
    paths = [root / name for name in _LISTS]
    there = [path for path in paths if path.is_file()]
    if len(there) == 1:
        (missing,) = set(paths) - set(there)
        raise DataError(
            f"{missing}: there is no such file, but there is {there[0].name}. Remedy: put both of "
            "the publisher's lists there, or neither to have the split drawn by patient."
        )
    texts = [path.read_text(encoding="utf-8-sig", errors="replace") for path in there]
    return tuple(set(text.split()) for text in texts)


def _naming(labels_as):
    """Return the publisher's label names with what they become, and the labels in order."""
    if labels_as == "nih":
        return {name: name for name in LABELS}, LABELS
    mapped = set(_AS_CHEXPERT.values())
    return _AS_CHEXPERT, tuple(name for name in CHEXPERT_LABELS if name in mapped)


def _study(root, tested, names, labels, row):
    found = {names.get(name) for name in _findings(row)}
    return ListedStudy(
        film=FilmFile(str(root), row.name),
        report=None,
        labels={label: float(label in found) for label in labels},
        patient=row.cells[_PATIENT],
        source=row.source,
        split="test" if row.film in tested else None,
    )


def _findings(row):
    names = row.cells[_FINDINGS].split("|")
    for name in names:
        if name not in LABELS:
            raise RowError(
                "bad label",
                f"{row.source}: column {_FINDINGS!r} names {name!r}."
                f"{did_you_mean(name, LABELS)} Remedy: mend the cell.",
            )
    return names


def _note_on_names(labels_as):
    if labels_as == "nih":
        return []
    renamed = [f"{old} -> {new}" for old, new in _AS_CHEXPERT.items() if old != new]
    dropped = [name for name in LABELS if name not in _AS_CHEXPERT]
    return [
        f"Labels go by CheXpert's names: {', '.join(renamed)}; {', '.join(dropped)} have no "
        "counterpart and are not told."
    ]


def _note_on_split(lists):
    if lists:
        return "Test is the publisher's; val is drawn by patient from the rest."
    return f"{' and '.join(_LISTS)} are not there, so the split is drawn by patient."
