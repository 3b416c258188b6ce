"""The terms of EMIXER's objective as pure functions.

`weights` are per-row weights normalised to mean 1 over the global batch (see
`training.distribution.balanced_weights`), so that a plain mean is the mean over the valid rows.
"""

import keras
from keras import ops


def weighted_mean(values, weights):
    """Return the mean of `values * weights`.

    Args:
        values: Float tensor.
        weights: Float tensor of the same shape, mean 1 over the valid entries.

    Returns:
        Scalar tensor.
    """
    return ops.mean(values * weights)


def discriminator_loss(kind, real_logits, fake_logits, real_weights, fake_weights):
    """Adversarial loss of a discriminator.

    Args:
        kind: "hinge" or "log" (the paper's V).
        real_logits: `[batch]`.
        fake_logits: `[fakes]`.
        real_weights: `[batch]`, mean 1.
        fake_weights: `[fakes]`, mean 1.

    Returns:
        Scalar tensor.

    Example:

    >>> from keras import ops
    >>> one = ops.ones((1,))
    >>> float(discriminator_loss("hinge", 0.5 * one, -2.0 * one, one, one))
    0.5

    Reference:
        EMIXER, section 3.2.3, V(G, D); hinge: Lim and Ye, Geometric GAN (arXiv:1705.02894).
    """
    if kind == "hinge":
        real, fake = ops.relu(1.0 - real_logits), ops.relu(1.0 + fake_logits)
    else:
        real, fake = ops.softplus(-real_logits), ops.softplus(fake_logits)
    return weighted_mean(real, real_weights) + weighted_mean(fake, fake_weights)


def generator_loss(kind, fake_logits):
    """Adversarial loss of a generator: `-logit` for hinge, `-log D` for the log loss.

    Args:
        kind: "hinge" or "log".
        fake_logits: `[batch]`.

    Returns:
        Scalar tensor.
    """
    if kind == "hinge":
        return -ops.mean(fake_logits)
    return ops.mean(ops.softplus(-fake_logits))


def cross_entropy(targets, logits, weights):
    """Weighted mean cross-entropy from logits; entries of weight 0 give no loss and no gradient.

    Args:
        targets: Integer ids `[...]`.
        logits: `[..., classes]`.
        weights: `[...]`, mean 1 over the valid entries.

    Returns:
        Scalar tensor.
    """
    losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    return weighted_mean(losses, weights)


def bernoulli_log_likelihood(values, logits):
    """Log-probability of 0/1 values that are drawn independently, elementwise.

    Args:
        values: Floats of 0 to 1 `[...]`.
        logits: `[...]`.

    Returns:
        `[...]`.
    """
    return values * logits - ops.softplus(logits)


def label_loss(labels, logits, known, weights):
    """Negative log-likelihood of multi-hot labels: summed over labels, averaged over studies.

    Args:
        labels: Floats of 0 to 1 `[batch, label_count]`.
        logits: `[batch, label_count]`.
        known: `[batch, label_count]`, 0 where a label says nothing.
        weights: `[batch]`, mean 1 over the labelled studies.

    Returns:
        Scalar tensor.

    Reference:
        Odena et al., AC-GAN (arXiv:1610.09585), equation 3, for independent labels.
    """
    losses = -known * bernoulli_log_likelihood(labels, logits)
    return weighted_mean(ops.sum(losses, axis=-1), weights)


def binary_cross_entropy(targets, logits, weights):
    """Weighted mean binary cross-entropy from logits, for the stop head.

    Args:
        targets: 0/1 floats `[...]`.
        logits: `[...]`.
        weights: `[...]`, mean 1 over the valid entries.

    Returns:
        Scalar tensor.
    """
    return weighted_mean(-bernoulli_log_likelihood(targets, logits), weights)
