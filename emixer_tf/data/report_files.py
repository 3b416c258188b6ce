"""Reports as bytes."""

from emixer_tf.data.errors import RowError

MOST_CHARACTERS = 200_000  # the longest report known has some thousands

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


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
    text = _decoded(data).replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    if len(text) > MOST_CHARACTERS:
        raise RowError(
            "report too long",
            f"{name}: {len(text):,} characters are no report. Remedy: replace the file, or use "
            "--on-error skip.",
        )
    return text


def _decoded(data):
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")
