"""Extractors from files: our classifiers, Keras models and SavedModels of others."""

import hashlib
import json
from pathlib import Path

import numpy as np

from emixer_tf.files import file_digest
from emixer_tf.metrics.feature_extractor import FEATURES, RESIZE, FeatureExtractor

_CLASSIFIER_FILE, _CLASSIFIER_CARD = "classifier.keras", "classifier.json"
_CLASSIFIER_RANGE = (-1.0, 1.0)


def load_extractor(path, value_range=None, resolution=None):
    """Load an extractor from a file or folder.

    - A folder that `emixer train-classifier` wrote: the features are its layer "features".
    - Any other `.keras` file: the output of its layer "features", or that of the model if it has no
      such layer.
    - Any other SavedModel folder: the output "features" of its signature "serving_default", or the
      first if it has no such output. It needs Keras on TensorFlow.

    Args:
        path: File or folder.
        value_range: `(black, white)`, the values that the model expects of a film, such as (-1, 1),
            (0, 1), (0, 255) or (-1024, 1024). For models of others only: neither file says it.
        resolution: Side of the films that the model gets. Only for one that takes any.

    Returns:
        `FeatureExtractor`.

    Raises:
        ValueError: If there is no such model, or what it expects of films stays unclear.

    Example:

    >>> import keras
    >>> from tempfile import TemporaryDirectory
    >>> films = keras.Input([8, 8, 1])
    >>> model = keras.Model(films, keras.layers.Conv2D(4, 3, name="features")(films))
    >>> with TemporaryDirectory() as folder:
    ...     model.save(f"{folder}/small.keras")
    ...     extractor = load_extractor(f"{folder}/small.keras", value_range=(0, 1))
    >>> extractor.identity["name"], extractor.identity["layer"]
    ('small', 'features')
    >>> extractor.extract(np.eye(16, dtype="uint8")[None, ..., None]).shape
    (1, 4)

    Reference:
        docs/metrics.md, "Films".
    """
    path = Path(path).resolve()
    if (path / _CLASSIFIER_FILE).is_file():
        return _load_classifier(path, value_range, resolution)
    if path.is_file() and path.suffix == ".keras":
        return _load_keras_file(path, value_range, resolution)
    if (path / "saved_model.pb").is_file():
        return _load_saved_model(path, value_range, resolution)
    raise ValueError(
        f"{path}: there is no extractor. Received: "
        f"{'a file or folder of another kind' if path.exists() else 'a path that does not exist'}. "
        "Remedy: give a folder that `emixer train-classifier` wrote, a .keras file or a SavedModel "
        "folder."
    )


def _load_classifier(folder, value_range, resolution):
    if value_range is not None or resolution is not None:
        raise ValueError(
            f"{folder}: a classifier of `emixer train-classifier` knows its value range and "
            f"resolution. Received: value_range={value_range}, resolution={resolution}. Remedy: "
            "leave both out."
        )
    card = _read_card(folder / _CLASSIFIER_CARD)
    model = _load_keras_model(folder / _CLASSIFIER_FILE)
    sides, channels = _film_shape(folder, model.inputs[0].shape)
    if sides != (card["resolution"],) * 2 or channels != card["channels"]:
        raise ValueError(
            f"{folder}: {_CLASSIFIER_FILE} and {_CLASSIFIER_CARD} do not belong together. "
            f"Received: a model for {sides} pixels and {channels} channels, and a card for "
            f"{card['resolution']} and {card['channels']}. Remedy: train the classifier again."
        )
    embed, layer = _keras_features(model)
    if layer != FEATURES:
        raise ValueError(
            f"{folder}: the classifier has no layer {FEATURES!r}. Received: layers "
            f"{[layer.name for layer in model.layers]}. Remedy: train the classifier again."
        )
    size = _input_identity(card["resolution"], channels, _CLASSIFIER_RANGE)
    weights = _file_hash(folder / _CLASSIFIER_FILE)
    return FeatureExtractor(embed, _identity(card["kind"], weights, layer, size))


def _load_keras_file(path, value_range, resolution):
    value_range = _checked_range(path, value_range)
    model = _load_keras_model(path)
    size = _input_of(path, model.inputs[0].shape, value_range, resolution)
    embed, layer = _keras_features(model)
    return FeatureExtractor(embed, _identity(path.stem, _file_hash(path), layer, size))


def _load_saved_model(folder, value_range, resolution):
    value_range = _checked_range(folder, value_range)
    embed, inputs, layer = _saved_model_features(folder)
    size = _input_of(folder, inputs, value_range, resolution)
    return FeatureExtractor(embed, _identity(folder.name, _folder_hash(folder), layer, size))


