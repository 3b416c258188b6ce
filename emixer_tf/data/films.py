"""Films from files of any kind: DICOM, or pictures."""

from emixer_tf.data.dicom import decode_dicom
from emixer_tf.data.dicom_elements import is_dicom
from emixer_tf.data.film_bytes import file_bytes
from emixer_tf.data.images import decode_image


def read_film(path, style="voi", at_least=None):
    """Read a film from a DICOM file or a picture, whatever its name ends with.

    Args:
        path: The file.
        style: How DICOM is read. See `read_dicom`.
        at_least: Pixels wanted along the short side, so that a JPEG decodes faster. See
            `read_image`.

    Returns:
        float32 `[height, width]`, or `[height, width, 3]` for a picture in colour, in [0, 1].

    Raises:
        RowError: As `read_dicom` and `read_image`.

    Example:

    >>> from pydicom.data import get_testdata_file
    >>> read_film(get_testdata_file("MR_small.dcm")).shape
    (64, 64)
    """
    return decode_film(file_bytes(path), str(path), style, at_least)


def decode_film(data, name, style="voi", at_least=None):
    """Decode a film from the bytes of a DICOM file or a picture.

    Args:
        data: The bytes, as they stand in a file or an archive.
        name: What to call them in an error.
        style: As for `read_film`.
        at_least: As for `read_film`.

    Returns:
        As `read_film`.

    Raises:
        RowError: As `read_film`.
    """
    if is_dicom(data):
        return decode_dicom(data, name, style)
    return decode_image(data, name, at_least)
