"""The table beside generated films: its columns."""

GENERATED_TABLE = "studies.csv"
READ = " (read)"  # ends the name of a column of labels as the model reads them

NEEDED = ("file", "report")
_NO_LABELS = (*NEEDED, "seed", "index")


def asked_labels(columns):
    """Return the names of the labels that were asked for, in the order of their columns.

    Args:
        columns: Names of the columns.

    Example:

    >>> asked_labels(["file", "Edema", "report", "seed", "index", "Edema (read)"])
    ('Edema',)
    """
    return tuple(name for name in columns if name not in _NO_LABELS and not name.endswith(READ))
