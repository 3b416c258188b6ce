"""Batches for a number of updates, in an order that a seed gives."""

import numpy as np
import tensorflow as tf


def batch_order(count, batch_size, updates, seed):
    """Return the places of studies in batches; every study comes once before one comes twice.

    Args:
        count: Number of studies.
        batch_size: Studies in a batch.
        updates: Number of batches.
        seed: Of the order.

    Returns:
        int `[updates, batch_size]`.

    Raises:
        ValueError: If there are no studies.

    Example:

    >>> sorted(batch_order(count=4, batch_size=2, updates=2, seed=0).ravel().tolist())
    [0, 1, 2, 3]
    """
    if not count:
        raise ValueError(
            "There are no studies to train on. Remedy: data whose training split has some, with "
            "reports where reports are learnt."
        )
    random = np.random.default_rng(seed)
    rounds = -(-batch_size * updates // count)
    order = np.concatenate([random.permutation(count) for _ in range(rounds)])
    return order[: batch_size * updates].reshape(updates, batch_size)


def study_batches(batch_of, count, batch_size, updates, seed):
    """Return a stream of batches.

    Args:
        batch_of: Function of places `[batch_size]` to a batch of arrays, as `fit` takes it.
        count, batch_size, updates, seed: As for `batch_order`.

    Returns:
        `tf.data.Dataset` of `updates` batches.
    """
    order = batch_order(count, batch_size, updates, seed)
    signature = tf.nest.map_structure(
        lambda array: tf.TensorSpec(np.shape(array), tf.as_dtype(array.dtype)), batch_of(order[0])
    )

    def batches():
        for places in order:
            yield batch_of(places)

    return tf.data.Dataset.from_generator(batches, output_signature=signature).prefetch(2)
