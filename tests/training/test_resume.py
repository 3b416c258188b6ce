import json
import os
import signal
import subprocess
import sys
import textwrap
import time

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines import SMGAN, CoGAN, JointGAN
from emixer_tf.data import prepare
from emixer_tf.data.flow import Flow
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.sources import phantom_studies
from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.checkpoint import Checkpoint, resume

SCRIPT = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from emixer_tf.data import read_card
    from emixer_tf.training.configure import configure
    from emixer_tf.training.run import train

    data, out, steps = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    small = ["resolution=16", "generator_channels=4", "discriminator_channels=4", "batch_size=4",
             "decoder_units=8", "encoder_channels=8", "encoder_features=8",
             "report_discriminator_units=8", "joint_discriminator_units=8",
             "report_judge_interval=1", "labelled_fraction=0.5"]
    config = configure("phantom_32", read_card(data), small)
    train(config, data, out, steps=steps, steps_per_epoch=2, sheet_every=1000, verbose=0)
    """
)


def start(data, out, steps):
    command = [sys.executable, "-c", SCRIPT, str(data), str(out), str(steps)]
    return subprocess.Popen(command, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})


def weights(folder):
    state = json.loads((folder / "checkpoint.json").read_text())
    values = {}
    with h5py.File(folder / state["weights"]) as file:
        file.visititems(
            lambda name, item: (
                values.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None
            )
        )
    return state["step"], values


def test_killed_and_resumed_training_equals_uninterrupted_bit_for_bit(tmp_path):
    data = tmp_path / "data"
    prepare(phantom_studies.listing(Flow(), 60, seed=0), data, Preparation(16))
    whole = start(data, tmp_path / "whole", 8)
    killed = start(data, tmp_path / "killed", 10_000)
    deadline = time.monotonic() + 240
    while not (tmp_path / "killed" / "checkpoint.json").exists():
        assert time.monotonic() < deadline, "no checkpoint came"
        time.sleep(0.02)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert whole.wait() == 0
    stopped_at, _ = weights(tmp_path / "killed")
    assert 0 < stopped_at < 8, "the kill came too late to show anything"
    assert start(data, tmp_path / "killed", 8).wait() == 0
    (step, expected), (resumed_step, resumed) = (
        weights(tmp_path / name) for name in ("whole", "killed")
    )
    assert step == resumed_step == 8
    assert expected.keys() == resumed.keys()
    assert any("optimizer" in name for name in expected)
    for name, value in expected.items():
        np.testing.assert_array_equal(value, resumed[name], err_msg=name)


def leave_checkpoint(model, folder):
    """Write the checkpoint that a training leaves at the end of an epoch."""
    callback = Checkpoint(folder)
    callback.set_model(model)
    callback.on_epoch_end(0)


def taught(model, studies, first, last):
    """Teach a model steps `first` to `last` of a training, a batch of `studies` a step."""
    dataset = tf.data.Dataset.from_tensor_slices(studies)
    dataset = dataset.batch(model.config.studies_per_step).skip(first).take(last - first)
    model.fit(dataset, verbose=0)
    return model


@pytest.mark.usefixtures("run_eagerly")
@pytest.mark.parametrize("method", [CoGAN, JointGAN])
def test_a_rival_that_is_resumed_equals_one_that_was_not_stopped(
    method, tmp_path, tiny_config, make_studies
):
    config = method.adapted(tiny_config)
    studies = make_studies(config, 3 * config.studies_per_step)
    whole, resumed = method(config), method(config)
    for model in (whole, resumed):
        model.compile()
    leave_checkpoint(taught(whole, studies, 0, 2), tmp_path)
    assert resume(resumed, tmp_path) == 2
    for model in (whole, resumed):
        taught(model, studies, 2, 3)
    for name in ("optimizer", "decoder_optimizer", "discriminator_optimizer"):
        for ours, theirs in zip(
            *(getattr(m, name).variables for m in (whole, resumed)), strict=True
        ):
            np.testing.assert_array_equal(np.array(ours), np.array(theirs), err_msg=ours.path)
    for ours, theirs in zip(whole.weights, resumed.weights, strict=True):
        np.testing.assert_array_equal(np.array(ours), np.array(theirs), err_msg=ours.path)


def test_checkpoint_of_another_configuration_is_refused(tmp_path, tiny_config):
    model = EMIXER(tiny_config)
    model.compile()
    leave_checkpoint(model, tmp_path)
    other = EMIXER(tiny_config.replace(joint_weight=0.5))
    other.compile()
    with pytest.raises(ValueError, match=r"another configuration: joint_weight \(0.05 there, 0.5"):
        resume(other, tmp_path)


def test_checkpoint_of_another_method_is_refused(tmp_path, tiny_config):
    model = SMGAN(SMGAN.adapted(tiny_config))
    model.compile()
    leave_checkpoint(model, tmp_path)
    assert resume(model, tmp_path) == 0
    emixer = EMIXER(model.config)
    with pytest.raises(
        ValueError,
        match=r"by a training of SM-GAN, not of EMIXER\. Remedy: .* or with --method SM-GAN",
    ):
        resume(emixer, tmp_path)


def test_steps_of_the_preset_that_a_training_began_with_are_not_gone_over_again(
    tmp_path, tiny_config
):
    models = [EMIXER(tiny_config) for _ in range(2)]
    for model in models:
        model.earlier_steps.assign(3000)
        model.compile()
    models[0].optimizer.iterations.assign(100)
    leave_checkpoint(models[0], tmp_path)
    assert resume(models[1], tmp_path) == 100
    assert models[1].steps_taken() == 3100


@pytest.mark.parametrize("other", ["optimizer", "discriminator_optimizer"])
def test_a_checkpoint_of_other_optimizers_is_refused(tmp_path, tiny_config, other):
    begun, other_model = EMIXER(tiny_config), EMIXER(tiny_config)
    begun.compile()
    leave_checkpoint(begun, tmp_path)
    other_model.compile(**{other: keras.optimizers.SGD()})
    with pytest.raises(ValueError, match=r"the optimizers Adam, Adam, Adam, the model has .*SGD"):
        resume(other_model, tmp_path)


def test_a_checkpoint_is_not_resumed_without_optimizers(tmp_path, tiny_config):
    begun = EMIXER(tiny_config)
    begun.compile()
    leave_checkpoint(begun, tmp_path)
    with pytest.raises(ValueError, match=r"the model has none\. Remedy: compile\(\) the model"):
        resume(EMIXER(tiny_config), tmp_path)


def test_checkpoint_of_another_vocabulary_is_refused(tmp_path, tiny_config, tiny_vocabulary):
    config = tiny_config.replace(vocabulary_size=len(tiny_vocabulary))
    model = EMIXER(config, vocabulary=tiny_vocabulary)
    model.compile()
    leave_checkpoint(model, tmp_path)
    assert resume(model, tmp_path) == 0
    other = EMIXER(config, vocabulary=[*tiny_vocabulary[:-1], "pneumothorax"])
    other.compile()
    with pytest.raises(ValueError, match="vocabulary of another data set"):
        resume(other, tmp_path)


def test_a_cut_checkpoint_is_named(tmp_path, tiny_config):
    model = EMIXER(tiny_config)
    model.compile()
    leave_checkpoint(model, tmp_path)
    (weights_file,) = tmp_path.glob("step-*.weights.h5")
    weights_file.write_bytes(weights_file.read_bytes()[:5000])
    with pytest.raises(ValueError, match="cut short"):
        resume(model, tmp_path)
