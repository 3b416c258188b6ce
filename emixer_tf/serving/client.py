"""A client of an exported model on TensorFlow Serving, by REST or gRPC."""

import io
import json
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image

from emixer_tf.models.generation import Studies, film_picture, label_matrix
from emixer_tf.serving.remote_calls import RemoteCallTransport
from emixer_tf.serving.rest import RestTransport

_TRANSPORTS = {
    "http": RestTransport,
    "https": RestTransport,
    "grpc": RemoteCallTransport,
    "grpcs": RemoteCallTransport,
}
_STUDIES_A_REQUEST = 32
_SEEDS = 2**32


class Client:
    """Studies, descriptions and readings from a server.

    Args:
        address: "http://host:8501" or "https://…" for REST; "grpc://host:8500" or "grpcs://…" for
            gRPC, which needs the extra `serving` and has less to send.
        model: Name of the model on the server.
        version: Version of the model; None for the newest.
        timeout: Seconds to wait for an answer; by REST as many again to connect.
        retries: Times that a request is repeated while the server cannot be reached or is busy; 4
            at most by gRPC.

    Raises:
        ValueError: If the address has another scheme.
        ImportError: If the address is of gRPC, and the extra `serving` is not installed.

    Example:

    >>> client = Client("http://localhost:8501", model="emixer")  # asks nothing yet
    >>> client.generate({"Pleural Effusion": 1}, seed=2**32)
    Traceback (most recent call last):
        ...
    ValueError: seed is 0 to 2^32 - 1, a whole number. Received: seed=4294967296
    >>> studies = client.generate({"Pleural Effusion": 1}, n=8, seed=0)  # doctest: +SKIP
    >>> client.describe(["film.png", "film.dcm"])  # doctest: +SKIP
    """

    def __init__(self, address, model="emixer", version=None, timeout=60.0, retries=3):
        scheme = address.partition("://")[0]
        if scheme not in _TRANSPORTS or "://" not in address:
            raise ValueError(
                f"An address begins with {'://, '.join(_TRANSPORTS)}://. Received: {address!r}. "
                "Remedy: http://localhost:8501, say."
            )
        self._transport = _TRANSPORTS[scheme](address, model, version, timeout, retries)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """Close the connection."""
        self._transport.close()

    @cached_property
    def metadata(self):
        """What the server's model is: a dict of labels, resolution, method, licence and more."""
        question = {"question": np.array([""], object)}
        answer = self._transport.predict("metadata", question, ["metadata"])
        return json.loads(answer["metadata"][0])

    @property
    def labels(self):
        """Names of the labels, in order."""
        return tuple(self.metadata["labels"])

    def generate(self, labels, n=1, seed=0, truncation=None, temperature=0.0):
        """Make new studies, those that `generate` of the exported model makes of this seed.

        Args:
            labels: Labels by name (missing ones are 0), a list of such dicts, or an array
                `[n, label_count]`.
            n: Studies to make of a dict.
            seed: 0 to 2^32 - 1; study `i` depends on `(seed, i)` and its labels alone.
            truncation: Noise is cut at +-truncation, above 0; None: not cut.
            temperature: Of the words, 0 or more; 0 takes the most probable ones.

        Returns:
            `Studies`.

        Raises:
            ValueError: If a label is unknown, labels are None or not finite, no study is asked
                for, or the seed, truncation or temperature is out of range.
            ServingError: If the server did not answer.
        """
        matrix = self._checked(labels, n, seed, truncation, temperature)
        inputs = {
            "labels": matrix,
            # NumPy seeds with words of 32 bits: those of one long number are those of two short.
            "seed": int(seed) + np.arange(len(matrix), dtype="int64") * _SEEDS,
            "temperature": np.full(len(matrix), temperature, "float32"),
            "truncation": np.full(len(matrix), truncation or 0.0, "float32"),
        }
        reads = self.metadata["reads_film_labels"]
        outputs = ["image_png_bytes", "report", *(["label_readings"] if reads else [])]
        made = self._in_requests("serving_default", inputs, outputs)
        return Studies(
            images=np.stack([_film(data) for data in made["image_png_bytes"]]),
            reports=[text.decode() for text in made["report"]],
            label_names=self.labels,
            label_values=matrix,
            seed=seed,
            label_readings=made["label_readings"].astype("float32") if reads else None,
        )

    def _checked(self, labels, n, seed, truncation, temperature):
        """Return labels as a matrix; what no server need see is told here."""
        if labels is None:
            raise ValueError("A client knows no labels of its own. Remedy: say which to make.")
        if seed != int(seed) or not 0 <= seed < _SEEDS:
            raise ValueError(f"seed is 0 to 2^32 - 1, a whole number. Received: seed={seed}")
        if truncation is not None and not 0 < truncation < np.inf:
            raise ValueError(
                f"truncation must be positive, or None for whole noise. Received: {truncation}"
            )
        if not 0 <= temperature < np.inf:
            raise ValueError(f"temperature is 0 or more. Received: temperature={temperature}")
        matrix = label_matrix(labels, n, self.labels, (), seed)
        if not np.isfinite(matrix).all():
            raise ValueError("labels must be numbers, 0 or 1. Received: NaN or infinity")
        return matrix

    def describe(self, films):
        """Write reports for films.

        Args:
            films: Paths of PNG, JPEG or DICOM files (one or many), or arrays uint8
                `[height, width]` or `[height, width, 1 or 3]`.

        Returns:
            List of reports.

        Raises:
            ValueError: If a file is missing, a DICOM file or an array is no film, or the model
                describes none.
            ServingError: If the server did not answer, or could not read a PNG or JPEG file.
        """
        if not self.metadata["describes_films"]:
            raise ValueError(
                f"A {self.metadata['method']} describes no films. Remedy: export an EMIXER."
            )
        reports = self._of_films("describe", "report", films, self.metadata)
        return [text.decode() for text in reports]

    def classify(self, films):
        """Read labels off films by the classifier that was exported with the model.

        Args:
            films: As for `describe`.

        Returns:
            float32 `[n, label_count]`: probabilities of `metadata["classifier"]["labels"]`.

        Raises:
            ValueError: If a file is missing, a DICOM file or an array is no film, or no
                classifier was exported.
            ServingError: If the server did not answer, or could not read a PNG or JPEG file.
        """
        kind = self.metadata["classifier"]
        if kind is None:
            raise ValueError(
                "No classifier was exported with this model. Remedy: export it with `--classifier`."
            )
        rows = self._of_films("classify", "probability", films, kind)
        return np.reshape(rows, (-1, len(kind["labels"]))).astype("float32")

    def _of_films(self, signature, output, films, kind):
        """Ask about films, which the server brings to the size of a model of this kind."""
        if isinstance(films, (str, Path)):
            films = [films]
        data = np.empty(len(films), object)
        data[:] = [_film_bytes(film, kind["resolution"], kind["channels"]) for film in films]
        if not len(films):
            return data
        return self._in_requests(signature, {"image_bytes": data}, [output])[output]

    def _in_requests(self, signature, inputs, outputs):
        """Ask for rows, `_STUDIES_A_REQUEST` at a time."""
        count = len(next(iter(inputs.values())))
        parts = [
            self._transport.predict(
                signature,
                {name: v[start : start + _STUDIES_A_REQUEST] for name, v in inputs.items()},
                outputs,
            )
            for start in range(0, count, _STUDIES_A_REQUEST)
        ]
        return {name: np.concatenate([part[name] for part in parts]) for name in outputs}


