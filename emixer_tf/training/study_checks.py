"""What a model says of batches that were prepared for another one, or are of another size."""


def check_studies(studies, config):
    """Refuse a batch whose labels, films or reports are not of a configuration's sizes.

    Args:
        studies: Dict of tensors, as `emixer_tf.data.load_dataset` yields it.
        config: `EmixerConfig`.

    Raises:
        ValueError: If a part is missing or of another size.

    Example:

    >>> from emixer_tf.config import EmixerConfig
    >>> check_studies({}, EmixerConfig())
    Traceback (most recent call last):
    ...
    ValueError: A batch of studies has no 'image'. Remedy: ...
    """
    sizes = {
        "image": (config.resolution, config.resolution, config.channels),
        "tokens": (config.sentences, config.words),
        "labels": (len(config.labels),),
        "labelled": (),
        "reported": (),
    }
    for name, wanted in sizes.items():
        if name not in studies:
            raise ValueError(
                f"A batch of studies has no {name!r}. Remedy: emixer_tf.data.load_dataset(folder, "
                "...) yields all that is needed."
            )
        found = tuple(studies[name].shape[1:])
        if found != wanted:
            raise ValueError(
                f"{name!r} of the batch has shape [batch, {_sizes(found)}], the model wants "
                f"[batch, {_sizes(wanted)}]: it was configured for other data. Remedy: make it by "
                "emixer_tf.training.configure.configure(name, read_card(folder)), which takes "
                "labels and sizes from the data; a trained preset goes on with the data set it "
                "was trained on, or one of the same labels and sizes."
            )


def check_step_size(studies, config, replicas):
    """Refuse a batch of training studies that is not what one step reads.

    Args:
        studies: Dict of tensors, those of one replica.
        config: `EmixerConfig`.
        replicas: How many share a step.

    Raises:
        ValueError: If the batch has another number of studies, or one that is not known before it
            comes; or if the replicas cannot share an update.

    Example:

    >>> import tensorflow as tf
    >>> from emixer_tf.config import EmixerConfig
    >>> config = EmixerConfig(batch_size=8, discriminator_steps=2)
    >>> check_step_size({"image": tf.zeros((16, 128, 128, 3))}, config, replicas=1)
    >>> check_step_size({"image": tf.zeros((8, 128, 128, 3))}, config, replicas=1)
    Traceback (most recent call last):
    ...
    ValueError: A training step reads 16 studies (config.studies_per_step). Received: 8...
    """
    if config.batch_size % (4 * replicas):
        raise ValueError(
            f"Each of {replicas} replicas reads a multiple of 4 studies of an update. Received: "
            f"batch_size={config.batch_size}. Remedy: a multiple of {4 * replicas}."
        )
    found, wanted = studies["image"].shape[0], config.studies_per_step
    if found is None or found * replicas != wanted:
        raise ValueError(
            f"A training step reads {wanted} studies (config.studies_per_step). Received: {found} "
            f"on each of {replicas} replicas. Remedy: load_dataset(folder, 'train', "
            "config.studies_per_step), or dataset.batch(config.studies_per_step, "
            "drop_remainder=True)."
        )


def check_pairable(studies):
    """Refuse a batch to evaluate whose studies have no neighbour to be compared with.

    Raises:
        ValueError: If the number of studies is odd, or not known before they come.

    Example:

    >>> import tensorflow as tf
    >>> check_pairable({"image": tf.zeros((6, 32, 32, 1))})
    """
    found = studies["image"].shape[0]
    if found is None or found % 2:
        raise ValueError(
            f"Studies are evaluated in batches of one size, an even number. Received: {found}. "
            "Remedy: dataset.batch(16, drop_remainder=True)."
        )


def _sizes(shape):
    return ", ".join(map(str, shape))
