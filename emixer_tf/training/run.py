"""A whole training: data, model, callbacks, preset."""

import importlib.util

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
    steps=None,
    minutes=None,
    steps_per_epoch=100,
    sheet_every=5,
    tensorboard=False,
    verbose=1,
):
    """Train EMIXER on prepared data, going on from the folder's checkpoint where there is one.

    Args:
        config: `EmixerConfig`.
        data: Folder that `emixer prepare` wrote.
        out: `pathlib.Path` of the run: checkpoints, sheets, `metrics.jsonl`, `preset/`.
        steps: Generator steps, rounded up to whole epochs; None for no limit.
        minutes: Minutes of this call, rounded down to whole epochs; None for no limit.
        steps_per_epoch: Steps between checkpoints.
        sheet_every: Epochs between sample sheets.
        tensorboard: Whether to write events to `out/tensorboard`.
        verbose: As in `keras.Model.fit`.

    Returns:
        The trained `EMIXER`.

    Raises:
        ValueError: If neither limit is given, if TensorBoard is asked for and not installed, or if
            the checkpoint of `out` is of another configuration.
    """
    if steps is None and minutes is None:
        raise ValueError("Training needs an end: give steps, minutes or both.")
    if tensorboard and importlib.util.find_spec("tensorboard") is None:
        raise ValueError(
            "TensorBoard is not installed. Remedy: pip install 'emixer-tf[tensorboard]', or train "
            "without it; sheets and metrics are written as files in any case."
        )
    card = read_card(data)
    model = EMIXER(config, vocabulary=card.vocabulary)
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
    model.save_to_preset(out / "preset", card)
    return model


def sheet_labels(labels, limit=28):
    """Return label rows for a sheet: each label alone, up to `limit`."""
    return np.eye(len(labels), dtype="float32")[:limit]


def dry_run(config):
    """Describe what a configuration would train: fields, parameters, memory.

    Args:
        config: `EmixerConfig`.

    Returns:
        Text.
    """
    model = EMIXER(config)
    networks = [
        model.image_generator, model.report_decoder, model.image_encoder, model.label_reader,
        *model.discriminators,
    ]  # fmt: skip
    counts = {network.name: network.count_params() for network in networks if network is not None}
    counts["together"] = sum(counts.values())
    estimate = (weights_bytes(model) + activation_bytes(config)) / 2**30
    return "\n".join(
        [
            config.to_json(),
            "",
            *(f"{name:<28}{count:>14,} parameters" for name, count in counts.items()),
            f"{'memory, estimated':<28}{estimate:>14.2f} GiB beside TensorFlow itself",
        ]
    )


def weights_bytes(model):
    """Return the bytes of weights, averages, gradients and two Adam moments."""
    trained = [
        *model.image_generator.trainable_variables,
        *model.describer_variables,
        *model.discriminator_variables,
    ]
    moments_and_gradients = 3 * sum(int(np.prod(variable.shape)) for variable in trained)
    return (model.count_params() + moments_and_gradients) * _FLOAT_BYTES


def activation_bytes(config):
    """Estimate the bytes of activations that the widest update keeps for its backward pass."""
    return _FLOAT_BYTES * max(_discriminator_activations(config), _decoder_activations(config))


def _discriminator_activations(config):
    # Each residual block keeps about eight maps of its resolution; real, generated and three
    # quarters of the turned films are seen at once.
    maps = 0
    resolution = config.resolution
    while resolution > config.base_resolution:
        width = config.discriminator_channels * min(16, config.resolution // resolution)
        maps += 8 * resolution**2 * width
        resolution //= 2
    return int((2 + 0.75 * config.rotated_share) * config.batch_size * maps)


def _decoder_activations(config):
    # Logits, their softmax and its gradient; four gates, cell and state of every layer.
    values = 3 * config.vocabulary_size + 6 * config.decoder_units * config.word_layers
    return config.batch_size * config.sentences * config.words * values
