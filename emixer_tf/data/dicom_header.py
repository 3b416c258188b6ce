"""What a DICOM file says of its film."""

import re
from dataclasses import dataclass

from emixer_tf.data.dicom_elements import (
    has_burned_in_annotation,
    number_of,
    parsed,
    refuse_other_files,
    refusing_damage,
    text_of,
)
from emixer_tf.data.film_bytes import open_film

_OTHER_POSITION = re.compile(
    r"decub|\b[lr]ld\b|\b(semi)?axial\b|\bapical|\blordot|\bobl|\b[lr][apl]o\b|\bswimmer"
)
_FRONTAL = re.compile(r"\bfrontal\b")
_VIEWS = {
    "PA": re.compile(r"\bp\.?a\b|postero.?anterior"),
    "AP": re.compile(r"\ba\.?p\b|antero.?posterior"),
    "LL": re.compile(r"\bll\b|left.lateral"),
    "LATERAL": re.compile(r"\brl\b|(?<!left.)\blat(eral)?\b"),
}
_HEADER_TAGS = [
    "SOPInstanceUID",
    "Modality",
    "SeriesDescription",
    "PatientID",
    "ViewPosition",
    "StudyInstanceUID",
    "SeriesInstanceUID",
    "PhotometricInterpretation",
    "Rows",
    "Columns",
    "BitsStored",
    "BurnedInAnnotation",
    "ViewCodeSequence",
    "BodyPartExamined",
    "PresentationIntentType",
]


@dataclass(frozen=True)
class DicomHeader:
    """What a DICOM file says of its film, without the pixels.

    Args:
        patient: Patient ID.
        study: Study instance UID.
        series: Series instance UID.
        film: SOP instance UID.
        view: "PA", "AP", "FRONTAL" (one of the two), "LL", "LATERAL", "OTHER" (oblique, lordotic,
            a lying patient), or "" if it is not said. See `read_dicom_header`.
        photometric: "MONOCHROME1", "MONOCHROME2" or a colour space.
        rows: Pixels of a column.
        columns: Pixels of a row.
        bits: Bits stored of a pixel.
        modality: "CR", "DX" and so on.
        burned_in_annotation: Whether the patient's data may stand in the pixels.
        body_part: "CHEST" and so on, or "" if it is not said.
        for_processing: Whether this is the detector's raw signal, which no one reads.
    """

    patient: str
    study: str
    series: str
    film: str
    view: str
    photometric: str
    rows: int
    columns: int
    bits: int
    modality: str
    burned_in_annotation: bool
    body_part: str
    for_processing: bool


def read_dicom_header(path):
    """Read what a DICOM file says of its film, without its pixels.

    The view is that of View Position; where that names none, of the View Code Sequence; then of
    the series' description. A text that names two views ("PA and lateral") names none. One that
    names an unusual position ("AP LLD", "PA oblique") settles that the view is "OTHER".

    Args:
        path: DICOM file.

    Returns:
        `DicomHeader`.

    Raises:
        RowError: "unreadable film" if the file is missing or no DICOM.

    Example:

    >>> from pydicom.data import get_testdata_file
    >>> header = read_dicom_header(get_testdata_file("MR_small.dcm"))
    >>> header.photometric, header.rows, header.bits, header.view
    ('MONOCHROME2', 64, 16, '')
    """
    with refusing_damage(path, "the header of this DICOM file"), open_film(path) as file:
        refuse_other_files(file.read(512), path)
        file.seek(0)
        dataset = parsed(file, path, stop_before_pixels=True, specific_tags=_HEADER_TAGS)
        return _header(dataset)


def view_named(text):
    """Return the view that a text names.

    Args:
        text: View position, meaning of a view code, or description of a series.

    Returns:
        "PA", "AP", "FRONTAL", "LL", "LATERAL", or "" if it names none, several, or an unusual
        position: decubitus (LLD, RLD), axial, lordotic or oblique.

    Example:

    >>> [view_named(text) for text in ("postero-anterior", "Chest frontal", "PA and lateral")]
    ['PA', 'FRONTAL', '']
    """
    text = _words(text)
    if _OTHER_POSITION.search(text):
        return ""
    named = [view for view, words in _VIEWS.items() if words.search(text)]
    if _FRONTAL.search(text):
        return _frontal_of(named)
    return named[0] if len(named) == 1 else ""


def _words(text):
    return text.lower().replace("_", " ")


def _frontal_of(named):
    """Return the view of a text that says "frontal" and names further views."""
    if set(named) <= {"PA", "AP"}:
        return named[0] if len(named) == 1 else "FRONTAL"
    return ""


def _header(dataset):
    return DicomHeader(
        patient=text_of(dataset, "PatientID"),
        study=text_of(dataset, "StudyInstanceUID"),
        series=text_of(dataset, "SeriesInstanceUID"),
        film=text_of(dataset, "SOPInstanceUID"),
        view=_view(dataset),
        photometric=text_of(dataset, "PhotometricInterpretation"),
        rows=int(number_of(dataset, "Rows")),
        columns=int(number_of(dataset, "Columns")),
        bits=int(number_of(dataset, "BitsStored")),
        modality=text_of(dataset, "Modality"),
        burned_in_annotation=has_burned_in_annotation(dataset),
        body_part=text_of(dataset, "BodyPartExamined").upper(),
        for_processing=text_of(dataset, "PresentationIntentType").upper() == "FOR PROCESSING",
    )


def _view(dataset):
    codes = " ".join(text_of(code, "CodeMeaning") for code in dataset.get("ViewCodeSequence") or ())
    texts = (text_of(dataset, "ViewPosition"), codes, text_of(dataset, "SeriesDescription"))
    for text in texts:
        view = "OTHER" if _OTHER_POSITION.search(_words(text)) else view_named(text)
        if view:
            return view
    return ""
