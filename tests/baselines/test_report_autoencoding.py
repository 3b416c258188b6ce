from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines import CoGAN, JointGAN, report_autoencoding
from emixer_tf.baselines.report_embedding import autoencoder_losses

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module", params=[CoGAN, JointGAN], ids=lambda method: method.METHOD)
def model(request, tiny_config):
    method = request.param
    model = method(method.adapted(tiny_config))
    model.compile()
    for averaged in (model.averaged_encoder, model.averaged_decoder):
        averaged.set_weights([weight + 0.1 for weight in averaged.get_weights()])
    return model


@pytest.fixture
def studies(tiny_config, make_studies):
    studies = make_studies(tiny_config, tiny_config.batch_size)
    studies["reported"][2] = 0
    return studies


@pytest.fixture
def batch(model, studies):
    return model._step.prepared({key: tf.constant(value) for key, value in studies.items()})


def word_loss(encoder, decoder, studies):
    """Return the cross-entropy of the words of reports, read and written again undisturbed."""
    tokens = studies["tokens"]
    _, logits = decoder.teacher_forcing(encoder(*decoder.embed(tokens)), tokens)
    logits = np.array(logits)
    log_sums = np.log(np.exp(logits).sum(axis=-1))
    losses = []
    for study, sentence in np.ndindex(tokens.shape[:2]):
        words = [word for word in tokens[study, sentence] if word]
        if words and studies["reported"][study]:
            targets = [*words, 2]
            picked = logits[study, sentence, range(len(targets)), targets]
            losses.extend(log_sums[study, sentence, : len(targets)] - picked)
    return np.mean(losses)


def test_evaluate_measures_the_averaged_autoencoder(model, studies):
    result = model.test_on_batch(studies, return_dict=True)
    expected = word_loss(model.averaged_encoder, model.averaged_decoder, studies)
    assert result["words"] == pytest.approx(expected, rel=1e-5)
    learnt = word_loss(model.encoder, model.report_decoder, studies)
    assert learnt != pytest.approx(expected, rel=1e-4)


def test_vectors_are_disturbed_and_normalised_by_the_batch_in_training_alone(model, batch, studies):
    networks, norm = (model.encoder, model.report_decoder), model.encoder.norm

    def words(training):
        return float(model._step.real_pair_losses(batch, *networks, training=training)["words"])

    before = np.array(norm.moving_variance)
    assert words(False) == pytest.approx(word_loss(*networks, studies), rel=1e-5)
    np.testing.assert_array_equal(norm.moving_variance, before)
    zeros = tf.zeros((len(studies["tokens"]), model.encoder.features))
    undisturbed = autoencoder_losses(batch, *networks, zeros, training=True)
    before = np.array(norm.moving_variance)
    assert words(True) != pytest.approx(float(undisturbed["words"]), rel=1e-6)
    assert np.abs(np.array(norm.moving_variance) - before).max() > 1e-3


def test_the_disturbance_is_as_large_as_the_step_says_and_another_in_each_update(
    model, batch, monkeypatch
):
    def told(batch, encoder, decoder, disturbance, training):
        return np.array(disturbance)

    monkeypatch.setattr(report_autoencoding, "autoencoder_losses", told)
    step, encoder = model._step, SimpleNamespace(features=4000)
    first = step.real_pair_losses(batch, encoder, model.report_decoder, training=True)
    assert first.std() == pytest.approx(step.DISTURBANCE, rel=0.02)
    again = step.real_pair_losses(batch, encoder, model.report_decoder, training=True)
    np.testing.assert_array_equal(again, first)
    model.decoder_optimizer.iterations.assign_add(1)
    later = step.real_pair_losses(batch, encoder, model.report_decoder, training=True)
    assert abs(np.corrcoef(first.ravel(), later.ravel())[0, 1]) < 0.05


def test_nothing_but_real_reports_teaches_the_autoencoder(model):
    own = {id(v) for v in (*model.encoder.variables, *model.report_decoder.variables)}
    assert {id(v) for v in model.describer_variables} <= own
    assert model.adversarial_decoder_variables == []
    for others in (model.generator_variables, model.discriminator_variables):
        assert not own & {id(v) for v in others}
