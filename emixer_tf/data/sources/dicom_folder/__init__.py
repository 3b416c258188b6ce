"""Any folder of DICOM files, nested as it may be, with or without endings.

A report is the text file beside its film: `a/b.txt` (or `a/b.dcm.txt`) beside `a/b.dcm` or `a/b`.
"""

from emixer_tf.data.errors import DataError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root
from emixer_tf.data.sources.arguments import FILMS, OPTIONAL_POLICY, REQUIRE_REPORT, SECTION, STYLE
from emixer_tf.data.sources.choices import with_choices_of
from emixer_tf.data.sources.dicom_folder.films import films_below, frontal_chest_films
from emixer_tf.data.sources.dicom_folder.labels import LabelsOfReports, LabelTable
from emixer_tf.data.sources.dicom_folder.patients import patients_of
from emixer_tf.data.sources.dicom_folder.reports import report_text, section_of
from emixer_tf.data.sources.dicom_folder.views import views
from emixer_tf.data.sources.sections_and_labels import label_notes, reported_studies, style_note
from emixer_tf.data.study import ListedStudy

HELP = "any folder of DICOM files, with reports as text files beside them"
ARGUMENTS = {
    "--root": {"required": True, "help": "folder that holds the DICOM files, at any depth"},
    "--labels-csv": {
        "help": "table of labels: its first column names a film by path, by SOP Instance UID or, "
        "if no other film has it, by file name, or a study by UID; the others are labels of 0 and 1"
    },
    "--labels-from-reports": {
        "action": "store_true",
        "help": "read CheXpert's 14 labels from the reports by rules",
    },
    **OPTIONAL_POLICY,
    **SECTION,
    **REQUIRE_REPORT,
    "--patients": {
        "default": "header",
        "choices": ("header", "folder", "study"),
        "help": "who is one patient, and stays in one split: one Patient ID of the header, one "
        "folder right below the root, or one study (%(default)s)",
    },
    "--views-csv": {
        "help": "table of views, for films whose header does not say theirs: its first column "
        "names a film by path or by SOP Instance UID, the column view says PA, AP or another",
    },
    "--keep-untagged": {
        "action": "store_true",
        "help": "take films whose view nothing says for frontal",
    },
    **FILMS,
    **STYLE,
}
EXAMPLE = """emixer prepare dicom --root films --labels-from-reports --uncertain zeros \\
    --blank zeros --resolution 128 --out data/hospital"""

_PATIENT_NOTES = {
    "header": "A patient is one Patient ID of the headers.",
    "folder": "A patient is one folder right below the root.",
    "study": "Every study is taken for another patient.",
}


@with_choices_of(ARGUMENTS)
def listing(
    flow, root, labels_csv=None, labels_from_reports=False, uncertain=None, blank=None,
    section="findings", require_report=False, patients="header", views_csv=None,
    keep_untagged=False, films="one", style="voi",
):  # fmt: skip
    """List the frontal chest films among the DICOM files of a folder.

    Of a report one section is taken, as of MIMIC-CXR's, so that neither header lines (the name of
    the patient, the indication) nor a signature become words. A text that has neither findings nor
    impression counts as findings without its first paragraph, which mostly is a heading, or as a
    whole if it has one paragraph. Lines that begin like "Name:", "Date of birth:" or "Signed by:"
    are left out before. That is no de-identification: a name within a sentence stays.

    A film without a text beside it has the one beside other films of its study, if there is one.

    Neither Patient IDs nor what a header says else is written anywhere. `dropped.csv` names files,
    and a folder may be called like a patient.

    Args:
        flow: `Flow`.
        root: The folder.
        labels_csv: Table of labels. A film in no row is unlabelled.
        labels_from_reports: Whether labels are read from the reports instead; from their whole
            text, whatever the section.
        uncertain, blank: As for `LabelPolicy`; needed where labels are uncertain or blank.
        section: Of the report: "findings", "impression" or "both".
        require_report: Whether studies without that section are left out.
        patients: Who is one patient: all films of one Patient ID ("header"), of one folder
            ("folder": the one right
            below the root), or of one Study Instance UID ("study").
        views_csv: Table of views, for films whose header does not say theirs. See `views`.
        keep_untagged: Whether films whose view nothing says are taken for frontal.
        films: Of a study, which is told by its UID: "one" frontal film, or "all".
        style: How DICOM is read. See `read_dicom`.

    Returns:
        `Listing`.

    Raises:
        DataError: If there is no DICOM file, not exactly one source of labels, a row of the table
            that may mean two films, or if patients cannot be told apart.
    """
    root = check_root(root)
    if bool(labels_csv) == bool(labels_from_reports):
        raise DataError(
            f"{root}: labels come either from --labels-csv or from --labels-from-reports. Remedy: "
            "give one of them."
        )
    found = films_below(flow, root, views(views_csv, keep_untagged))
    taken = frontal_chest_films(flow, root, found, films)
    patient_of = patients_of(taken, patients)
    if labels_csv:
        labels = LabelTable(labels_csv, found, uncertain, blank)
        notes = labels.notes(taken)
    else:
        labels = LabelsOfReports(uncertain, blank)
        notes = labels.notes()

    def study(film):
        text = report_text(root, film)
        stated, values = labels.stated_and_values(film, text)
        listed = ListedStudy(
            film=FilmFile(str(root), film.name, style),
            report=text and section_of(text, section),
            labels=values,
            patient=patient_of(film),
            source=film.source,
        )
        return listed, stated

    pairs = flow.made(taken, study)
    pairs, report_notes = reported_studies(flow, pairs, section, require_report)
    return Listing(
        name=root.resolve().name,
        labels=labels.cells.labels,
        studies=[study for study, _ in pairs],
        flow=flow,
        notes=[
            *notes,
            *label_notes(pairs),
            _PATIENT_NOTES[patients],
            style_note(style),
            f"Reports: section {section}.",
            *report_notes,
        ],
    )
