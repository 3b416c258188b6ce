"""Files as bytes, and what they turn out to be where they are not what was expected."""

from emixer_tf.data.errors import RowError

_BEGINNINGS = {
    b"<!doctype": "is a web page",
    b"<html": "is a web page",
    b"<?xml": "is XML",
    b"version https://git-lfs": "is a Git LFS pointer, not the film itself",
    b"pk\x03\x04": "is a zip archive",
    b"\x1f\x8b": "is packed by gzip",
    b"%pdf": "is a PDF",
    b"\x89png": "is a damaged PNG",
    b"\xff\xd8\xff": "is a damaged JPEG",
}


def file_bytes(path):
    """Return what a film's file holds.

    Args:
        path: The file.

    Returns:
        bytes.

    Raises:
        RowError: "unreadable film" if there is no such file, or it may not be read.
    """
    with open_film(path) as file:
        return file.read()


def open_film(path):
    """Open a film's file.

    Args:
        path: The file.

    Returns:
        Binary file.

    Raises:
        RowError: As `file_bytes`.
    """
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise RowError(
            "unreadable film",
            f"{path}: there is no such file. Remedy: check --root and what names the film.",
        ) from None
    except OSError as error:
        raise RowError(
            "unreadable film",
            f"{path}: the file cannot be opened ({error.strerror}). Remedy: check who may read it, "
            "and what names the film.",
        ) from None


def describe_beginning(data):
    """Say how a file begins, and what that makes it.

    Args:
        data: bytes.

    Returns:
        str, without a full stop.

    Example:

    >>> describe_beginning(b"<!DOCTYPE html><title>Sign in</title>")
    "it begins with '<!DOCTYPE' and is a web page"
    >>> describe_beginning(b"")
    'the file is empty'
    """
    if not data:
        return "the file is empty"
    if data[128:132] == b"DICM":
        return "it is a DICOM file"
    text = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for beginning, kind in _BEGINNINGS.items():
        if text.lower().startswith(beginning):
            return f"it begins with {_quoted(text[: len(beginning)])} and {kind}"
    return f"it begins with {_quoted(data[:12])}"


def one_line(error):
    """Return the message of an error without line breaks, or its type where it has none."""
    return " ".join(str(error).split()) or type(error).__name__


def _quoted(data):
    return repr(data).removeprefix("b")
