"""Sums of losses and of their gradients."""

import tensorflow as tf


def weigh(losses, weights):
    """Return the weighted sum of named losses."""
    return tf.add_n([weights[name] * loss for name, loss in losses.items()])


def sum_by_variable(parts, variables):
    """Add up gradients of several losses, each given as `(variables, gradients)`.

    Returns:
        One gradient a variable of `variables`; zeros where no loss reaches it.
    """
    sums = {id(variable): None for variable in variables}
    for part_variables, gradients in parts:
        for variable, gradient in zip(part_variables, gradients, strict=True):
            if gradient is not None:
                gradient = tf.convert_to_tensor(gradient)  # embeddings' gradients are sparse
                known = sums[id(variable)]
                sums[id(variable)] = gradient if known is None else known + gradient
    return [
        tf.zeros(variable.shape) if sums[id(variable)] is None else sums[id(variable)]
        for variable in variables
    ]
