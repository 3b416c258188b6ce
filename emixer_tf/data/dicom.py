"""Films from DICOM files: as a viewer shows them, or as the publisher of MIMIC-CXR-JPG did."""

import re
from dataclasses import dataclass
from io import BytesIO

import numpy as np

from emixer_tf.data.errors import RowError
from emixer_tf.data.images import describe_beginning, file_bytes, open_film

STYLES = ("voi", "mimic-jpg", "raw")

_DECUBITUS = re.compile("decub")
_VIEWS = {
    "PA": re.compile(r"\bp\.?a\b|postero.?anterior"),
    "AP": re.compile(r"\ba\.?p\b|antero.?posterior"),
    "LL": re.compile(r"\bll\b|left.lateral"),
    "LATERAL": re.compile(r"\brl\b|(?<!left.)\blat(eral)?\b"),
}
_ROWS_AT_ONCE = 64
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


def read_dicom(path, style="voi"):
    """Read a film from a DICOM file.

    Bone is bright in every style: MONOCHROME1 is inverted. The styles:

    - "voi", as a viewer shows the film: modality LUT or rescale, then VOI LUT or window, then
      inversion. 0 and 1 are the window's ends, outside of which is clipped, or 0 and the greatest
      value that the VOI LUT's bits allow. Of several the first counts, and a LUT before a window.
      In a file with neither, 0 and 1 are the least and greatest value that occur.
    - "mimic-jpg", as the JPEGs of MIMIC-CXR-JPG were made: stored values are spread from the least
      to the greatest over 256 levels, inverted and equalised.
    - "raw": stored values are spread from the least to the greatest and inverted, nothing else.

    Pixels of the padding value are black and are neither least nor greatest, except in "mimic-jpg",
    whose publisher treated them like any other. Bits above the stored ones are ignored.

    Args:
        path: DICOM file with one grey film of 8 to 16 bits. Lossless JPEG and JPEG-LS need the
            extra `dicom`, which decodes JPEG 2000 and RLE faster as well.
        style: "voi", "mimic-jpg" or "raw".

    Returns:
        float32 `[height, width]` in [0, 1].

    Raises:
        RowError: Of kind "unreadable film", "colour film", "several frames", "burnt-in
            annotation", "missing decoder" or "blank film".
        ValueError: If the style is unknown.

    Example:

    >>> from pydicom.data import get_testdata_file
    >>> film = read_dicom(get_testdata_file("MR_small.dcm"))
    >>> film.shape, film.dtype
    ((64, 64), dtype('float32'))

    Reference:
        DICOM PS3.3, C.7.6.3.1.2 (MONOCHROME1), C.7.5.1.1.2 (padding), C.11.1 (modality), C.11.2
        (VOI LUT and windows). Johnson et al., "MIMIC-CXR-JPG", 2019 (equalised JPEGs).
    """
    return decode_dicom(file_bytes(path), str(path), style)


def decode_dicom(data, name, style="voi"):
    """Decode a film from the bytes of a DICOM file, as they stand in a folder or an archive.

    Args:
        data: The bytes.
        name: What to call them in an error.
        style: As for `read_dicom`.

    Returns:
        As `read_dicom`.

    Raises:
        RowError: As `read_dicom`.
        ValueError: If the style is unknown.
    """
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}. Received: style={style!r}")
    _refuse_other_files(data, name)
    try:
        dataset = _parsed(BytesIO(data))
        _refuse_unsuitable(dataset, name)
        codes = _codes(dataset, name)
        values = _stored_values(dataset)
        padding = _is_padding(dataset, values)
        counts = _histogram(codes, len(values))
        table = _table(dataset, values, padding, counts, style)
    except RowError:
        raise
    except Exception as error:  # a damaged element may make pydicom raise anything
        raise RowError(
            "unreadable film",
            f"{name}: this DICOM file cannot be read ({_one_line(error)}). Remedy: fetch it again, "
            "or use --on-error skip.",
        ) from None
    shown = table[(counts > 0) & ~padding]
    if not shown.size or shown.min() == shown.max():
        raise RowError(
            "blank film",
            f"{name}: read in the style {style!r} every pixel is the same, so it shows nothing. "
            'Remedy: try the style "raw" if its window is at fault, or use --on-error skip.',
        )
    return table[codes]


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
            _refuse_other_files(file.read(512), path)
            file.seek(0)
            dataset = _parsed(file, stop_before_pixels=True, specific_tags=_HEADER_TAGS)
        return _header(dataset)
    except RowError:
        raise
    except Exception as error:  # a damaged element may make pydicom raise anything
        raise RowError(
            "unreadable film",
            f"{path}: the header of this DICOM file cannot be read ({_one_line(error)}). Remedy: "
            "fetch it again, or use --on-error skip.",
        ) from None


