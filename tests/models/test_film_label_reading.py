import numpy as np
import pytest
from scipy.special import expit

from emixer_tf.baselines import CoGAN
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.generation import GENERATION_BATCH, films_to_float

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def model(tiny_config):
    return EMIXER(tiny_config)


def films(count):
    return np.random.default_rng(0).integers(0, 256, (count, 16, 16, 1)).astype("uint8")


def test_a_label_is_read_as_the_sigmoid_of_the_readers_logit(model):
    images = films(3)
    kernel, bias = (np.asarray(weight) for weight in model.label_reader.get_weights())
    features = np.asarray(model.averaged_encoder(films_to_float(images), training=False))
    np.testing.assert_allclose(
        model.read_labels(images), expit(features @ kernel + bias), rtol=1e-5
    )


def test_the_encoder_that_reads_is_the_averaged_one(tiny_config):
    model = EMIXER(tiny_config)
    before = model.read_labels(films(2))
    model.image_encoder.set_weights([0 * weight for weight in model.image_encoder.get_weights()])
    np.testing.assert_array_equal(model.read_labels(films(2)), before)


def test_a_film_is_read_alike_in_any_company(model):
    many = films(GENERATION_BATCH + 2)
    np.testing.assert_array_equal(model.read_labels(many)[-2:], model.read_labels(many[-2:]))


def test_no_films_have_no_readings(model):
    assert model.read_labels(films(0)).shape == (0, 3)


def test_generated_studies_carry_what_is_read_off_their_films(model):
    studies = model.generate({"Edema": 1}, n=2, seed=0)
    np.testing.assert_array_equal(studies.label_readings, model.read_labels(studies.images))


def test_films_of_another_size_are_told(model):
    with pytest.raises(ValueError, match=r"shape \[n, 16, 16, 1\] are needed"):
        model.read_labels(films(2)[:, :8])


@pytest.mark.parametrize("scaled", [films(2) / 255, films(2).astype("int64"), films(2) - 129.0])
def test_films_of_other_grey_levels_are_told(model, scaled):
    with pytest.raises(ValueError, match=r"in \[-1, 1\] where black is -1\. Received: \w+64"):
        model.read_labels(scaled)


def test_floats_are_read_as_the_same_film_in_uint8(model):
    scaled = films(2) / 127.5 - 1
    np.testing.assert_allclose(model.read_labels(scaled), model.read_labels(films(2)), rtol=1e-5)


def test_an_encoder_that_has_learnt_no_labels_reads_none(tiny_config):
    model = EMIXER(tiny_config.replace(encoder_label_weight=0.0, label_weight_generator=0.0))
    assert model.generate({"Edema": 1}, seed=0).label_readings is None
    with pytest.raises(ValueError, match="encoder_label_weight above 0"):
        model.read_labels(films(1))


def test_a_method_without_such_an_encoder_reads_none(tiny_config):
    model = CoGAN(CoGAN.adapted(tiny_config))
    assert not model.reads_film_labels
    assert model.generate({"Edema": 1}, seed=0).label_readings is None
