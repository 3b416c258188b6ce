"""A whole training: data, model, callbacks, preset."""

import numpy as np

from emixer_tf.data import load_dataset, read_card
from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.callbacks import MetricLines, SampleSheets, StopWhenDiverged
from emixer_tf.training.checkpoint import Checkpoint, resume

_FLOAT_BYTES = 4


def train(config, data, out, steps, steps_per_epoch, sheet_every=5, tensorboard=False, verbose=1):
    """Train EMIXER on prepared data, going on from the folder's checkpoint where there is one.

    Args:
        config: `EmixerConfig`.
        data: Folder that `emixer prepare` wrote.
        out: `pathlib.Path` of the run: checkpoints, sheets, `metrics.jsonl`, `preset/`.
        steps: Generator steps; rounded up to whole epochs.
        steps_per_epoch: Steps between checkpoints.
        sheet_every: Epochs between sample sheets.
        tensorboard: Whether to write events to `out/tensorboard`.
        verbose: As in `keras.Model.fit`.

    Returns:
        The trained `EMIXER`.

    Raises:
        ValueError: If the checkpoint of `out` is of another configuration.
    """
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
        data, "train", config.studies_per_step, seed=config.seed, start_step=start
    )
    callbacks = [
        StopWhenDiverged(),
        MetricLines(out / "metrics.jsonl"),
        SampleSheets(out / "sheets", sheet_labels(config.labels), sheet_every, events),
        Checkpoint(out),
    ]
    model.fit(
        dataset,
        initial_epoch=start // steps_per_epoch,
        epochs=-(-steps // steps_per_epoch),
        steps_per_epoch=steps_per_epoch,
        callbacks=callbacks,
        verbose=verbose,
    )
    model.save_to_preset(out / "preset")
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
    networks = [model.image_generator, model.report_decoder, model.image_encoder]
    lines = [config.to_json(), ""]
    total = 0
    for network in [*networks, *model.discriminators]:
        count = network.count_params()
        total += count
        lines.append(f"{network.name:<28}{count:>14,} parameters")
    lines.append(f"{'together':<28}{total:>14,} parameters")
    estimate = (weights_bytes(model) + activation_bytes(config)) / 2**30
    lines.append(
        f"{'memory, estimated':<28}{estimate:>14.2f} GiB for {config.batch_size} an update"
    )
    return "\n".join(lines)


def weights_bytes(model):
    """Return the bytes of weights, averages, gradients and two Adam moments."""
    trained = sum(int(np.prod(v.shape)) for v in model.trainable_variables)
    return (model.count_params() + 3 * trained) * _FLOAT_BYTES


def activation_bytes(config):
    """Estimate the bytes of activations that the widest update keeps for its backward pass.

    Each residual block keeps about eight maps of its resolution; the discriminator sees the real,
    generated and three quarters of turned films at once.
    """
    maps = 0
    resolution = config.resolution
    while resolution > config.base_resolution:
        width = config.discriminator_channels * min(16, config.resolution // resolution)
        maps += 8 * resolution**2 * width
        resolution //= 2
    return int(2.75 * config.batch_size * maps * _FLOAT_BYTES)
