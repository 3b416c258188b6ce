"""Asking TensorFlow Serving by REST, columnar format."""

import base64

import numpy as np
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from emixer_tf.serving.errors import ServingError

_BUSY = (429, 502, 503, 504)
_BYTES = "_bytes"  # names that end so hold binary strings, as the server decides


class RestTransport:
    """A model on a server, reached by HTTP.

    Args:
        address: As "http://localhost:8501".
        model: Name of the model on the server.
        version: Its version; None for the newest.
        timeout: Seconds to connect, and to answer.
        retries: Times that a request is repeated while the server cannot be reached or is busy.
    """

    def __init__(self, address, model, version, timeout, retries):
        place = "" if version is None else f"/versions/{version}"
        self.url = f"{address.rstrip('/')}/v1/models/{model}{place}:predict"
        self.timeout = timeout
        self.session = requests.Session()
        retry = Retry(
            total=retries,
            read=0,  # a slow server would compute the same answer once more
            backoff_factor=0.2,
            respect_retry_after_header=False,
            status_forcelist=_BUSY,
            allowed_methods=None,  # requests are repeatable: the same one gives the same bytes
            raise_on_status=False,
        )
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=retry))

    def predict(self, signature, inputs, outputs):
        """Return outputs of a signature.

        Args:
            signature: Its name.
            inputs: Dict from names to arrays.
            outputs: Names of the outputs that are wanted.

        Returns:
            Dict from names to arrays; strings and bytes as object arrays of `bytes`.

        Raises:
            ServingError: If there is no such answer.
        """
        body = {
            "signature_name": signature,
            "inputs": {name: _to_json(name, value) for name, value in inputs.items()},
        }
        try:
            answer = self.session.post(self.url, json=body, timeout=self.timeout)
        except requests.RequestException as error:
            raise ServingError(
                f"{self.url} gave no answer ({error}). Remedy: check address and server, or allow "
                f"more than {self.timeout:g} seconds."
            ) from error
        given = _outputs(answer)
        if given is None:
            raise ServingError(f"{self.url} answered {answer.status_code}: {_told(answer)}")
        if not isinstance(given, dict):  # what a signature with one output answers
            given = {outputs[0]: given}
        missing = [name for name in outputs if name not in given]
        if missing:
            raise ServingError(f"{self.url} gave no {missing[0]!r}: it gave {sorted(given)}.")
        return {name: _from_json(name, given[name]) for name in outputs}

    def close(self):
        """Close the connections."""
        self.session.close()


def _outputs(answer):
    """Return the outputs of an answer, or None if it holds none."""
    try:
        return answer.json()["outputs"] if answer.status_code == 200 else None
    except (ValueError, KeyError, TypeError):
        return None


def _told(answer):
    try:
        return answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        return answer.text[:500]


def _to_json(name, value):
    if not name.endswith(_BYTES):
        return value.tolist()
    return [{"b64": base64.b64encode(data).decode("ascii")} for data in value]


def _from_json(name, value):
    if name.endswith(_BYTES):
        return _objects([base64.b64decode(item["b64"]) for item in value])
    if value and isinstance(value[0], str):
        return _objects([text.encode() for text in value])
    return np.asarray(value)


def _objects(values):
    array = np.empty(len(values), object)
    array[:] = values
    return array
