"""DICOM files that would fill the memory: refused before they do."""

import zlib

from emixer_tf.data.errors import RowError

# A film of 43 cm at 0.1 mm has 18 million pixels; Pillow refuses pictures of more than this.
MOST_PIXELS = 178_956_970
MOST_BYTES = 2 * MOST_PIXELS
_AT_ONCE = 2**20


def refuse_too_many_pixels(pixels, name):
    """Refuse a film of more pixels than one can have.

    Args:
        pixels: int, as the header tells.
        name: What to call the file.

    Raises:
        RowError: "unreadable film".
    """
    if pixels > MOST_PIXELS:
        raise RowError(
            "unreadable film",
            f"{name}: its header tells of {pixels:,} pixels, where a film has {MOST_PIXELS:,} at "
            "most. Remedy: replace it, or use --on-error skip.",
        )


def refuse_inflation(file, name):
    """Refuse a deflated file that would unpack to more bytes than a film can have.

    Args:
        file: Binary file at its beginning, where it is left.
        name: What to call the file.

    Raises:
        RowError: "unreadable film".

    Reference:
        DICOM PS3.5, A.5: all that follows the file meta information is deflated.
    """
    from pydicom.filereader import read_dataset, read_preamble
    from pydicom.uid import DeflatedExplicitVRLittleEndian

    read_preamble(file, force=True)
    meta = read_dataset(file, False, True, stop_when=_is_behind_the_meta_information)
    deflated = meta.get("TransferSyntaxUID") == DeflatedExplicitVRLittleEndian
    if deflated and _unpacks_to_more_than(MOST_BYTES, file):
        raise RowError(
            "unreadable film",
            f"{name}: it would unpack to more than {MOST_BYTES:,} bytes, which no film has. "
            "Remedy: replace it, or use --on-error skip.",
        )
    file.seek(0)


def _is_behind_the_meta_information(tag, vr, length):
    return tag >> 16 != 2


def _unpacks_to_more_than(most, file):
    """Tell whether a deflated stream is longer than that; of what it unpacks to nothing is kept."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    while packed := inflater.unconsumed_tail or file.read(_AT_ONCE):
        most -= len(inflater.decompress(packed, _AT_ONCE))
        if most < 0:
            return True
    return False
