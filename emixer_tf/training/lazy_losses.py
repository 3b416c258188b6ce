"""Losses that teach every few steps only, as what they read takes long to make."""

import tensorflow as tf

from emixer_tf.training.distribution import replica_count


def every(interval, step, names, losses):
    """Return losses, times `interval`, at every `interval`-th step, and zeros at the others.

    Over `interval` steps they weigh as much as if they had been computed at each.

    Args:
        interval: Int; at 1 the losses are returned as they are.
        step: Scalar int32 tensor.
        names: Of the losses.
        losses: Function of no arguments that returns a dict of scalar losses. At the other steps it
            is not computed, unless there are several replicas: those may not update variables (the
            vectors of spectral norms) in one branch of a graph.

    Returns:
        Dict of scalars.

    Example:

    >>> def losses():
    ...     return {"loss": tf.constant(0.5)}
    >>> [float(every(4, tf.constant(k), ["loss"], losses)["loss"]) for k in range(5)]
    [2.0, 0.0, 0.0, 0.0, 2.0]

    Reference:
        Karras et al. (arXiv:1912.04958), section 4.1, "lazy regularization".
    """
    if interval == 1:
        return losses()
    due = step % interval == 0
    if replica_count() > 1:
        weight = tf.where(due, float(interval), 0.0)
        return {name: weight * loss for name, loss in losses().items()}

    def computed():
        return {name: interval * loss for name, loss in losses().items()}

    return tf.cond(due, computed, lambda: {name: tf.zeros(()) for name in names})
