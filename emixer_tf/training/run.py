"""A whole training: data, model, callbacks, preset."""

import importlib.util
from pathlib import Path

import numpy as np

from emixer_tf.data import load_dataset, read_card
from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.callbacks import MetricLines, SampleSheets, StopAfter, StopWhenDiverged
from emixer_tf.training.checkpoint import Checkpoint, resume

_FLOAT_BYTES = 4
_ENDLESS = 99_999  # epochs


def train(
    config,
    data,
    out,
    method=EMIXER,
    steps=None,
    minutes=None,
    steps_per_epoch=100,
    sheet_every=5,
    tensorboard=False,
    verbose=1,
    command=None,
):
    """Train a model on prepared data, going on from the folder's checkpoint where there is one.

    Args:
        config: `EmixerConfig`.
        data: Folder that `emixer prepare` wrote.
        out: Folder of the run: checkpoints, sheets, `metrics.jsonl`, `preset/`.
        method: Subclass of `StudyGenerator`.
        steps: Generator steps, rounded up to whole epochs; None for no limit.
        minutes: Minutes of this call, rounded down to whole epochs, at least one; None for no
            limit.
        steps_per_epoch: Steps between checkpoints.
        sheet_every: Epochs between sample sheets.
        tensorboard: Whether to write events to `out/tensorboard`.
        verbose: As in `keras.Model.fit`.
        command: The line that trains such a model, but for its steps, for the model card.

    Returns:
        The trained model, of the class `method`.

    Raises:
        ValueError: If neither limit is given, if TensorBoard is asked for and not installed, or if
            the checkpoint of `out` is of another method, configuration or vocabulary, or stands
            within an epoch of `steps_per_epoch`.
        DataError: If `data` is not prepared, or its train split is empty.
        FloatingPointError: If the training diverged.

    Example:

    >>> from emixer_tf.training.configure import configure
    >>> config = configure("phantom_32", read_card("data/phantom"))
    >>> model = train(config, "data/phantom", "run", steps=2000)  # doctest: +SKIP
    >>> train(config, "data/phantom", "run")
    Traceback (most recent call last):
        ...
    ValueError: Training needs an end: give steps, minutes or both.
    """
    if steps is None and minutes is None:
        raise ValueError("Training needs an end: give steps, minutes or both.")
    if tensorboard and importlib.util.find_spec("tensorboard") is None:
        raise ValueError(
            "TensorBoard is not installed. Remedy: pip install 'emixer-tf[tensorboard]', or train "
            "without it; sheets and metrics are written as files in any case."
        )
    out, card = Path(out), read_card(data)
    model = method(config, vocabulary=card.vocabulary)
    model.compile()
    start = resume(model, out)
    if start % steps_per_epoch:
        raise ValueError(
            f"{out} stands at step {start}, which is no multiple of {steps_per_epoch} steps an "
            "epoch. Remedy: resume with the --steps-per-epoch of the first run."
        )
    events = out / "tensorboard" if tensorboard else None
    dataset = load_dataset(
        data, "train", config.studies_per_step, config.seed, start, config.labelled_fraction
    )
    callbacks = [
        StopWhenDiverged(),
        MetricLines(out / "metrics.jsonl"),
        SampleSheets(out / "sheets", sheet_labels(config.labels), sheet_every, events),
        Checkpoint(out),
    ]
    if minutes is not None:
        callbacks.append(StopAfter(60 * minutes))
    model.fit(
        dataset,
        initial_epoch=start // steps_per_epoch,
        epochs=_ENDLESS if steps is None else -(-steps // steps_per_epoch),
        steps_per_epoch=steps_per_epoch,
        callbacks=callbacks,
        verbose=verbose,
    )
    if command:
        command = f"{command} --steps {model.steps_taken()}"
    model.save_to_preset(out / "preset", card, command)
    return model


def sheet_labels(labels, limit=28):
    """Return label rows for a sheet: each label alone, up to `limit`.

    Args:
        labels: Names of the labels.
        limit: Rows at most.

    Returns:
        float32 `[min(label_count, limit), label_count]`.
    """
    return np.eye(len(labels), dtype="float32")[:limit]


def dry_run(config, method=EMIXER):
    """Describe what a configuration would train: fields, parameters, memory.

    Args:
        config: `EmixerConfig`.
        method: Subclass of `StudyGenerator`.

    Returns:
        Text: the configuration in JSON, then a line a network, one of them all, one of memory.

    Example:

    >>> from emixer_tf import EmixerConfig
    >>> lines = dry_run(EmixerConfig.named("phantom_32", vocabulary_size=106)).splitlines()
    >>> lines[-2].split()  # as in docs/baselines.md, "Parameters"
    ['together', '1,506,219', 'parameters']
    """
    model = method(config)
    counts = {name: network.count_params() for name, network in model.trained_networks}
    counts["together"] = parameters_together(network for _, network in model.trained_networks)
    estimate = (weights_bytes(model) + activation_bytes(config, method)) / 2**30
    return "\n".join(
        [
            config.to_json(),
            "",
            *(f"{name:<28}{count:>14,} parameters" for name, count in counts.items()),
            f"{'memory, estimated':<28}{estimate:>14.2f} GiB beside TensorFlow itself",
        ]
    )


def parameters_together(networks):
    """Return the number of parameters of networks; what they share counts once.

    Args:
        networks: Layers.
    """
    variables = {id(variable): variable for network in networks for variable in network.weights}
    return sum(_size(variable) for variable in variables.values())


def weights_bytes(model):
    """Return the bytes of weights, averages, gradients and two Adam moments."""
    trained = [
        *model.generator_variables,
        *model.describer_variables,
        *model.discriminator_variables,
    ]
    moments_and_gradients = 3 * sum(map(_size, trained))
    return (model.count_params() + moments_and_gradients) * _FLOAT_BYTES


def _size(variable):
    return int(np.prod(variable.shape))


def activation_bytes(config, method=EMIXER):
    """Estimate the bytes of activations that the widest update keeps for its backward pass."""
    films = method.FILMS_JUDGED
    if config.rotation_weight_discriminator:
        films += 0.75 * config.rotated_share  # at three of the four angles
    return _FLOAT_BYTES * max(
        _discriminator_activations(config, films), _decoder_activations(config)
    )


def _discriminator_activations(config, films):
    # Each residual block keeps about eight maps of its resolution.
    maps = 0
    resolution = config.resolution
    while resolution > config.base_resolution:
        width = config.discriminator_channels * min(16, config.resolution // resolution)
        maps += 8 * resolution**2 * width
        resolution //= 2
    return int(films * config.batch_size * maps)


def _decoder_activations(config):
    # Logits, their softmax and its gradient; four gates, cell and state of every layer.
    values = 3 * config.vocabulary_size + 6 * config.decoder_units * config.word_layers
    return config.batch_size * config.sentences * config.words * values