def _load_keras_model(path):
    import keras

    try:
        model = keras.models.load_model(path, compile=False)
        inputs = model.inputs or []
    except Exception as error:  # damage and code of others may make Keras raise anything
        raise ValueError(
            f"{path}: Keras cannot load this model ({_first_line(error)}). Remedy: save it again, "
            "without layers of your own, or export it as a SavedModel."
        ) from None
    if len(inputs) != 1:
        raise ValueError(
            f"{path}: an extractor takes films and nothing else. Received: a model with "
            f"{len(inputs)} known inputs. Remedy: save a functional model of one input."
        )
    return model


def _keras_features(model):
    """Return the function from films to features, and the name of the layer they come from."""
    import keras

    named = [layer for layer in model.layers if layer.name == FEATURES]
    output = named[0].output if named else model.outputs[0]
    layer = FEATURES if named else model.output_names[0]
    return keras.Model(model.input, output).predict_on_batch, layer


def _saved_model_features(folder):
    """Return the function from films to features, the shape of its input and its output's name."""
    import keras

    try:
        layer = keras.layers.TFSMLayer(str(folder), call_endpoint="serving_default")
        _, inputs = layer.call_endpoint_fn.structured_input_signature
        outputs = layer.call_endpoint_fn.structured_outputs
    except Exception as error:  # damage may make TensorFlow raise anything
        raise ValueError(
            f"{folder}: this SavedModel cannot be loaded ({_first_line(error)}). Remedy: export it "
            'again with a signature "serving_default", and use Keras on TensorFlow.'
        ) from None
    inputs = list(inputs.values())
    if len(inputs) != 1 or not inputs[0].dtype.is_floating:
        raise ValueError(
            f"{folder}: an extractor takes films of floats and nothing else. Received: a signature "
            f"with inputs {inputs}. Remedy: export a model of one input of floats."
        )
    name = FEATURES if FEATURES in outputs else min(outputs)
    dtype = inputs[0].dtype.name

    def embed(films):
        return keras.ops.convert_to_numpy(layer(keras.ops.cast(films, dtype))[name])

    return embed, inputs[0].shape, name


def _identity(name, weights, layer, size):
    return {"name": name, "weights": weights, "layer": layer, "input": size, "resize": RESIZE}


def _input_identity(resolution, channels, value_range):
    return {"resolution": resolution, "channels": channels, "range": list(value_range)}


def _input_of(path, shape, value_range, resolution):
    """Return what the identity says of the films that a model of others takes."""
    sides, channels = _film_shape(path, shape)
    possible = {side for side in (*sides, resolution) if side is not None}
    if len(possible) != 1:
        raise ValueError(
            f"{path}: what size of square films the model takes is not clear. Received: a model "
            f"for {sides} pixels (None: any), and resolution={resolution}. Remedy: pass a "
            "resolution for a model that takes any, and none for another."
        )
    return _input_identity(possible.pop(), channels, value_range)


def _film_shape(path, shape):
    """Return the two sides that a model takes, each perhaps None, and its channels."""
    shape = tuple(shape) if shape is not None and getattr(shape, "rank", 4) is not None else ()
    if len(shape) != 4 or shape[3] not in (1, 3):
        raise ValueError(
            f"{path}: an extractor takes films [batch, side, side, channels] of 1 or 3 channels. "
            f"Received: a model whose input is {shape}. Remedy: save one with such an input."
        )
    return shape[1:3], shape[3]


def _checked_range(path, value_range):
    if value_range is None:
        raise ValueError(
            f"{path}: this model does not say which values it expects of a film. Received: "
            "value_range=None. Remedy: pass (black, white) as in its training: (-1, 1), (0, 1), "
            "(0, 255) or (-1024, 1024), for instance."
        )
    ends = np.asarray(value_range, np.float64)
    if ends.shape != (2,) or not np.isfinite(ends).all() or ends[0] == ends[1]:
        raise ValueError(
            "A value range is (black, white), two different numbers. Received: "
            f"value_range={value_range}. Remedy: pass (0, 255), for instance."
        )
    return ends.tolist()


def _read_card(path):
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
        return {name: card[name] for name in ("kind", "resolution", "channels")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f"{path}: this is no card of a classifier ({type(error).__name__}: "
            f"{_first_line(error)}). Remedy: train the classifier again."
        ) from None


def _first_line(error):
    return str(error).strip().partition("\n")[0][:300]


def _file_hash(path):
    return f"sha256:{file_digest(path)}"


def _folder_hash(folder):
    """Return the hash of all files below a folder and of their names."""
    whole = hashlib.sha256()
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    for name in names:
        whole.update(f"{name}\n{_file_hash(folder / name)}\n".encode())
    return f"sha256:{whole.hexdigest()}"
