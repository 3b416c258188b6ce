import importlib.util

import pytest

from emixer_tf.config import EmixerConfig
from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.run import activation_bytes, dry_run, train, weights_bytes


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


def test_memory_of_the_papers_words_is_counted():
    words = 512 * 10 * 24  # batch, sentences, words
    assert activation_bytes(EmixerConfig()) >= 3 * 4 * words * 2000
