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

    Raises:
        tf.errors.InvalidArgumentError: If the inputs have unequal numbers of rows.

    Example:

    >>> twice = in_batches_of_one_size(lambda x: {"b": 2 * x["a"]}, {"a": tf.range(40)})
    >>> twice["b"].shape[0], int(twice["b"][-1])
    (40, 78)
    """
    counts = tf.stack([tf.shape(value)[0] for value in inputs.values()])
    rows = counts[0]
    alike = tf.debugging.Assert(
        tf.reduce_all(counts == rows),
        [f"{', '.join(inputs)} need as many rows as each other. Received:", counts],
    )
    batches = -(-rows // GENERATION_BATCH)
    with tf.control_dependencies([alike]):
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
