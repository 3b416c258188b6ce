"""What a DICOM file says of its film."""

import re
from dataclasses import dataclass

from emixer_tf.data.dicom_elements import (
    has_burnt_in_annotation,
    number_of,
    one_line,
    parsed,
    refuse_other_files,
    text_of,
)
from emixer_tf.data.errors import RowError
from emixer_tf.data.images import open_film

_DECUBITUS = re.compile("decub")
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
]


@dataclass(frozen=True)
class DicomHeader:
    """What a DICOM file says of its film, without the pixels.

    Args:
        patient: Patient ID.
        study: Study instance UID.
        series: Series instance UID.
        film: SOP instance UID.
        view: "PA", "AP", "LL", "LATERAL", or "" if it is not said. See `read_dicom_header`.
        photometric: "MONOCHROME1", "MONOCHROME2" or a colour space.
        rows: Pixels of a column.
        columns: Pixels of a row.
        bits: Bits stored of a pixel.
        modality: "CR", "DX" and so on.
        burned_in_annotation: Whether the patient's data may stand in the pixels.
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


def read_dicom_header(path):
    """Read what a DICOM file says of its film, without its pixels.

    The view is that of View Position; where that names none, of the View Code Sequence; then of
    the series' description. A text that names two views ("PA and lateral") or a lying patient
    names none.

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
    try:
        with open_film(path) as file:
            refuse_other_files(file.read(512), path)
            file.seek(0)
            dataset = parsed(file, stop_before_pixels=True, specific_tags=_HEADER_TAGS)
        return _header(dataset)
    except RowError:
        raise
    except Exception as error:  # a damaged element may make pydicom raise anything
        raise RowError(
            "unreadable film",
            f"{path}: the header of this DICOM file cannot be read ({one_line(error)}). Remedy: "
            "fetch it again, or use --on-error skip.",
        ) from None


def view_named(text):
    """Return the view that a text names.

    Args:
        text: View position, meaning of a view code, or description of a series.

    Returns:
        "PA", "AP", "LL", "LATERAL", or "" if it names none, or several.

    Example:

    >>> [view_named(text) for text in ("postero-anterior", "W033 Chest AP", "PA and lateral")]
    ['PA', 'AP', '']
    """
    text = text.lower().replace("_", " ")
    named = [view for view, words in _VIEWS.items() if words.search(text)]
    return named[0] if len(named) == 1 and not _DECUBITUS.search(text) else ""


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
        burned_in_annotation=has_burnt_in_annotation(dataset),
    )


def _view(dataset):
    codes = " ".join(text_of(code, "CodeMeaning") for code in dataset.get("ViewCodeSequence") or ())
    texts = (text_of(dataset, "ViewPosition"), codes, text_of(dataset, "SeriesDescription"))
    return next(filter(None, map(view_named, texts)), "")
