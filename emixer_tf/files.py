"""Files and folders that appear whole or not at all."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path


def write_whole(path, text):
    """Write a text file aside and rename it, so that no reader meets half of it."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    os.replace(aside, path)


@contextlib.contextmanager
def folder_written_whole(folder, replaceable):
    """Give a folder beside `folder` to write into, which takes its name when all is written.

    Args:
        folder: `pathlib.Path` of the folder to make or replace.
        replaceable: Names of files that may go; a folder that holds others is left alone.

    Yields:
        `pathlib.Path` of the folder to write into.

    Raises:
        FileExistsError: If the folder exists and holds other files.
    """
    foreign = [path.name for path in folder.glob("*") if path.name not in replaceable]
    if foreign:
        raise FileExistsError(
            f"{folder} holds {foreign[0]!r}, which would be lost. Remedy: name another folder."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-unfinished-"))
    try:
        yield aside
        exchange(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def exchange(aside, folder):
    """Put a finished folder in the place of `folder`; the older one goes last."""
    aside.chmod(0o755)  # mkdtemp makes folders that others cannot read
    older = aside.with_name(f"{aside.name}-older")
    if folder.exists():
        os.replace(folder, older)
    os.replace(aside, folder)
    shutil.rmtree(older, ignore_errors=True)
