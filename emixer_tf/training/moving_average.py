"""The moving average of the generator and the report decoder, measured in images."""

from keras import ops


def average_decay(step, batch_size, half_life, ramp_up):
    """Return the decay of the moving average at a step.

    Args:
        step: Generator steps taken, integer tensor.
        batch_size: Images in one (global) step.
        half_life: Half-life in images.
        ramp_up: The half-life is at most this share of the images seen so far.

    Returns:
        Scalar tensor in [0, 1).

    Example:

    >>> float(average_decay(10**9, batch_size=5, half_life=5.0, ramp_up=1.0))
    0.5

    Reference:
        Karras et al., StyleGAN2-ADA (arXiv:2006.06676), `ema_nimg` and `ema_rampup`.
    """
    images_seen = ops.cast(step, "float32") * float(batch_size)
    half_life = ops.minimum(float(half_life), images_seen * float(ramp_up))
    return ops.power(0.5, float(batch_size) / ops.maximum(half_life, 1e-8))


def update_average(averaged, network, decay):
    """Move an averaged network towards a network: weights by `decay`, other state by copying.

    Args:
        averaged: The averaged network, built like `network`.
        network: The trained network.
        decay: Share of the average that stays, scalar in [0, 1).

    Example:

    >>> import keras
    >>> averaged, network = (keras.layers.Dense(1, kernel_initializer=k) for k in ("zeros", "ones"))
    >>> for layer in (averaged, network):
    ...     layer.build((None, 1))
    >>> update_average(averaged, network, decay=0.75)
    >>> float(averaged.kernel[0, 0])
    0.25

    Reference:
        Karras et al., StyleGAN2-ADA (arXiv:2006.06676); of which networks: docs/design.md,
        "Choices where the paper is silent".
    """
    trained = {id(variable) for variable in network.trainable_variables}
    for target, source in zip(averaged.variables, network.variables, strict=True):
        if id(source) in trained:
            target.assign(source + decay * (target - source))
        else:
            target.assign(source)


def reestimate_statistics(generator, batches):
    """Replace a generator's batch-norm statistics by the averages over `batches`.

    Weights that were averaged over many steps never ran with the statistics of any of them. The
    generator runs as in training, so its power iterations go on too.

    Args:
        generator: The averaged image generator.
        batches: List of `(noise, labels)`, float `[batch, noise_dim]` and `[batch, label_count]`.

    Example:

    >>> import keras
    >>> norm = keras.layers.BatchNormalization()
    >>> noise, labels = keras.Input((1,)), keras.Input((1,))
    >>> generator = keras.Model([noise, labels], norm(noise + labels))
    >>> zeros = ops.zeros((4, 1))
    >>> reestimate_statistics(generator, [(zeros + 1.0, zeros), (zeros + 5.0, zeros)])
    >>> float(norm.moving_mean[0])
    3.0

    Reference:
        Brock et al., BigGAN (arXiv:1809.11096), "standing statistics"; here of label rows that
        were met: docs/design.md, "Choices where the paper is silent".
    """
    normalisations = [
        layer for layer in generator._flatten_layers() if hasattr(layer, "moving_variance")
    ]
    momenta = [layer.momentum for layer in normalisations]
    for count, (noise, labels) in enumerate(batches):
        for layer in normalisations:
            layer.momentum = count / (count + 1)  # a plain mean of the batches so far
        generator([noise, labels], training=True)
    for layer, momentum in zip(normalisations, momenta, strict=True):
        layer.momentum = momentum
