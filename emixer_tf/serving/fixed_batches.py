"""Batches of one size in a graph, so that a study's bytes do not depend on its company."""

import tensorflow as tf

from emixer_tf.models.generation import GENERATION_BATCH


def in_batches_of_one_size(function, inputs):
    """Run a function over rows, always on `GENERATION_BATCH` of them, as `generate` does.

    Args:
        function: Takes and returns dicts of tensors `[GENERATION_BATCH, ...]`.
        inputs: Dict of tensors `[n, ...]`; the last batch is filled up with its last row.

    Returns:
        Dict of tensors `[n, ...]`.

    Example:

    >>> twice = in_batches_of_one_size(lambda x: {"b": 2 * x["a"]}, {"a": tf.range(40)})
    >>> twice["b"].shape[0], int(twice["b"][-1])
    (40, 78)
    """
    rows = tf.shape(next(iter(inputs.values())))[0]
    batches = -(-rows // GENERATION_BATCH)
    places = tf.minimum(tf.range(batches * GENERATION_BATCH), rows - 1)
    batched = {
        name: tf.reshape(
            tf.gather(value, places), [batches, GENERATION_BATCH, *value.shape.as_list()[1:]]
        )
        for name, value in inputs.items()
    }
    of_a_batch = tf.function(function, autograph=False).get_concrete_function(
        {name: tf.TensorSpec(value.shape[1:], value.dtype) for name, value in batched.items()}
    )
    outputs = tf.map_fn(
        of_a_batch,
        batched,
        fn_output_signature=tf.nest.map_structure(
            lambda value: tf.TensorSpec(value.shape, value.dtype), of_a_batch.structured_outputs
        ),
        parallel_iterations=1,
    )
    return {
        name: tf.reshape(value, [-1, *value.shape.as_list()[2:]])[:rows]
        for name, value in outputs.items()
    }


def with_as_many_rows(inputs):
    """Return tensors as they are, once it is sure that they have as many rows as each other.

    Args:
        inputs: Dict of tensors `[n, ...]`.

    Returns:
        Dict of the same tensors.

    Raises:
        tf.errors.InvalidArgumentError: If numbers of rows differ.
    """
    counts = tf.stack([tf.shape(value)[0] for value in inputs.values()])
    check = tf.debugging.Assert(
        tf.reduce_all(counts == counts[0]),
        [f"{', '.join(inputs)} need as many rows as each other. Received:", counts],
    )
    with tf.control_dependencies([check]):
        return {name: tf.identity(value) for name, value in inputs.items()}
