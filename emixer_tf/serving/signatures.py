"""The functions that a server offers, by name."""

import json

import tensorflow as tf

from emixer_tf.serving.film_decoding import decoded_films
from emixer_tf.serving.fixed_batches import in_batches_of_one_size
from emixer_tf.serving.study_graph import StudyGraph, as_float

BETWEEN_NAMES = ";"
_NUMBERS = {
    "seed": tf.TensorSpec([None], tf.int64, "seed"),
    "temperature": tf.TensorSpec([None], tf.float32, "temperature"),
    "truncation": tf.TensorSpec([None], tf.float32, "truncation"),
}
_STRINGS = tf.TensorSpec([None], tf.string)


def signatures(model, metadata, candidates, top_p, classifier=None):
    """Return what a server offers of a model.

    Every input and output has studies along its first axis, and no other axis without a fixed
    size: a server that merges requests fills other axes up with what stands there first.

    - `serving_default`: `labels` float32 `[n, label_count]`, `seed` int64 `[n]`, `temperature` and
      `truncation` float32 `[n]` to `image` uint8 `[n, R, R, channels]`, `image_png_bytes` string
      `[n]`, `report` string `[n]` and, where the model reads labels off its films,
      `label_readings` float32 `[n, label_count]`;
    - `generate_by_name`: `label_names` string `[n]`, names with ";" between them, instead of
      `labels`;
    - `describe`: `image_bytes` string `[n]`, PNG or JPEG files, to `report`; `describe_pixels`:
      `image` uint8 `[n, R, R, channels]`. For a model that describes films;
    - `classify` and `classify_pixels`: the same to `probability` float32 `[n, label_count]`. Where
      there is a classifier, whose size R then is;
    - `metadata`: `question` string `[n]`, whatever it says, to `metadata` string `[n]`, JSON.

    Args:
        model: `StudyGenerator` with a vocabulary.
        metadata: JSON-serialisable dict; "resolution" and "channels" are those of films to
            describe, and "classifier" is a dict of the same of those to classify.
        candidates, top_p: As for `generate`.
        classifier: `keras.Model` from films in [-1, 1] to logits, or None.

    Returns:
        Dict from names to concrete functions.
    """
    graph, config = StudyGraph(model, candidates, top_p), model.config
    labels = tf.TensorSpec([None, len(config.labels)], tf.float32, "labels")

    def generate(labels, seed, temperature, truncation):
        studies = graph.generate(labels, seed, temperature, truncation)
        return {**studies, "image_png_bytes": tf.io.encode_png(studies["image"])}

    generate = _function(generate, labels=labels, **_NUMBERS)

    def generate_by_name(label_names, **numbers):
        return generate(labels=label_rows(label_names, config.labels), **numbers)

    functions = {
        "serving_default": generate,
        "generate_by_name": _function(generate_by_name, label_names=_STRINGS, **_NUMBERS),
        "metadata": _function(
            lambda question: {"metadata": tf.fill(tf.shape(question), json.dumps(metadata))},
            question=_STRINGS,
        ),
    }
    if hasattr(model, "describe"):
        functions |= _film_functions("describe", graph.describe, metadata)
    if classifier is not None:
        functions |= _film_functions("classify", _reading(classifier), metadata["classifier"])
    return functions


def label_rows(label_names, known):
    """Return rows of labels for names.

    Args:
        label_names: Strings `[n]`, names with `BETWEEN_NAMES` between them; "" names nothing.
        known: The model's labels, in order.

    Returns:
        float32 `[n, label_count]`.

    Raises:
        tf.errors.InvalidArgumentError: If a name is unknown.

    Example:

    >>> label_rows(tf.constant(["b; a", "", "b"]), ("a", "b")).numpy()
    array([[1., 1.],
           [0., 0.],
           [0., 1.]], dtype=float32)
    """
    names = tf.strings.split(label_names, BETWEEN_NAMES).to_tensor("")
    names = tf.strings.strip(names)  # [n, most names]
    named = names[..., None] == tf.constant(known)  # [n, most names, label_count]
    is_known = tf.reduce_any(named, axis=-1) | (names == "")
    check = tf.debugging.Assert(
        tf.reduce_all(is_known),
        [
            "This model has no label",
            tf.boolean_mask(names, ~is_known),
            "It has",
            f"{BETWEEN_NAMES} ".join(known),
        ],
        summarize=8,
    )
    with tf.control_dependencies([check]):
        return tf.cast(tf.reduce_any(named, axis=1), tf.float32)


def _film_functions(name, read, size):
    """Return a function of films for files and one for pixels.

    Args:
        name: Of the first.
        read: Function of `image` uint8 `[n, R, R, channels]`.
        size: Dict of "resolution" and "channels".
    """
    side, channels = size["resolution"], size["channels"]
    read = _function(read, image=tf.TensorSpec([None, side, side, channels], tf.uint8))

    def of_files(image_bytes):
        return read(image=decoded_films(image_bytes, side, channels))

    return {name: _function(of_files, image_bytes=_STRINGS), f"{name}_pixels": read}


def _reading(classifier):
    def of_a_batch(batch):
        logits = classifier(as_float(batch["image"]), training=False)
        return {"probability": tf.sigmoid(logits)}

    return lambda image: in_batches_of_one_size(of_a_batch, {"image": image})


def _function(function, **inputs):
    """Return a graph of a function whose arguments have the names and shapes of `inputs`."""
    named = {name: tf.TensorSpec(spec.shape, spec.dtype, name) for name, spec in inputs.items()}
    return tf.function(lambda **given: function(**given), autograph=False).get_concrete_function(
        **named
    )
