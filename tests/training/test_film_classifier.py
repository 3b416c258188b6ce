import keras
import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.training.film_classifier import (
    UNKNOWN,
    class_loss,
    masked_label_loss,
    predict_probabilities,
)


@pytest.fixture
def logits():
    return np.random.default_rng(0).normal(scale=3, size=(6, 4)).astype("float32")


@pytest.fixture
def labels():
    labels = np.random.default_rng(1).integers(0, 2, (6, 4)).astype("float32")
    labels[0] = UNKNOWN
    labels[1, 1:] = UNKNOWN
    labels[2, 0] = UNKNOWN
    return labels


def looped_losses(labels, logits):
    """Minus the log-likelihood of each label that is known, by its probability."""
    losses = []
    for row, values in zip(labels, logits.astype("float64"), strict=True):
        chances = 1 / (1 + np.exp(-values))
        known = [
            -np.log(chance if label == 1 else 1 - chance)
            for label, chance in zip(row, chances, strict=True)
            if label != UNKNOWN
        ]
        losses.append(np.mean(known) if known else 0.0)
    return np.array(losses)


def test_the_loss_is_the_mean_cross_entropy_of_the_known_labels(labels, logits):
    np.testing.assert_allclose(
        masked_label_loss(labels, logits), looped_losses(labels, logits), rtol=1e-5
    )


def test_unknown_labels_give_no_gradient_and_known_ones_their_error(labels, logits):
    variable = tf.Variable(logits)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(masked_label_loss(labels, variable))
    gradient = tape.gradient(loss, variable).numpy()
    known = labels != UNKNOWN
    np.testing.assert_array_equal(gradient[~known], 0.0)
    error = (1 / (1 + np.exp(-logits)) - labels) / np.maximum(known.sum(axis=1, keepdims=True), 1)
    np.testing.assert_allclose(gradient[known], error[known], rtol=1e-4, atol=1e-6)


def test_large_logits_do_not_overflow():
    logits = np.array([[1e4, -1e4, 1e4]], "float32")
    labels = np.array([[1, 0, UNKNOWN]], "float32")
    np.testing.assert_array_equal(masked_label_loss(labels, logits), [0.0])
    np.testing.assert_allclose(masked_label_loss(1 - labels[:, :2], logits[:, :2]), [1e4])


def test_keras_takes_the_mean_over_studies(labels, logits):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Identity()])
    model.compile("sgd", masked_label_loss)
    assert model.evaluate(logits, labels, verbose=0) == pytest.approx(
        looped_losses(labels, logits).mean(), rel=1e-5
    )


@pytest.mark.parametrize("loss", [masked_label_loss, class_loss])
def test_a_file_of_a_classifier_is_loaded_with_its_loss(loss, tmp_path):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Identity()])
    model.compile("sgd", loss)
    model.save(tmp_path / "classifier.keras")
    classes, logits = np.eye(4, dtype="float32"), np.zeros((4, 4), "float32")
    loaded = keras.models.load_model(tmp_path / "classifier.keras")
    assert loaded.evaluate(logits, classes, verbose=0) == pytest.approx(
        np.mean(loss(classes, logits)), rel=1e-6
    )


def test_one_label_is_a_column_and_no_vector():
    labels, logits = np.array([[1.0], [UNKNOWN]], "float32"), np.zeros((2, 1), "float32")
    np.testing.assert_allclose(masked_label_loss(labels, logits), [np.log(2), 0.0], rtol=1e-6)


def test_class_loss_is_minus_the_log_of_the_class_probability(logits):
    classes = np.array([0, 3, 1, 2, 2, 0])
    powers = np.exp(logits.astype("float64"))
    expected = -np.log((powers / powers.sum(axis=1, keepdims=True))[np.arange(6), classes])
    found = class_loss(np.eye(4, dtype="float32")[classes], logits)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_probabilities_are_those_of_the_logits_in_any_batches(logits):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    expected = 1 / (1 + np.exp(-model(logits).numpy().astype("float64")))
    for batch_size in (4, 256):
        found = predict_probabilities(model, logits, batch_size)
        assert found.dtype == np.float64
        np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_extreme_logits_have_probabilities_without_a_warning():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Identity()])
    films = np.array([[-1e4, 1e4]], "float32")
    np.testing.assert_allclose(predict_probabilities(model, films), [[0.0, 1.0]], atol=1e-12)
