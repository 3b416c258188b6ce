"""Warnings that are to stand in a report, not to scroll by."""

import warnings
from contextlib import contextmanager


@contextmanager
def noted(notes):
    """Collect the texts of the warnings to users that are raised inside; others pass.

    Args:
        notes: List to which new texts are added, none twice.
    """
    with warnings.catch_warnings(record=True) as raised:
        warnings.simplefilter("always", UserWarning)
        yield
    for warning in raised:
        if warning.category is not UserWarning:
            warnings.warn_explicit(
                warning.message, warning.category, warning.filename, warning.lineno
            )
        elif str(warning.message) not in notes:
            notes.append(str(warning.message))
