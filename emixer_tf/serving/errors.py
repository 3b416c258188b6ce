"""What a server answered instead of studies."""


class ServingError(RuntimeError):
    """A server could not be reached, did not answer in time, or refused a request.

    Example:

    >>> from emixer_tf.serving import Client
    >>> client = Client("http://localhost:9", retries=0)  # where nobody listens
    >>> try:
    ...     client.labels
    ... except ServingError as error:
    ...     print("Served elsewhere?", "Remedy: " in str(error))
    Served elsewhere? True
    """
