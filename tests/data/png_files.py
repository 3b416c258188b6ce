"""PNG files by hand, for what no library would write."""

import struct
import zlib


def png_file(*chunks):
    """Return the bytes of a file with these chunks, pairs of kind and body."""
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )


def png_header(width, height, bits=8, colour=0):
    """Return the chunk that tells size, bits of a sample and kind of colour."""
    return b"IHDR", struct.pack(">2I5B", width, height, bits, colour, 0, 0, 0)
