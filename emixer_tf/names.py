"""Names a user misspelt."""

import difflib


def did_you_mean(name, known):
    """Return a sentence that suggests names near `name`, or lists all, with a space before it.

    Args:
        name: What was given.
        known: The names there are; upper and lower case are not told apart.

    Returns:
        Text to append to an error.

    Example:

    >>> did_you_mean("edma", ["Edema", "Fracture"])
    " Did you mean 'Edema'?"
    """
    lowered = {str(item).lower(): str(item) for item in known}
    near = difflib.get_close_matches(str(name).lower(), lowered, cutoff=0.5)
    if near:
        return f" Did you mean {' or '.join(repr(lowered[key]) for key in near)}?"
    return f" There are: {', '.join(map(str, known))}."
