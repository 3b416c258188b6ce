"""The errors that data raises."""


class DataError(ValueError):
    """Something about the data: file, row and value, and what to do about it."""


class RowError(DataError):
    """A row that cannot be used.

    Args:
        kind: Kind of fault, for counting: "unreadable film", "bad label" and so on.
        message: As for `DataError`.
    """

    def __init__(self, kind, message):
        super().__init__(message)
        self.kind = kind