def is_dicom(data):
    """Tell by its first bytes whether a file is DICOM.

    Args:
        data: bytes, at least the first 132.

    Returns:
        bool. True as well for a file that lacks the preamble and begins with its first element.

    Example:

    >>> is_dicom(bytes(128) + b"DICM"), is_dicom(b"GIF89a")
    (True, False)
    """
    first_element = data[:2] in (b"\x02\x00", b"\x08\x00") and data[3:4] == b"\x00"
    return data[128:132] == b"DICM" or first_element


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


def _refuse_other_files(data, name):
    if not is_dicom(data):
        raise RowError(
            "unreadable film",
            f"{name}: this is no DICOM file ({describe_beginning(data)}). Remedy: replace it, or "
            "use --on-error skip.",
        )


def _parsed(file, **options):
    """Return the data set of a file, which may lack the preamble and the transfer syntax."""
    import pydicom
    from pydicom import uid

    dataset = pydicom.dcmread(file, force=True, **options)
    if "TransferSyntaxUID" not in dataset.file_meta:
        implicit, little = dataset.original_encoding
        little_endian = uid.ImplicitVRLittleEndian if implicit else uid.ExplicitVRLittleEndian
        dataset.file_meta.TransferSyntaxUID = little_endian if little else uid.ExplicitVRBigEndian
    return dataset


def _text(dataset, keyword):
    return str(dataset.get(keyword) or "").strip()


def _number(dataset, keyword, default=0):
    """Return an element's number, the first if it has several, or a default if it has none."""
    if keyword not in dataset or dataset[keyword].VM == 0:
        return default
    element = dataset[keyword]
    return element.value[0] if element.VM > 1 else element.value


def _has_burnt_in_annotation(dataset):
    return _text(dataset, "BurnedInAnnotation").upper() == "YES"


def _header(dataset):
    return DicomHeader(
        patient=_text(dataset, "PatientID"),
        study=_text(dataset, "StudyInstanceUID"),
        series=_text(dataset, "SeriesInstanceUID"),
        film=_text(dataset, "SOPInstanceUID"),
        view=_view(dataset),
        photometric=_text(dataset, "PhotometricInterpretation"),
        rows=int(_number(dataset, "Rows")),
        columns=int(_number(dataset, "Columns")),
        bits=int(_number(dataset, "BitsStored")),
        modality=_text(dataset, "Modality"),
        burned_in_annotation=_has_burnt_in_annotation(dataset),
    )


def _view(dataset):
    codes = " ".join(_text(code, "CodeMeaning") for code in dataset.get("ViewCodeSequence") or ())
    texts = (_text(dataset, "ViewPosition"), codes, _text(dataset, "SeriesDescription"))
    return next(filter(None, map(view_named, texts)), "")


def _refuse_unsuitable(dataset, name):
    """Refuse whatever is not one grey film without the patient's name in it."""
    if "PixelData" not in dataset:
        raise RowError(
            "unreadable film",
            f"{name}: this DICOM file holds no pixels, so it is no film or is cut short. Remedy: "
            "leave it out, or fetch it again.",
        )
    frames = int(_number(dataset, "NumberOfFrames", 1))
    if frames > 1:
        raise RowError(
            "several frames",
            f"{name}: this DICOM file holds {frames} frames and a film has one. Remedy: leave it "
            "out, or save the frame you mean as a file of its own.",
        )
    samples, photometric = dataset.SamplesPerPixel, dataset.PhotometricInterpretation
    if samples != 1 or photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise RowError(
            "colour film",
            f"{name}: this DICOM file is in colour ({photometric}, {samples} samples a pixel) and "
            "films are grey. Remedy: leave it out; it is a photo or a screenshot.",
        )
    if _has_burnt_in_annotation(dataset):
        raise RowError(
            "burnt-in annotation",
            f"{name}: its Burned In Annotation is YES, so the patient's data may stand in the "
            "pixels. Remedy: leave it out, or blacken the text and set the element to NO.",
        )
    _refuse_odd_bits(dataset, name)


