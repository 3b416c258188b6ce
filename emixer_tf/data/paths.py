"""Paths that stay below the root of a data set."""

from pathlib import Path

from emixer_tf.data.errors import DataError, RowError


def check_root(root, *expected):
    """Refuse a root that is no folder or lacks what a source needs to find there.

    Args:
        root: Folder of the data set.
        *expected: Glob patterns, of which at least one must match.

    Returns:
        `pathlib.Path`.

    Raises:
        DataError: Naming the folder and what was looked for.
    """
    root = Path(root)
    if not root.is_dir():
        raise DataError(f"{root}: there is no such folder. Remedy: check --root.")
    if expected and not any(next(root.glob(pattern), None) for pattern in expected):
        raise DataError(
            f"{root} has no {' and no '.join(expected)}; it holds {contents(root)}. "
            "Remedy: --root names "
            "the folder that the publisher ships."
        )
    return root


def contents(folder):
    """Name the first files and folders in a folder, for messages.

    Args:
        folder: `pathlib.Path`.
    """
    return ", ".join(sorted(path.name for path in folder.iterdir())[:8]) or "nothing"


def inside(root, name):
    """Return the path of a file below a root, and refuse one that leads out of it.

    Symbolic links are followed first, so that a link cannot lead out either. A root that is a link
    itself is no fault.

    Args:
        root: Folder of the data set.
        name: Path relative to it, as a table or an archive gives it.

    Returns:
        `pathlib.Path`.

    Raises:
        RowError: If the path leads out of the root.
    """
    path = Path(root) / name
    if not path.resolve().is_relative_to(Path(root).resolve()):
        raise RowError(
            "film outside the root",
            f"{path}: this leads out of {root}. Remedy: move the file below the root, or name a "
            "root that holds it.",
        )
    return path
