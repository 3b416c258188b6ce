"""The errors that data raises."""


class DataError(ValueError):
    """Something about the data: file, row and value, and what to do about it.

    Example:

    >>> from emixer_tf.data import read_card
    >>> read_card("nowhere")
    Traceback (most recent call last):
        ...
    emixer_tf.data.errors.DataError: nowhere is no prepared data set: dataset.json is missing.
    Remedy: run `emixer prepare`.
    """


class RowError(DataError):
    """A row that cannot be used.

    Args:
        kind: Kind of fault, for counting: "unreadable film", "bad label" and so on.
        message: As for `DataError`.
    """

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
