"""MIMIC-CXR: the JPEG or the DICOM tree, its reports, and the tables of MIMIC-CXR-JPG."""

import re
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.archives import archived_files
from emixer_tf.data.dicom_header import read_dicom_header, view_named
from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.label_policy import LabelPolicy, stated_labels
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root, contents, inside
from emixer_tf.data.report_files import decode_report, report_bytes
from emixer_tf.data.report_labeller import label_report
from emixer_tf.data.report_parser import report_sections
from emixer_tf.data.sources.arguments import (
    FILMS,
    LABEL_NAMES,
    POLICY,
    REQUIRE_REPORT,
    ROOT,
    SECTION,
    STYLE,
)
from emixer_tf.data.sources.choices import with_choices_of
from emixer_tf.data.sources.sections_and_labels import (
    checked_labels,
    chosen_section,
    label_notes,
    reported_studies,
    style_note,
)
from emixer_tf.data.sources.view_selection import files_below, films_there, frontal_films
from emixer_tf.data.splits import split_named
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import find_table, read_table, rows_by_key, rows_of
from emixer_tf.names import did_you_mean

HELP = "MIMIC-CXR or MIMIC-CXR-JPG: films, reports, 14 labels and the official split"
ARGUMENTS = {
    **ROOT,
    "--tables": {"help": "folder of the tables of MIMIC-CXR-JPG (--root)"},
    "--reports": {
        "help": "mimic-cxr-reports.zip or a folder with its files; 'none' for films alone "
        "(looked for in --root)"
    },
    "--labels-from": {
        "default": "chexpert",
        "choices": ("chexpert", "negbio", "report"),
        "help": "one of the two tables, or our own rules on the report (%(default)s)",
    },
    **LABEL_NAMES,
    **POLICY,
    **SECTION,
    "--rules": {
        "default": "robust",
        "choices": ("robust", "mimic"),
        "help": "how sections are found: ours, or the publisher's with its faults (%(default)s)",
    },
    **REQUIRE_REPORT,
    **FILMS,
    **STYLE,
}
EXAMPLE = """emixer prepare mimic-cxr --root mimic-cxr-jpg/2.1.0 --reports mimic-cxr-reports.zip \\
    --uncertain zeros --blank zeros --resolution 128 --out data/mimic"""

_ZIP = "mimic-cxr-reports.zip"
_REPORT = re.compile(r"(?:^|/)p\d+/s(\d+)\.txt$")
# In the folder of a version, in the one above it, and in what a recursive wget makes.
_TREES = ("files/p1*", "*/files/p1*", "files/mimic-cxr*/*/files/p1*")
_VIEW = "ViewPosition"
_CODE, _EXAM = "ViewCodeSequence_CodeMeaning", "PerformedProcedureStepDescription"
_IDS = ("dicom_id", "subject_id", "study_id")
_RECORDS = "cxr-record-list"  # of the DICOM release, which has no views
_TABLES_REMEDY = (
    "the tables belong to MIMIC-CXR-JPG and do not come with the DICOM files; name their folder by "
    "--tables."
)


class _Film(NamedTuple):
    study: str
    patient: str
    view: str
    name: str
    source: str


