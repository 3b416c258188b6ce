"""Which films of a study are on disk, and which of them are taken."""

import os
from operator import attrgetter

from emixer_tf.data.card import CARD
from emixer_tf.data.errors import DataError

FRONTAL = ("PA", "AP", "FRONTAL")  # in order of preference; FRONTAL: PA or AP, it is not said which


def files_below(root, endings):
    """Return the names of all files below a folder that have one of some endings.

    One walk through the folders is much faster than a look for every film. Linked folders are not
    entered: a link may lead out of the data set, or round in a circle. Nor are hidden folders and
    prepared data sets, which may have been put here.

    Args:
        root: Folder of the data set.
        endings: Tuple of lower-case endings: `(".jpg", ".dcm")`.

    Returns:
        Sorted list of paths relative to the root, with "/" between folders.
    """
    root = str(root)
    names = []
    for folder, inner, files in os.walk(root):
        inner[:] = [] if CARD in files else [name for name in inner if not name.startswith(".")]
        if CARD in files:
            continue
        there = folder[len(root) :].replace(os.sep, "/").strip("/")
        names += [
            f"{there}/{name}" if there else name
            for name in files
            if name.lower().endswith(endings) and not name.startswith(".")  # ._ is macOS's
        ]
    return sorted(names)


def films_there(flow, films, root, on_disk, table):
    """Keep the films that are on disk, and note those on disk that nothing names.

    Users often hold a part of a data set, so a film that is not there is no fault.

    Args:
        flow: `Flow`.
        films: List of objects with `name` and `source`.
        root: Folder of the data set.
        on_disk: Names of the films there.
        table: Where they are named, for messages.

    Returns:
        List of those kept.

    Raises:
        DataError: If none is there.
    """
    named = {film.name for film in films}
    flow.keep(
        list(on_disk),
        "film is named",
        f"on disk, but not in {table}",
        named.__contains__,
        source=str,
    )
    there = set(on_disk)
    kept = flow.keep(films, "film on disk", "not on disk", lambda film: film.name in there)
    if not kept:
        first = f": {films[0].name} ({films[0].source}) and so on" if films else ""
        raise DataError(
            f"{root} holds none of the {len(films)} films named in {table}{first}. Remedy: check "
            "--root, or fetch the films. Linked folders are not entered."
        )
    return kept


def frontal_films(flow, films, how="one"):
    """Keep the frontal films, and of each study one: PA before AP, then the first by name.

    Args:
        flow: `Flow`.
        films: List of objects with `study`, `view` (one of `FRONTAL`, "" where nothing says it, or
            anything else for other views), `name` and `source`.
        how: "one" film a study, or "all" frontal films.

    Returns:
        List of those kept, in their order.
    """
    known = flow.keep(films, "view known", "no tag or table names its view", attrgetter("view"))
    frontal = flow.keep(
        known, "frontal view", "neither PA nor AP", lambda film: film.view in FRONTAL
    )
    if how == "all":
        return frontal
    chosen = {}
    for film in sorted(frontal, key=lambda film: (FRONTAL.index(film.view), film.name)):
        chosen.setdefault(film.study, film)
    return flow.keep(
        frontal,
        "one film a study",
        "another frontal film of the study is taken",
        lambda film: chosen[film.study] is film,
    )
