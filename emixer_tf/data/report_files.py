"""Reports as bytes."""

from emixer_tf.data.errors import RowError
from emixer_tf.data.paths import inside

# Of a report, and bytes of its file, which has no fewer; the longest known has 9,000.
MOST_CHARACTERS = 200_000

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def report_bytes(root, name):
    """Read the file of a report, or the beginning of one that is too long.

    Args:
        root: Folder of the reports.
        name: Path relative to it.

    Raises:
        RowError: If the file leads out of the folder, or cannot be read.
    """
    path = inside(root, name)
    try:
        with open(path, "rb") as file:
            return file.read(MOST_CHARACTERS + 1)
    except OSError as error:
        raise RowError(
            "unreadable report",
            f"{path} cannot be read ({error.strerror}). Remedy: fetch it again, or check its "
            "permissions.",
        ) from None


def check_report_length(data, name):
    """Refuse a file that is too long for a report.

    Args:
        data: Its bytes, or its beginning where it is too long.
        name: Of the file, for messages.

    Raises:
        RowError: If it is.
    """
    if len(data) > MOST_CHARACTERS:
        raise RowError(
            "report too long",
            f"{name}: more than {MOST_CHARACTERS:,} bytes are no report. Remedy: remove or replace "
            "the file, or use --on-error skip.",
        )


def decode_report(data, name="report"):
    """Return the text of a report file.

    Args:
        data: Bytes in UTF-8 or UTF-16 with a byte order mark, in UTF-8 without, else in
            Windows' Latin-1.
        name: Of the file, for messages.

    Returns:
        Text with "\\n" between lines.

    Raises:
        RowError: If it is longer than a report can be.

    Example:

    >>> decode_report(b"No effusion.\\r\\nM\\xfcller")
    'No effusion.\\nMüller'
    """
    check_report_length(data, name)
    return _decoded(data).replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def _decoded(data):
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
