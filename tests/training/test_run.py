import importlib.util

import keras
import pytest

from emixer_tf.baselines import SMGAN, CoGAN, JointGAN
from emixer_tf.config import EmixerConfig
from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.run import (
    activation_bytes,
    dry_run,
    parameters_together,
    train,
    weights_bytes,
)


def test_training_without_an_end_is_refused(tiny_config, tmp_path):
    with pytest.raises(ValueError, match="give steps, minutes or both"):
        train(tiny_config, tmp_path, tmp_path)


def test_tensorboard_is_missed_before_training_begins(tiny_config, tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"pip install 'emixer-tf\[tensorboard\]'"):
        train(tiny_config, tmp_path, tmp_path, steps=1, tensorboard=True)


def test_dry_run_shows_fields_parameters_of_every_network_and_memory(tiny_config):
    text = dry_run(tiny_config)
    assert '"gumbel_temperature": 1.0' in text
    model = EMIXER(tiny_config)
    networks = [
        model.image_generator, model.report_decoder, model.image_encoder, model.label_reader,
        model.image_discriminator, model.report_discriminator, model.joint_discriminator,
    ]  # fmt: skip
    together = sum(network.count_params() for network in networks)
    assert f"{'together':<28}{together:>14,} parameters" in text
    assert "GiB" in text.splitlines()[-1]


def test_dry_run_of_a_rival_shows_its_own_networks(tiny_config):
    model = SMGAN(SMGAN.adapted(tiny_config))
    lines = dry_run(model.config, SMGAN).splitlines()
    counted = {line.split()[0]: line.split()[1] for line in lines if line.endswith("parameters")}
    assert list(counted) == [
        *("image_generator", "image_encoder", "report_decoder", "label_reader"),
        *("image_discriminator", "together"),
    ]
    assert counted["image_generator"] == f"{model.image_generator.count_params():,}"


@pytest.mark.parametrize("method", [EMIXER, CoGAN, JointGAN, SMGAN])
def test_trained_networks_hold_what_is_trained_once_and_no_average(tiny_config, method):
    model = method(method.adapted(tiny_config))
    networks = [network for _, network in model.trained_networks]
    held = {id(variable) for network in networks for variable in network.trainable_variables}
    trained = [
        *model.generator_variables, *model.describer_variables, *model.discriminator_variables,
    ]  # fmt: skip
    assert {id(variable) for variable in trained} <= held
    averaged = {id(v) for average, _ in model.averaged_pairs for v in average.variables}
    assert not held & averaged
    assert len({id(variable) for variable in trained}) == len(trained)


def test_parameters_that_networks_share_count_once():
    first, second, third = (keras.layers.Dense(units) for units in (3, 5, 2))
    one, other = keras.Sequential([first, second]), keras.Sequential([first, third])
    for network in (one, other):
        network.build((None, 4))
    assert one.count_params() + other.count_params() == (15 + 20) + (15 + 8)
    assert parameters_together([one, other]) == 15 + 20 + 8


@pytest.mark.parametrize("name", ["paper", "xray_128"])
def test_large_configurations_can_be_built(name):
    assert '"resolution": 128' in dry_run(EmixerConfig.named(name))


def test_every_trained_weight_has_a_gradient_and_two_moments(tiny_config):
    model = EMIXER(tiny_config)
    averaged = sum(network.count_params() for network, _ in model.averaged_pairs)
    weights = model.count_params()
    trained = (weights_bytes(model) / 4 - weights) / 3
    # What is neither averaged nor trained: batch norm's statistics, power iterations, label rows.
    assert 0.5 * (weights - averaged) < trained < weights - averaged


def test_memory_grows_with_the_films_that_are_judged_at_once():
    # Words take less memory than films.
    films = EmixerConfig(vocabulary_size=10, rotation_weight_generator=0)
    rotating, still = (
        activation_bytes(films.replace(rotation_weight_discriminator=weight)) for weight in (1, 0)
    )
    assert rotating / still == pytest.approx(2.75 / 2)
    assert activation_bytes(SMGAN.adapted(films), SMGAN) == still
    assert activation_bytes(JointGAN.adapted(films), JointGAN) == pytest.approx(2 * still)


def test_memory_of_the_papers_words_is_counted():
    words = 512 * 10 * 24  # batch, sentences, words
    assert activation_bytes(EmixerConfig()) >= 3 * 4 * words * 2000
