"""What a server answered instead of studies."""


class ServingError(RuntimeError):
    """A server could not be reached, did not answer in time, or refused a request."""