def _film(data):
    """Return the pixels of a PNG file, uint8 `[height, width, channels]`."""
    with Image.open(io.BytesIO(data)) as image:
        pixels = np.asarray(image)
    return pixels if pixels.ndim == 3 else pixels[..., None]


def _film_bytes(film, resolution, channels):
    """Return a film as the bytes of a PNG or JPEG file; DICOM is decoded and made small here."""
    if isinstance(film, (str, Path)):
        from emixer_tf.data.dicom import decode_dicom
        from emixer_tf.data.dicom_elements import is_dicom
        from emixer_tf.data.film_bytes import file_bytes
        from emixer_tf.data.squares import square

        data = file_bytes(film)
        if not is_dicom(data):
            return data
        film = square(decode_dicom(data, str(film), "voi"), resolution, channels, "pad")
    film = np.asarray(film)
    colours = film.shape[2:] in ((), (1,), (3,))
    if film.dtype != np.uint8 or film.ndim < 2 or not colours or not film.size:
        raise ValueError(
            "A film is a path, or uint8 [height, width] or [height, width, 1 or 3]. Received: "
            f"{film.dtype} {list(film.shape)}. Remedy: `emixer_tf.data.square` makes uint8 films "
            "of what `read_dicom` returns."
        )
    file = io.BytesIO()
    film_picture(film if film.ndim == 3 else film[..., None]).save(file, "PNG")
    return file.getvalue()