def _refuse_odd_bits(dataset, name):
    allocated, stored = dataset.BitsAllocated, dataset.BitsStored
    high = _number(dataset, "HighBit", stored - 1)
    if allocated not in (8, 16) or not 1 < stored <= allocated or high != stored - 1:
        raise RowError(
            "unreadable film",
            f"{name}: Bits Allocated {allocated}, Bits Stored {stored} and High Bit {high} do not "
            "describe a film; Bits Allocated is 8 or 16 and High Bit one less than Bits Stored. "
            "Remedy: leave it out, or convert it with the scanner's own software.",
        )


def _codes(dataset, name):
    """Return the pixels' stored bits as unsigned integers, without any bits above them."""
    stored = _decoded(dataset, name)
    stored = stored.astype(stored.dtype.newbyteorder("="), copy=False)
    codes = stored.view(f"uint{8 * stored.itemsize}")
    if dataset.BitsStored == 8 * stored.itemsize:
        return codes
    return codes & codes.dtype.type(2**dataset.BitsStored - 1)


def _decoded(dataset, name):
    from pydicom.pixels import get_decoder, pixel_array
    from pydicom.uid import JPEGExtended12Bit

    syntax = dataset.file_meta.TransferSyntaxUID
    if not syntax.is_encapsulated:
        return pixel_array(dataset)
    decoder = get_decoder(syntax)
    if not decoder.is_available:
        raise RowError(
            "missing decoder",
            f"{name}: no decoder for {syntax.name} is installed. Remedy: "
            "pip install 'emixer-tf[dicom]'",
        )
    twelve_bit_jpeg = syntax == JPEGExtended12Bit and dataset.BitsStored > 8
    if twelve_bit_jpeg and "pylibjpeg" not in decoder.available_plugins:
        raise RowError(
            "missing decoder",
            f"{name}: no decoder for lossy JPEG of 12 bits is installed. Remedy: "
            "pip install 'emixer-tf[dicom]' pylibjpeg-libjpeg (the latter under GPL 3, so the "
            "extra leaves it out)",
        )
    return pixel_array(dataset)


def _stored_values(dataset):
    """Return the stored value that each code stands for."""
    bits = dataset.BitsStored
    values = np.arange(2**bits)
    if dataset.PixelRepresentation == 1:
        values[2 ** (bits - 1) :] -= 2**bits
    return values


def _is_padding(dataset, values):
    """Tell which codes fill the film up to a rectangle. PS3.3 C.7.5.1.1.2."""
    ends = [_number(dataset, "PixelPaddingValue", None)]
    ends.append(_number(dataset, "PixelPaddingRangeLimit", ends[0]))
    if None in ends:
        return np.zeros(len(values), bool)
    if values.min() < 0:
        ends = [end - 2**16 if end >= 2**15 else end for end in ends]
    return (values >= min(ends)) & (values <= max(ends))


def _histogram(codes, size):
    """Count each code. Some rows at a time, since NumPy widens what it counts to 64 bits."""
    counts = np.zeros(size, np.int64)
    for top in range(0, len(codes), _ROWS_AT_ONCE):
        counts += np.bincount(codes[top : top + _ROWS_AT_ONCE].ravel(), minlength=size)
    return counts


def _table(dataset, values, padding, counts, style):
    """Return the brightness in [0, 1] of each code, float32."""
    inverted = dataset.PhotometricInterpretation == "MONOCHROME1"
    if style == "mimic-jpg":
        return mimic_jpg_levels(values, counts, inverted).astype("float32") / 255
    occurring = (counts > 0) & ~padding
    table = _voi(dataset, values, occurring) if style == "voi" else _spread(values, occurring)
    table = 1 - table if inverted else table
    return np.where(padding, 0, table).astype("float32")


def _spread(values, occurring):
    """Scale values so that the least that occurs is 0 and the greatest 1."""
    if not occurring.any():
        return np.zeros(len(values))
    low, high = values[occurring].min(), values[occurring].max()
    return (np.clip(values, low, high) - low) / (high - low or 1)


