"""Features on disk, with the films they are of and the extractor that made them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emixer_tf.files import save_whole
from emixer_tf.metrics.feature_arrays import checked_features

_FIELDS = ("features", "ids", "identity")


@dataclass(frozen=True)
class FeatureFile:
    """What a feature file holds.

    Attributes:
        features: float32 or float64 `[n, d]`.
        ids: List of `n` strings, the films' names.
        identity: Dict, as of `FeatureExtractor`.
    """

    features: np.ndarray
    ids: list
    identity: dict


def write_features(path, features, ids, identity):
    """Write features, so that a file of this name is always a whole one.

    Args:
        path: File to write, a NumPy `.npz`. The folders above it are made.
        features: `[n, d]`.
        ids: Sequence of `n` different names of the films; what is no string is written as one.
        identity: Dict of the extractor that made them, `FeatureExtractor.identity`.

    Raises:
        ValueError: If the features are no finite matrix, or do not go with the ids.

    Example:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_features(f"{folder}/real.npz", [[0.5, 1.0]], ["film 1"], {"name": "example"})
    ...     read_features(f"{folder}/real.npz").ids
    ['film 1']

    Reference:
        docs/metrics.md, "Films".
    """
    features = checked_features(features, "given", least=1)
    ids = [str(film) for film in ids]
    _check_ids(ids, len(features))
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {
        "features": features,
        "ids": np.array(json.dumps(ids)),
        "identity": np.array(json.dumps(identity)),
    }
    save_whole(path, lambda file: np.savez(file, **arrays))


def read_features(path):
    """Read a file that `write_features` wrote.

    Args:
        path: The file.

    Returns:
        `FeatureFile`.

    Raises:
        ValueError: If the file is missing, damaged or another kind of file.

    Example:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     write_features(f"{folder}/real.npz", [[0.5, 1.0]], ["film 1"], {"name": "example"})
    ...     stored = read_features(f"{folder}/real.npz")
    >>> stored.features, stored.identity
    (array([[0.5, 1. ]]), {'name': 'example'})

    Reference:
        docs/metrics.md, "Films".
    """
    try:
        with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
            features, ids, identity = (archive[field] for field in _FIELDS)
        ids, identity = json.loads(ids.item()), json.loads(identity.item())
        features = checked_features(features, "stored", least=1)
        _check_ids(ids, len(features))
    except Exception as error:  # damage may make NumPy and zipfile raise anything
        raise ValueError(
            f"{path}: this is no readable feature file ({type(error).__name__}: {error}). Remedy: "
            "extract the features again."
        ) from None
    return FeatureFile(features, ids, identity)


def check_same_extractor(a, b):
    """Refuse to compare features of different extractors.

    Args:
        a: Dict, the identity of one, as of `FeatureExtractor` or `FeatureFile`.
        b: Dict, that of the other. The name may differ: it is for people.

    Raises:
        ValueError: If the two differ, naming the fields that do.

    Example:

    >>> check_same_extractor({"weights": "a", "name": "mine"}, {"weights": "a", "name": "yours"})
    >>> check_same_extractor({"weights": "a"}, {"weights": "b"})
    Traceback (most recent call last):
        ...
    ValueError: Features of different extractors cannot be compared. Received: identities that
    differ in weights: a and b. Remedy: extract both with the same extractor.

    Reference:
        docs/metrics.md, "Films".
    """
    a, b = _flat(a), _flat(b)
    differing = [field for field in sorted({*a, *b}) if a.get(field) != b.get(field)]
    if differing:
        received = "; ".join(f"{field}: {a.get(field)} and {b.get(field)}" for field in differing)
        raise ValueError(
            "Features of different extractors cannot be compared. Received: identities that differ "
            f"in {received}. Remedy: extract both with the same extractor."
        )


def _flat(identity):
    """Return an identity without its name, and what it says of the input field by field."""
    fields = {field: value for field, value in identity.items() if field not in ("name", "input")}
    inputs = {f"input {field}": value for field, value in identity.get("input", {}).items()}
    return {field: _as_stored(value) for field, value in {**fields, **inputs}.items()}


def _as_stored(value):
    return json.loads(json.dumps(value))


def _check_ids(ids, count):
    if len(ids) != count or len(set(ids)) != count:
        raise ValueError(
            f"Each row of features has an id of its own. Received: {count} rows and {len(ids)} "
            f"ids, {len(set(ids))} of them different. Remedy: pass one id a row, none twice."
        )
