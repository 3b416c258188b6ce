"""Reading reports out of archives without trusting them."""

import lzma
import tarfile
import zipfile
import zlib
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from emixer_tf.data.errors import DataError
from emixer_tf.data.report_files import MOST_CHARACTERS

MOST_BYTES_TOGETHER = 16 * 2**30
MOST_RATIO = 200  # unpacked to packed; texts reach about 10
_FEW_BYTES = 16 * 2**20  # that any archive may unpack to
_UNREADABLE = (
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    RuntimeError,  # a password is asked for
)


def archived_files(path, suffix):
    """Yield the files of a zip or tar archive that end in a suffix, in the archive's order.

    What macOS adds to an archive is passed over: hidden files, and the folder `__MACOSX`.

    Args:
        path: A .zip, .tar, .tar.gz or .tgz file.
        suffix: ".txt", ".xml" and so on; upper and lower case are not told apart.

    Yields:
        `(name, bytes)`; the name is relative and stays below the archive's root. Of a file that is
        too long for a report, its beginning, which `check_report_length` refuses.

    Raises:
        DataError: If the archive is damaged, holds more than an archive of reports can, or names a
            member that leads out of it.
    """
    path = Path(path)
    packed, together = max(path.stat().st_size, 1), 0
    with _failing_with_a_sentence(path):
        members = _zip_members if zipfile.is_zipfile(path) else _tar_members
        for name, size, opened in members(path):
            _check_name(path, name)
            if not name.lower().endswith(suffix) or _is_macos(name):
                continue
            together += min(size, MOST_CHARACTERS + 1)  # no more of it is unpacked
            if together > min(MOST_BYTES_TOGETHER, MOST_RATIO * packed + _FEW_BYTES):
                raise DataError(
                    f"{path}: its files unpack to more than {together:,} bytes from {packed:,}, "
                    "which no archive of reports does. Remedy: download it again."
                )
            with opened() as file:
                yield name, file.read(MOST_CHARACTERS + 1)


@contextmanager
def _failing_with_a_sentence(path):
    try:
        yield
    except _UNREADABLE as error:
        reason = str(error).partition("\n")[0].rstrip(":")
        raise DataError(
            f"{path} is no readable archive ({reason}). Remedy: download it again."
        ) from None


def _zip_members(path):
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield member.filename, member.file_size, lambda member=member: archive.open(member)


def _tar_members(path):
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile():
                yield member.name, member.size, lambda member=member: archive.extractfile(member)


def _check_name(path, name):
    parts = PurePosixPath(name.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts:
        raise DataError(
            f"{path}: its member {name!r} leads out of the archive, so the archive is not to be "
            "trusted. Remedy: download it again from the publisher."
        )


def _is_macos(name):
    parts = PurePosixPath(name).parts
    return parts[-1].startswith(".") or "__MACOSX" in parts
