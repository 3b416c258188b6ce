"""Films from DICOM files: as a viewer shows them, or as the publisher of MIMIC-CXR-JPG did."""

from io import BytesIO

import numpy as np

from emixer_tf.data.dicom_bombs import refuse_too_many_pixels
from emixer_tf.data.dicom_elements import (
    has_burned_in_annotation,
    number_of,
    parsed,
    refuse_other_files,
    refusing_damage,
    text_of,
)
from emixer_tf.data.errors import RowError
from emixer_tf.data.film_bytes import file_bytes
from emixer_tf.data.film_file import STYLES
from emixer_tf.data.grey_levels import mimic_jpg_levels, spread, window

_ROWS_AT_ONCE = 64


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
        RowError: Of kind "unreadable film", "colour film", "several frames", "burned-in
            annotation", "missing decoder" or "blank film".
        ValueError: If the style is unknown.

    Example:

    >>> from pydicom.data import get_testdata_file
    >>> film = read_dicom(get_testdata_file("MR_small.dcm"), style="raw")
    >>> film.shape, float(film.min()), float(film.max())
    ((64, 64), 0.0, 1.0)

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
    refuse_other_files(data, name)
    with refusing_damage(name, "this DICOM file"):
        dataset = parsed(BytesIO(data), name)
        _refuse_unsuitable(dataset, name)
        refuse_too_many_pixels(int(dataset.Rows) * int(dataset.Columns), name)
        codes = _codes(dataset, name)
        values = _stored_values(dataset)
        padding = _is_padding(dataset, values)
        counts = _histogram(codes, len(values))
        table = _table(dataset, values, padding, counts, style)
    shown = table[(counts > 0) & ~padding]
    if not shown.size or shown.min() == shown.max():
        raise RowError(
            "blank film",
            f"{name}: read in the style {style!r} every pixel is the same, so it shows nothing. "
            'Remedy: try the style "raw" if its window is at fault, or use --on-error skip.',
        )
    return table[codes]


def _refuse_unsuitable(dataset, name):
    """Refuse whatever is not one grey film without the patient's name in it."""
    if "PixelData" not in dataset:
        raise RowError(
            "unreadable film",
            f"{name}: this DICOM file holds no pixels, so it is no film or is cut short. Remedy: "
            "leave it out, or fetch it again.",
        )
    frames = int(number_of(dataset, "NumberOfFrames", 1))
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
    if has_burned_in_annotation(dataset):
        raise RowError(
            "burned-in annotation",
            f"{name}: its Burned In Annotation is YES, so the patient's data may stand in the "
            "pixels. Remedy: leave it out, or blacken the text and set the element to NO.",
        )
    _refuse_odd_bits(dataset, name)


def _refuse_odd_bits(dataset, name):
    allocated, stored = dataset.BitsAllocated, dataset.BitsStored
    high = number_of(dataset, "HighBit", stored - 1)
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
    if stored.ndim != 2:
        raise RowError(
            "several frames",
            f"{name}: this DICOM file holds pixels of the shape {stored.shape}, more than the one "
            "frame that its header tells of. Remedy: leave it out, or fetch it again.",
        )
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
    ends = [number_of(dataset, "PixelPaddingValue", None)]
    ends.append(number_of(dataset, "PixelPaddingRangeLimit", ends[0]))
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
    table = _voi(dataset, values, occurring) if style == "voi" else spread(values, occurring)
    table = 1 - table if inverted else table
    return np.where(padding, 0, table).astype("float32")


def _voi(dataset, values, occurring):
    """Return values as a viewer shows them, in [0, 1], before any inversion."""
    values = _modality(dataset, values)
    if dataset.get("VOILUTSequence"):
        shown, bits = _looked_up(dataset, "VOILUTSequence", values)
        return shown / max(2**bits - 1, shown.max())
    center, width = (
        number_of(dataset, "WindowCenter", None),
        number_of(dataset, "WindowWidth", None),
    )
    if center is None or width is None:
        return spread(values, occurring)
    return window(values, float(center), float(width), text_of(dataset, "VOILUTFunction"))


def _modality(dataset, values):
    """Return values in the modality's units. PS3.3 C.11.1."""
    if dataset.get("ModalityLUTSequence"):
        return _looked_up(dataset, "ModalityLUTSequence", values)[0]
    slope = float(number_of(dataset, "RescaleSlope", 1))
    return values * slope + float(number_of(dataset, "RescaleIntercept", 0))


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
