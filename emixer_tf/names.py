"""Names and choices a user misspelt."""

import difflib


def check_choice(name, value, choices):
    """Refuse a value that is none of the choices.

    Args:
        name: Of the argument.
        value: What was given.
        choices: The values there are.

    Raises:
        ValueError: If the value is none of them.

    Example:

    >>> check_choice("fit", "squeeze", ("pad", "crop"))
    Traceback (most recent call last):
    ...
    ValueError: fit is one of pad, crop. Received: fit='squeeze'
    """
    if value not in choices:
        raise ValueError(
            f"{name} is one of {', '.join(map(str, choices))}. Received: {name}={value!r}"
        )


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
