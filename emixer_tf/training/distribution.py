"""What a training step has to know about `tf.distribute`."""

import tensorflow as tf


def replica_count():
    """Return the number of replicas in sync, as a Python int."""
    return tf.distribute.get_strategy().num_replicas_in_sync


def replica_index():
    """Return this replica's place among the replicas (0 outside a replica)."""
    context = tf.distribute.get_replica_context()
    if context is None or replica_count() == 1:
        return 0
    return context.replica_id_in_sync_group


def mean_over_replicas(value):
    """Return the mean of a tensor over all replicas, on every replica."""
    if replica_count() == 1:
        return value
    return tf.distribute.get_replica_context().all_reduce("mean", value)


def rows_of_all_replicas(rows):
    """Return the rows of the global batch, on every replica."""
    if replica_count() == 1:
        return rows
    return tf.distribute.get_replica_context().all_gather(rows, axis=0)


def balanced_weights(mask):
    """Scale a 0/1 mask so that its mean over the global batch is 1.

    A mean of `values * weights` over all replicas is then the mean of the values whose mask is 1,
    however they are spread over the replicas. All zeros stay zeros.

    Args:
        mask: Float tensor of any shape.

    Returns:
        Tensor of the same shape.
    """
    share = mean_over_replicas(tf.reduce_mean(mask))
    return tf.math.divide_no_nan(mask, share)


def traced_once(function):
    """Return `function` as one graph function, whose second call reuses the first call's trace.

    Optimizers and synchronised batch norm have to leave the replica context, which TensorFlow
    forbids inside a nested graph function: with several replicas the function is returned as it is.
    """
    if replica_count() > 1:
        return function
    # Not inlined: the optimiser of graphs would else work on every call's copy.
    return tf.function(function, autograph=False, experimental_attributes={"_noinline": True})
