"""Any folder of DICOM files, nested as it may be, with or without endings.

A report is the text file beside its film: `a/b.txt` beside `a/b.dcm` or `a/b`.
"""

import re
from operator import attrgetter
from pathlib import PurePosixPath
from typing import NamedTuple

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.dicom_elements import is_dicom
from emixer_tf.data.dicom_header import DicomHeader, read_dicom_header
from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root, inside
from emixer_tf.data.report_labeller import label_report
from emixer_tf.data.sources.arguments import ROOT, STYLE
from emixer_tf.data.sources.films_of_a_study import files_below, frontal_films
from emixer_tf.data.sources.label_cells import OPTIONAL_POLICY, LabelCells
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import read_table, rows_of

HELP = "any folder of DICOM files, with reports as text files beside them"
ARGUMENTS = {
    **ROOT,
    "--labels-csv": {
        "help": "table of labels: its first column names a film by path, file name or UID, or a "
        "study by UID; the others are labels of 0 and 1"
    },
    "--labels-from-reports": {
        "action": "store_true",
        "help": "read CheXpert's 14 labels from the reports by rules",
    },
    **OPTIONAL_POLICY,
    "--keep-untagged": {
        "action": "store_true",
        "help": "keep films whose header does not say the view",
    },
    **STYLE,
}
EXAMPLE = """emixer prepare dicom --root films --labels-from-reports --uncertain zeros \\
    --blank zeros --resolution 128 --out data/hospital"""

_RADIOGRAPHY = ("CR", "DX", "RG", "")
_ENDING = re.compile(r"\.(dcm|dicom|ima)$", re.IGNORECASE)


_SOURCE = attrgetter("source")


class _Film(NamedTuple):
    source: str
    name: str
    header: DicomHeader
    view: str

    @property
    def study(self):
        return self.name

    @property
    def stem(self):
        return _ENDING.sub("", self.name)

    @property
    def patient(self):
        folder = str(PurePosixPath(self.name).parent)
        return self.header.patient or (self.name if folder == "." else folder)

    @property
    def keys(self):
        """What a table of labels may call it."""
        file, stem = (PurePosixPath(name).name for name in (self.name, self.stem))
        return self.name, self.stem, file, stem, self.header.film, self.header.study


def listing(
    flow, root, labels_csv=None, labels_from_reports=False, uncertain=None, blank=None,
    keep_untagged=False, style="voi",
):  # fmt: skip
    """List the frontal radiographs among the DICOM files of a folder.

    A patient is told by the header's Patient ID, or by the folder of the film where that is empty.
    Patient IDs are not written anywhere.

    Args:
        flow: `Flow`.
        root: The folder.
        labels_csv: Table of labels. A film in no row is unlabelled.
        labels_from_reports: Whether labels are read from the reports instead.
        uncertain, blank: As for `LabelPolicy`; needed where labels are uncertain or blank.
        keep_untagged: Whether films without a view in their header are taken for frontal.
        style: How DICOM is read. See `read_dicom`.

    Returns:
        `Listing`.

    Raises:
        DataError: If there is no DICOM file, or not exactly one source of labels.
    """
    root = check_root(root)
    if bool(labels_csv) == bool(labels_from_reports):
        raise DataError(
            f"{root}: labels come either from --labels-csv or from --labels-from-reports. Remedy: "
            "give one of them."
        )
    films = _frontal_films(flow, root, keep_untagged)
    if labels_csv:
        labels = _LabelTable(labels_csv, uncertain, blank)
        notes = labels.notes(films)
    else:
        labels = _LabelsOfReports(uncertain, blank)
        notes = labels.notes()
    return Listing(
        name=root.resolve().name,
        labels=labels.cells.labels,
        studies=flow.made(films, lambda film: _study(root, style, labels, film), _SOURCE),
        flow=flow,
        notes=notes,
    )


