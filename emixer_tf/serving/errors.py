"""What a server answered instead of studies."""


class ServingError(RuntimeError):
    """A server could not be reached, did not answer in time, or refused a request.

    Example:

    >>> from emixer_tf.serving import Client
    >>> Client("http://localhost:9", retries=0).labels
    Traceback (most recent call last):
        ...
    emixer_tf.serving.errors.ServingError: http://localhost:9/v1/models/emixer:predict gave no
    answer (...). Remedy: check address and server, or allow more than 60 seconds.
    """
