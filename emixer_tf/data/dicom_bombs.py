"""DICOM files that would fill the memory: refused before they are unpacked."""

import zlib
from io import BytesIO

from emixer_tf.data.errors import RowError

# A film of 43 cm at 0.1 mm has 18 million pixels; Pillow refuses pictures of more than this.
MOST_PIXELS = 178_956_970


def refuse_too_many_pixels(pixels, name, most=MOST_PIXELS):
    """Refuse a film of more pixels than one can have.

    Args:
        pixels: int, as the header tells.
        name: What to call the file.
        most: int.

    Raises:
        RowError: "unreadable film".
    """
    if pixels > most:
        raise RowError(
            "unreadable film",
            f"{name}: its header tells of {pixels:,} pixels, where a film has {most:,} at most. "
            "Remedy: replace it, or use --on-error skip.",
        )


def refuse_inflation(data, name, most=2 * MOST_PIXELS):
    """Refuse a deflated file that would unpack to more bytes than a film can have.

    Args:
        data: bytes of a DICOM file.
        name: What to call the file.
        most: int, bytes.

    Raises:
        RowError: "unreadable film".

    Reference:
        DICOM PS3.5, A.5: all that follows the file meta information is deflated.
    """
    from pydicom.filereader import read_dataset, read_preamble
    from pydicom.uid import DeflatedExplicitVRLittleEndian

    file = BytesIO(data)
    read_preamble(file, force=True)
    meta = read_dataset(file, False, True, stop_when=_is_behind_the_meta_information)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    inflater.decompress(file.read(), most)
    if inflater.unconsumed_tail:
        raise RowError(
            "unreadable film",
            f"{name}: it would unpack to more than {most:,} bytes, which no film has. Remedy: "
            "replace it, or use --on-error skip.",
        )


def _is_behind_the_meta_information(tag, vr, length):
    return tag >> 16 != 2