def _frontal_films(flow, root, keep_untagged):
    names = [name for name in files_below(root, ("",)) if not name.endswith(".txt")]
    there = flow.keep(
        names,
        "DICOM",
        "no DICOM file",
        lambda name: _begins_as_dicom(root / name),
        source=lambda name: str(root / name),
    )
    if not there:
        raise DataError(
            f"{root} holds no DICOM file among {len(names)} files. Remedy: check --root."
        )
    films = flow.made(
        there,
        lambda name: _film(root, name, keep_untagged),
        source=lambda name: str(root / name),
    )
    films = flow.keep(
        films,
        "radiograph",
        f"modality is none of {', '.join(filter(None, _RADIOGRAPHY))}, or there are no pixels",
        lambda film: film.header.modality in _RADIOGRAPHY and film.header.rows > 0,
        _SOURCE,
    )
    films = flow.keep(
        films,
        "no burnt-in annotation",
        "the patient's data may stand in the pixels",
        lambda film: not film.header.burned_in_annotation,
        _SOURCE,
    )
    frontal = frontal_films(flow, films, "all")
    if films and not frontal:
        untagged = sum(not film.view for film in films)
        raise DataError(
            f"{root} holds {len(films)} radiographs, but none whose header says PA or AP; "
            f"{untagged} say no view. Remedy: --keep-untagged takes those for frontal."
        )
    return frontal


def _begins_as_dicom(path):
    try:
        with open(path, "rb") as file:
            return is_dicom(file.read(132))
    except OSError:
        return True  # what is wrong is told when its header is read


def _film(root, name, keep_untagged):
    path = inside(root, name)
    header = read_dicom_header(path)
    return _Film(str(path), name, header, header.view or ("FRONTAL" if keep_untagged else ""))


def _study(root, style, labels, film):
    report = _report(root, film)
    return ListedStudy(
        film=FilmFile(str(root), film.name, style),
        report=report,
        labels=labels.values(film, report),
        patient=film.patient,
        source=film.source,
    )


def _report(root, film):
    path = inside(root, f"{film.stem}.txt")
    if not path.is_file():
        return None
    try:
        return path.read_text(encoding="utf-8-sig").strip() or None
    except UnicodeDecodeError:
        raise RowError(
            "unreadable report", f"{path}: this is no UTF-8 text. Remedy: save it as UTF-8."
        ) from None


class _LabelTable:
    """Labels by the name of a film."""

    def __init__(self, path, uncertain, blank):
        table = read_table(path)
        key, *labels = table.columns
        if not labels:
            raise DataError(
                f"{path} has the one column {key!r}. Remedy: add columns of labels beside the one "
                "that names the film."
            )
        self.path = path
        self.cells = LabelCells(tuple(labels), uncertain, blank)
        self.rows = {}
        for place, row in rows_of(path, table):
            first = self.rows.setdefault(row[key], (place, row))
            if first[1] != row:
                raise DataError(
                    f"{place}: {row[key]!r} has other labels than in {first[0]}. Remedy: keep one "
                    "of them."
                )

    def key(self, film):
        return next((key for key in film.keys if key and key in self.rows), None)

    def values(self, film, report):
        key = self.key(film)
        return None if key is None else self.cells.values(*self.rows[key])

    def notes(self, films):
        unused = self.rows.keys() - {self.key(film) for film in films}
        if films and len(unused) == len(self.rows):
            raise DataError(
                f"{self.path} names no film that was kept, row 2 has {next(iter(self.rows))!r}; "
                f"the first film is {films[0].name}. Remedy: name films by path or file name."
            )
        if not unused:
            return self.cells.notes()
        return [
            f"{len(unused)} rows of the labels' table name no film that was kept.",
            *self.cells.notes(),
        ]


class _LabelsOfReports:
    """CheXpert's labels as the reports say them."""

    def __init__(self, uncertain, blank):
        self.cells = LabelCells(CHEXPERT_LABELS, uncertain, blank)

    def values(self, film, report):
        return self.cells.decided(film.source, label_report(report)) if report else None

    def notes(self):
        return ["Labels were read from the reports by rules.", *self.cells.notes()]