@with_choices_of(ARGUMENTS)
def listing(
    flow, root, *, uncertain, blank, tables=None, reports=None, labels_from="chexpert",
    labels=CHEXPERT_LABELS, section="findings", rules="robust", require_report=False, films="one",
    style="voi",
):  # fmt: skip
    """List the frontal films that are on disk, with report, labels and split of their studies.

    The view of a film is that of the metadata table: ViewPosition; where that is empty, its coded
    view; then the examination's description, if that names one view alone. Where all are silent, a
    DICOM file is asked itself.

    The DICOM files and reports alone are enough with `labels_from="report"`: films are then those
    of `cxr-record-list.csv.gz`, and the split is left to be drawn by patient.

    Args:
        flow: `Flow`.
        root: Folder that holds `files/p10/p10000032/s50414267/….jpg` or `….dcm`, or that holds
            such a folder and no other.
        uncertain, blank: As for `LabelPolicy`.
        tables: Folder of the tables metadata, split, chexpert and negbio; None: the root.
        reports: The zip of reports, a folder with `files/p10/p10000032/s50414267.txt`, or "none";
            None: either of them in the root.
        labels_from: "chexpert" or "negbio" for the tables, or "report" for `label_report`.
        labels: Names of the labels, in order.
        section: Of the report: "findings", "impression" or "both".
        rules: As for `report_sections`.
        require_report: Whether studies without that section are left out.
        films: Of a study: "one" frontal film, or "all".
        style: Of DICOM, as for `read_dicom`.

    Returns:
        `Listing`.

    Raises:
        DataError: If a table, all films or all reports are missing, or tables contradict
            themselves.

    Reference:
        Johnson et al., MIMIC-CXR-JPG (arXiv:1901.07042).
    """
    root = _root(root)
    labels, policy = checked_labels(labels), LabelPolicy(uncertain, blank)
    paths = _tables(Path(tables or root), labels_from)
    splits = _splits(paths["split"])
    stated_of = _labels(paths["labels"], labels)
    taken = frontal_films(flow, _films(flow, root, paths["films"]), films)
    text_of = _texts(root, reports, taken)

    def study(film):
        text = text_of(film)
        stated = stated_of(film.study, text)
        listed = ListedStudy(
            film=FilmFile(str(root), film.name, style),
            report=text and chosen_section(report_sections(text, rules), section),
            labels=stated and policy.values(stated),
            patient=film.patient,
            source=film.source,
            split=splits and _split(film, splits),
        )
        return listed, stated

    pairs = flow.made(taken, study)
    pairs, notes = reported_studies(flow, pairs, section, require_report)
    return Listing(
        name="MIMIC-CXR",
        labels=labels,
        studies=[study for study, _ in pairs],
        flow=flow,
        notes=[
            f"Labels are from: {labels_from}.",
            f"Tables: {', '.join(path.name for path in paths.values() if path)}.",
            *([] if splits else ["No split table was there, so the split is drawn by patient."]),
            policy.note(),
            *label_notes(pairs),
            style_note(style),
            f"Reports: section {section}, {rules} rules.",
            *notes,
        ],
    )


def _root(root):
    """Return the folder of one version, which is the root or below it."""
    root = check_root(root)
    for pattern in _TREES:
        found = sorted({path.parents[1] for path in root.glob(pattern)})
        if len(found) > 1:
            raise DataError(
                f"{root} holds {' and '.join(str(path.relative_to(root)) for path in found)}. "
                "Remedy: give one of them as --root."
            )
        if found:
            return found[0]
    raise DataError(
        f"{root} has no folder files/ with p10, p11 and so on; it holds {contents(root)}. Remedy: "
        "--root names the folder that the publisher ships, as mimic-cxr-jpg/2.1.0."
    )


def _tables(folder, labels_from):
    """Return the paths of the tables of films, split and labels; None for one that is not used."""
    by_rules = labels_from == "report"
    films = ["mimic-cxr-*-metadata", *[_RECORDS] * by_rules]
    labels = f"mimic-cxr-*-{labels_from}"
    return {
        "films": find_table(folder, *films, remedy=_TABLES_REMEDY),
        "split": find_table(
            folder, "mimic-cxr-*-split", needed=not by_rules, remedy=_TABLES_REMEDY
        ),
        "labels": None if by_rules else find_table(folder, labels, remedy=_TABLES_REMEDY),
    }


def _films(flow, root, path):
    views = () if path.name.startswith(_RECORDS) else (_VIEW,)
    table = read_table(path, (*_IDS, *views), optional=(_CODE, _EXAM))
    # A name is the same with either ending; of two files the JPEG, last in order, is taken.
    on_disk = {name.rpartition(".")[0]: name for name in files_below(root, (".dcm", ".jpg"))}
    films = [_film(place, row, on_disk) for place, row in rows_of(path, table)]
    there = films_there(flow, films, root, on_disk.values(), path.name)
    return flow.made(there, lambda film: _with_view(film, root))


