import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines.sm_gan import SMGAN
from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.conditioning import with_conditioning

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def config(tiny_config):
    return SMGAN.adapted(tiny_config)


@pytest.fixture(scope="module")
def studies(config, make_studies):
    return make_studies(config, config.studies_per_step)


def trained(config, studies, prepare=lambda model: None):
    """Return a model after one step, begun from the same weights each time."""
    model = SMGAN(config)
    model.compile()
    prepare(model)
    model.train_on_batch(studies)
    return model


@pytest.fixture(scope="module")
def model(config, studies):
    return trained(config, studies)


FILM_GAN = ("image_generator", "image_discriminator", "averaged_generator")
DESCRIBER = ("report_decoder", "image_encoder", "label_reader", "averaged_decoder")


def same_weights(one, other, names):
    """Return by network whether all weights are the same, bit for bit."""
    return {
        name: all(
            np.array_equal(a, b)
            for a, b in zip(getattr(one, name).weights, getattr(other, name).weights, strict=True)
        )
        for name in names
    }


def test_the_film_gan_learns_the_same_whatever_the_reports_say(model, config, studies):
    tokens = studies["tokens"][::-1].copy()
    other = trained(config, {**studies, "tokens": tokens, "reported": 0 * studies["reported"]})
    assert same_weights(model, other, FILM_GAN) == dict.fromkeys(FILM_GAN, True)
    assert not same_weights(model, other, DESCRIBER)["report_decoder"]


def test_decoder_and_encoder_learn_the_same_whatever_films_are_made(model, config, studies):
    def make_other_films(model):
        for variable in model.generator_variables:
            variable.assign(1.5 * variable + 0.1)

    other = trained(config, studies, make_other_films)
    assert same_weights(model, other, DESCRIBER) == dict.fromkeys(DESCRIBER, True)
    assert not same_weights(model, other, FILM_GAN)["image_discriminator"]


def test_film_gan_and_describer_share_no_variable(model):
    film_gan = {id(variable) for name in FILM_GAN for variable in getattr(model, name).variables}
    describer = {id(variable) for name in DESCRIBER for variable in getattr(model, name).variables}
    assert not film_gan & describer
    assert model.adversarial_decoder_variables == []
    assert model.discriminators == [model.image_discriminator]


def test_no_gradient_of_films_reaches_the_decoder(model, config, make_studies):
    batch = make_studies(config, config.batch_size)
    batch = with_conditioning({name: tf.constant(value) for name, value in batch.items()})
    gradients, logs = model._step.generator_gradients(batch, tf.constant(0))
    assert len(gradients) == len(model.image_generator.trainable_variables)
    assert set(logs) == {"g_image"}


def test_what_it_has_no_term_for_is_refused(tiny_config, config):
    with pytest.raises(
        ValueError,
        match=r"SM-GAN has no such term: report_weight, joint_weight, rotation_weight_disc.*"
        r"Remedy: set it to 0, or take SMGAN\.adapted\(config\)",
    ):
        SMGAN(tiny_config)
    with pytest.raises(ValueError, match=r"no such term: label_weight_generator\. Remedy"):
        SMGAN(config.replace(label_weight_generator=0.3))


def test_sizes_and_rates_are_emixers(tiny_config, config):
    assert config == tiny_config.replace(**dict.fromkeys(SMGAN.UNUSED_WEIGHTS, 0.0))
    assert EMIXER.adapted(tiny_config) == tiny_config


def test_it_logs_the_film_gan_and_the_describer_alone(model, studies):
    logs = model.train_on_batch(studies, return_dict=True)
    assert set(logs) == {
        *("d_image", "g_image", "real_logit", "fake_logit"),
        *("words", "stop", "encoder_labels", "word_perplexity"),
    }
    assert all(np.isfinite(float(value)) for value in logs.values())


def test_a_preset_makes_and_describes_the_same_studies(model, tmp_path):
    folder = tmp_path / "preset"
    model.save_to_preset(folder)
    restored = SMGAN.from_preset(folder)
    made, again = (
        some.generate({"Edema": 1, "Fracture": 1}, n=3, seed=5) for some in (model, restored)
    )
    np.testing.assert_array_equal(made.images, again.images)
    assert made.reports == again.reports
    assert made.images.std() > 0
    # Its reports are the decoder's descriptions of its own films.
    assert model.describe(made.images) == restored.describe(again.images)
    text = (folder / "README.md").read_text()
    assert "by SM-GAN (arXiv:2007.05597, section 4.3)" in text
    assert "    SMGAN.from_preset(folder)\n" in text
