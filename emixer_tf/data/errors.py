"""The error that data raises, and how it names neighbours of a misspelt name."""

import difflib


class DataError(ValueError):
    """Something about the data: file, row and value, and what to do about it."""


def did_you_mean(name, known):
    """Return " Did you mean ...?" with the known names near `name`, or the list of all."""
    lowered = {str(item).lower(): str(item) for item in known}
    near = difflib.get_close_matches(str(name).lower(), lowered, cutoff=0.5)
    if near:
        return f" Did you mean {' or '.join(repr(lowered[key]) for key in near)}?"
    return f" There are: {', '.join(map(str, known))}."
