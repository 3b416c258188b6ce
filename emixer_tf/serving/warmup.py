"""Requests that a server runs before it takes others, so that the first user does not wait."""

import importlib.util
import io

import numpy as np
import tensorflow as tf
from PIL import Image

WARMUP = "assets.extra/tf_serving_warmup_requests"  # where TensorFlow Serving looks for them


def can_write_warmup():
    """Return whether the package of TensorFlow Serving's messages is installed."""
    return importlib.util.find_spec("tensorflow_serving") is not None


def write_warmup(path, requests):
    """Write requests as TensorFlow Serving reads them.

    Args:
        path: `pathlib.Path` of the file.
        requests: Dict from names of signatures to dicts of arrays by name.
    """
    from tensorflow_serving.apis import prediction_log_pb2

    path.parent.mkdir(parents=True, exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature, inputs in requests.items():
            log = prediction_log_pb2.PredictionLog()
            request = log.predict_log.request
            request.model_spec.signature_name = signature
            for name, value in inputs.items():
                request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
            writer.write(log.SerializeToString())


def example_requests(functions):
    """Return one request of one study for every signature.

    Args:
        functions: Dict of concrete functions, as `signatures` returns it.

    Returns:
        Dict from their names to dicts of arrays.
    """
    return {
        signature: {
            spec.name: _example(spec)
            for spec in tf.nest.flatten(function.structured_input_signature)
        }
        for signature, function in functions.items()
    }


def _example(spec):
    """Return the input of one study, by its name."""
    if spec.name == "image_bytes":
        film = io.BytesIO()
        Image.fromarray(np.eye(8, dtype="uint8") * 255).save(film, "PNG")
        return np.array([film.getvalue()], object)
    if spec.dtype == tf.string:
        return np.array([""], object)
    return np.zeros([1, *spec.shape[1:]], spec.dtype.as_numpy_dtype)