def _film(place, row, on_disk):
    patient, study = row["subject_id"], row["study_id"]
    name = f"files/p{patient[:2]}/p{patient}/s{study}/{row['dicom_id']}"
    view = row.get(_VIEW, "").strip().upper() or view_named(row[_CODE]) or view_named(row[_EXAM])
    return _Film(study, patient, view, on_disk.get(name, f"{name}.jpg"), place)


def _with_view(film, root):
    if film.view or not film.name.lower().endswith(".dcm"):
        return film
    return film._replace(view=read_dicom_header(inside(root, film.name)).view)


def _splits(path):
    """Return the split by study; None without a table."""
    if path is None:
        return None
    rows = rows_by_key(path, read_table(path, ("study_id", "split")), "study_id")
    return {study: split_named(row["split"]) for study, (_, row) in rows.items()}


def _split(film, splits):
    if film.study not in splits:
        raise RowError(
            "no split",
            f"{film.source}: study {film.study} is in no row of the split table. Remedy: take both "
            "tables from one version of MIMIC-CXR-JPG.",
        )
    return splits[film.study]


def _labels(path, labels):
    """Return a function of study and report text: what is stated of the labels, or None.

    They are stated by the table, or by the report where there is none.
    """
    if path is None:
        for name in labels:
            if name not in CHEXPERT_LABELS:
                raise DataError(
                    f"--labels {name!r}: no such label is read from reports."
                    f"{did_you_mean(name, CHEXPERT_LABELS)}"
                )
        return lambda study, text: _labels_of_report(text, labels)
    rows = rows_by_key(path, read_table(path, ("study_id", *labels)), "study_id")
    return lambda study, text: stated_labels(*rows[study], labels) if study in rows else None


def _labels_of_report(text, labels):
    if not text:
        return None
    stated = label_report(text)
    return {name: stated[name] for name in labels}


def _texts(root, reports, films):
    """Return a function of a film: the text of its study's report, or None if there is none."""
    if reports == "none":
        return lambda film: None
    path = Path(reports) if reports else _find_reports(root)
    if not path.exists():
        raise DataError(f"{path}: there are no such reports. Remedy: check --reports.")
    if path.is_file():
        packed = _packed_reports(path, {film.study for film in films})
        return lambda film: decode_report(*packed[film.study]) if film.study in packed else None
    if films and not any((path / _report_name(film)).is_file() for film in films):
        raise DataError(
            f"{path} holds no report of {len(films)} studies, neither {_report_name(films[0])} nor "
            "another. Remedy: name the folder above files/, or the zip, by --reports."
        )
    return lambda film: _text_in_folder(path, _report_name(film))


def _find_reports(root):
    if (root / _ZIP).is_file():
        return root / _ZIP
    if any(root.glob("files/p1*/p*/s*.txt")):
        return root
    raise DataError(
        f"{root} holds neither {_ZIP} nor files/p10/p10000032/s50414267.txt; MIMIC-CXR-JPG ships "
        "without reports. Remedy: name those of MIMIC-CXR by --reports, or use --reports none for "
        "films alone."
    )


def _report_name(film):
    return f"{PurePosixPath(film.name).parent}.txt"


def _packed_reports(path, studies):
    """Return bytes and place of the reports in an archive, by study."""
    packed = {}
    for name, data in archived_files(path, ".txt"):
        study = _REPORT.search(name)
        if not study or study[1] not in studies:
            continue
        if study[1] in packed:
            raise DataError(
                f"{path}, {name}: study {study[1]} has a report already ({packed[study[1]][1]}). "
                "Remedy: remove one of them, or download the archive again."
            )
        packed[study[1]] = data, f"{path}, {name}"
    if studies and not packed:
        raise DataError(
            f"{path} holds no report of {len(studies)} studies. Remedy: check --reports."
        )
    return packed


def _text_in_folder(folder, name):
    if not (folder / name).is_file():
        return None
    return decode_report(report_bytes(folder, name), str(folder / name))
