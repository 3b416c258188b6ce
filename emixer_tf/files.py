"""Files and folders that appear whole or not at all."""

import hashlib
import math
import os
import shutil
import tempfile
from contextlib import contextmanager
from glob import escape
from pathlib import Path

try:
    import fcntl
except ImportError:
    fcntl = None


def write_whole(path, text):
    """Write a text file aside and rename it, so that no reader meets half of it."""
    save_whole(path, lambda file: file.write(text.encode()))


def save_whole(path, write):
    """Write a file aside and rename it, so that no reader meets half of it.

    Args:
        path: `pathlib.Path` of the file.
        write: Function that writes to an open binary file.
    """
    aside = path.with_name(f".writing-{os.getpid()}-{path.name}")
    with open(aside, "wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)


def save_figure(path, figure):
    """Write a figure as a PNG file, whole or not at all.

    Args:
        path: `pathlib.Path` of the file.
        figure: `matplotlib.figure.Figure`.
    """
    save_whole(path, lambda file: figure.savefig(file, format="png", dpi=110))


def file_digest(path):
    """Return the SHA-256 of a file's bytes, in hexadecimal.

    Args:
        path: `pathlib.Path` of the file.
    """
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def held_by_one_process(path):
    """Hold a lock file, which the system frees when the process ends, however it ends.

    Systems without `fcntl` (Windows) do without the lock.

    Args:
        path: `pathlib.Path` of the lock file.

    Yields:
        Whether the lock was free.
    """
    if fcntl is None:
        yield True
        return
    with open(path, "ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def folder_written_whole(folder):
    """Give a folder to write into, which takes the name `folder` when all is written.

    Until then an older folder of that name stays as it is. What a killed process left unfinished
    is removed.

    Args:
        folder: `pathlib.Path` of the folder to make or replace.

    Yields:
        `pathlib.Path` of the folder to write into.
    """
    unfinished = f".{folder.name}-unfinished-"
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left_by_a_killed_run in folder.parent.glob(f"{escape(unfinished)}*"):
        if not folder.exists() and (left_by_a_killed_run / "old").exists():
            os.replace(left_by_a_killed_run / "old", folder)  # killed between the two renames
        shutil.rmtree(left_by_a_killed_run, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        dir=folder.parent, prefix=unfinished, ignore_cleanup_errors=True
    ) as aside:
        new = Path(aside) / "new"
        new.mkdir()
        yield new
        _put_in_place(new, folder, old=Path(aside) / "old")


def _put_in_place(new, folder, old):
    if not folder.exists():
        os.replace(new, folder)
        return
    os.replace(folder, old)
    try:
        os.replace(new, folder)
    except OSError:
        os.replace(old, folder)
        raise


def holds_something_else(path, mark):
    """Say whether a path is taken by something that has not the file `mark` in it.

    Args:
        path: `pathlib.Path`. What is not there and an empty folder are free.
        mark: Name of a file that tells a folder of our own.
    """
    if not path.is_dir():
        return path.exists()
    return any(path.iterdir()) and not (path / mark).is_file()


def as_json(value):
    """Return a value as JSON knows it: NumPy's numbers as Python's, undefined ones as None.

    Example:

    >>> as_json({"mean": float("nan"), "counts": (1, 2)})
    {'mean': None, 'counts': [1, 2]}
    """
    if isinstance(value, dict):
        return {str(name): as_json(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(part) for part in value]
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers, without importing it
        return as_json(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
