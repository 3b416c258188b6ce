"""The terms of EMIXER's objective as pure functions.

`weights` are per-row weights normalised to mean 1 over the global batch (see
`training.distribution.balanced_weights`), so that a plain mean is the mean over the valid rows.
"""

import keras
from keras import ops


def weighted_mean(values, weights):
    """Return the mean of `values * weights`: the mean of the valid values.

    Args:
        values: Float tensor.
        weights: Float tensor of the same shape: 0 where a value is not valid, mean 1 over the
            global batch.

    Returns:
        Scalar tensor.

    Example:

    >>> values, weights = ops.convert_to_tensor([3.0, 100.0]), ops.convert_to_tensor([2.0, 0.0])
    >>> float(weighted_mean(values, weights))
    3.0

    Reference:
        docs/design.md, "Choices where the paper is silent": what is unknown is masked in losses.
    """
    return ops.mean(values * weights)


def discriminator_loss(kind, real_logits, fake_logits, real_weights, fake_weights):
    """Adversarial loss of a discriminator.

    Args:
        kind: "hinge" or "log" (the paper's V).
        real_logits: Of real studies, `[batch]`; above 0 is real.
        fake_logits: Of made ones, `[fakes]`.
        real_weights: `[batch]`, as for `weighted_mean`.
        fake_weights: `[fakes]`, as for `weighted_mean`.

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
        kind: "hinge" or "log" (the paper's V in its non-saturating form).
        fake_logits: `[batch]`.

    Returns:
        Scalar tensor.

    Example:

    >>> logits = ops.convert_to_tensor([2.0, -1.0])
    >>> float(generator_loss("hinge", logits)), round(float(generator_loss("log", logits)), 3)
    (-0.5, 0.72)

    Reference:
        EMIXER, section 3.2.3, V(G, D); hinge: Lim and Ye, Geometric GAN (arXiv:1705.02894);
        non-saturating: Goodfellow et al., Generative adversarial networks (arXiv:1406.2661).
    """
    if kind == "hinge":
        return -ops.mean(fake_logits)
    return ops.mean(ops.softplus(-fake_logits))


def cross_entropy(targets, logits, weights):
    """Weighted mean cross-entropy from logits; entries of weight 0 give no loss and no gradient.

    Args:
        targets: Integer ids `[...]`.
        logits: `[..., classes]`.
        weights: `[...]`, as for `weighted_mean`.

    Returns:
        Scalar tensor, in nats.

    Example:

    >>> targets, weights = ops.convert_to_tensor([2]), ops.ones((1,))
    >>> round(float(cross_entropy(targets, ops.zeros((1, 4)), weights)), 3)  # log 4
    1.386

    Reference:
        EMIXER, section 3.2.2, for the softmax over words; that the decoder learns by this loss:
        docs/design.md, "Differences from the paper".
    """
    losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    return weighted_mean(losses, weights)


def bernoulli_log_likelihood(values, logits):
    """Log-probability of 0/1 values that are drawn independently, elementwise.

    Args:
        values: Floats of 0 to 1 `[...]`.
        logits: `[...]`.

    Returns:
        `[...]`, in nats, at most 0.

    Example:

    >>> values, logits = ops.convert_to_tensor([1.0, 0.0]), ops.convert_to_tensor([0.0, -2.0])
    >>> [round(float(value), 3) for value in bernoulli_log_likelihood(values, logits)]
    [-0.693, -0.127]

    Reference:
        Goodfellow, Bengio and Courville, Deep learning (2016), section 6.2.2.2.
    """
    return values * logits - ops.softplus(logits)


def label_loss(labels, logits, known, weights):
    """Negative log-likelihood of multi-hot labels: summed over labels, averaged over studies.

    Args:
        labels: Floats of 0 to 1 `[batch, label_count]`.
        logits: `[batch, label_count]`.
        known: `[batch, label_count]`, 1 where a label is known, else 0.
        weights: `[batch]`, as for `weighted_mean`; 0 for studies without labels.

    Returns:
        Scalar tensor, in nats.

    Example:

    >>> labels, known = ops.convert_to_tensor([[1.0, 0.0]]), ops.convert_to_tensor([[1.0, 0.0]])
    >>> round(float(label_loss(labels, ops.zeros((1, 2)), known, ops.ones((1,)))), 3)  # log 2
    0.693

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
        weights: `[...]`, as for `weighted_mean`.

    Returns:
        Scalar tensor, in nats.

    Example:

    >>> stop, weights = ops.convert_to_tensor([0.0, 1.0]), ops.ones((2,))
    >>> round(float(binary_cross_entropy(stop, ops.zeros((2,)), weights)), 3)  # log 2
    0.693

    Reference:
        EMIXER, section 3.2.2, for the states CONTINUE and STOP; that the decoder learns by this
        loss: docs/design.md, "Differences from the paper".
    """
    return weighted_mean(-bernoulli_log_likelihood(targets, logits), weights)
