"""What a model says of batches that were prepared for another one."""


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


def _sizes(shape):
    return ", ".join(map(str, shape))