def mimic_jpg_levels(values, counts, inverted):
    """Return the grey levels that the publisher of MIMIC-CXR-JPG gave to stored values.

    Args:
        values: int `[codes]`, stored values.
        counts: int `[codes]`, how many of the film's pixels have each.
        inverted: Whether the film is MONOCHROME1.

    Returns:
        uint8 `[codes]`; of any use for values that occur.

    Example:

    >>> mimic_jpg_levels(np.arange(3), np.array([2, 1, 1]), inverted=False)
    array([  0, 128, 255], dtype=uint8)

    Reference:
        Johnson et al., "MIMIC-CXR-JPG, a large publicly available database of labeled chest
        radiographs", arXiv:1901.07042.
    """
    levels = np.floor(_spread(values, counts > 0) * 255).astype("uint8")
    levels = 255 - levels if inverted else levels
    histogram = np.bincount(levels, weights=counts, minlength=256).astype(np.int64)
    return equalisation(histogram)[levels]


def equalisation(histogram):
    """Return the table that equalises a histogram, as OpenCV's `equalizeHist` does.

    Args:
        histogram: int `[256]`, pixels of each grey level.

    Returns:
        uint8 `[256]`: the new level of each.

    Example:

    >>> equalisation(np.array([10, 0, 30] + 253 * [0]))[:3]
    array([  0,   0, 255], dtype=uint8)
    """
    first = int(np.flatnonzero(histogram)[0])
    others = histogram.sum() - histogram[first]
    if others == 0:
        return np.full(256, first, "uint8")
    above = np.cumsum(histogram) - histogram[first]
    above[:first] = 0
    scale = np.float32(255) / np.float32(others)  # single precision decides some roundings
    return np.rint(above.astype("float32") * scale).astype("uint8")


def _voi(dataset, values, occurring):
    """Return values as a viewer shows them, in [0, 1], before any inversion."""
    values = _modality(dataset, values)
    if dataset.get("VOILUTSequence"):
        shown, bits = _looked_up(dataset, "VOILUTSequence", values)
        return shown / max(2**bits - 1, shown.max())
    center, width = _number(dataset, "WindowCenter", None), _number(dataset, "WindowWidth", None)
    if center is None or width is None:
        return _spread(values, occurring)
    return window(values, float(center), float(width), _text(dataset, "VOILUTFunction"))


def _modality(dataset, values):
    """Return values in the modality's units. PS3.3 C.11.1."""
    if dataset.get("ModalityLUTSequence"):
        return _looked_up(dataset, "ModalityLUTSequence", values)[0]
    slope = float(_number(dataset, "RescaleSlope", 1))
    return values * slope + float(_number(dataset, "RescaleIntercept", 0))


def _looked_up(dataset, sequence, values):
    """Return the entries of values in a lookup table, and their bits. PS3.3 C.11.1.1.1."""
    lut = dataset[sequence][0]
    entries, first, bits = (int(number) for number in lut.LUTDescriptor)
    entries = entries or 2**16
    if first >= 2**15 and values.min() < 0:
        first -= 2**16
    data = lut.LUTData
    if isinstance(data, bytes):
        words = "<u2" if dataset.file_meta.TransferSyntaxUID.is_little_endian else ">u2"
        data = np.frombuffer(data, words if len(data) >= 2 * entries else "uint8")
    data = np.asarray(data, "float64")[:entries]
    return data[np.clip(np.rint(values) - first, 0, len(data) - 1).astype(int)], bits


def window(values, center, width, function="LINEAR"):
    """Bring values to what a window shows of them.

    Args:
        values: float `[...]`, in the modality's units.
        center: Middle of the window, in these units.
        width: Width of the window, in these units.
        function: "LINEAR" (also if empty), "LINEAR_EXACT" or "SIGMOID".

    Returns:
        float64 `[...]` in [0, 1].

    Raises:
        ValueError: If the function is unknown, or the width less than it allows.

    Example:

    >>> window(np.array([0, 100, 127, 200]), center=100, width=55).round(2)
    array([0.  , 0.51, 1.  , 1.  ])

    Reference:
        DICOM PS3.3, C.11.2.1.2 and C.11.2.1.3.
    """
    function = function.upper() or "LINEAR"
    if function not in ("LINEAR", "LINEAR_EXACT", "SIGMOID"):
        raise ValueError(f"VOI LUT Function {function!r} is unknown")
    if (width < 1 and function == "LINEAR") or width <= 0:
        raise ValueError(f"Window Width {width:g} is too small")
    values = np.asarray(values, "float64")
    if function == "SIGMOID":
        return 1 / (1 + np.exp(np.clip(-4 * (values - center) / width, -700, 700)))
    if function == "LINEAR_EXACT":
        return np.clip((values - center) / width + 0.5, 0, 1)
    if width == 1:
        return (values > center - 0.5).astype("float64")
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1)


def _one_line(error):
    return " ".join(str(error).split())
