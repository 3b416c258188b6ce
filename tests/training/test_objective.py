import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.random_stream import RandomStream
from emixer_tf.training.conditioning import label_lenders, swap_neighbours, with_conditioning
from emixer_tf.training.distribution import balanced_weights
from emixer_tf.training.losses import (
    binary_cross_entropy,
    discriminator_loss,
    generator_loss,
    label_loss,
)
from emixer_tf.training.moving_average import average_decay
from emixer_tf.training.rotation import (
    quarter_turns,
    rotated_count,
    rotation_targets,
    turned_films,
)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_quarter_turns_are_numpys(turns):
    images = np.random.default_rng(0).normal(size=(2, 5, 5, 1)).astype("float32")
    expected = np.rot90(images, turns, axes=(1, 2))
    np.testing.assert_array_equal(quarter_turns(images, turns), expected)


def test_turned_films_follow_their_targets():
    images = np.random.default_rng(0).normal(size=(8, 4, 4, 1)).astype("float32")
    films = np.concatenate([images[::4], turned_films(tf.constant(images))])
    originals = np.concatenate([images[k::4] for k in range(4)])
    for film, original, turns in zip(films, originals, rotation_targets(8), strict=True):
        np.testing.assert_array_equal(film, np.rot90(original, int(turns)))


@pytest.mark.parametrize(
    ("size", "share", "count"), [(16, 1.0, 16), (16, 0.25, 4), (16, 0.3, 8), (8, 0.01, 4)]
)
def test_rotated_films_come_in_fours(size, share, count):
    assert rotated_count(size, share) == count


def test_hinge_and_log_losses_by_hand():
    real, fake = tf.constant([2.0, 0.5]), tf.constant([-3.0, 0.0])
    ones = tf.ones(2)
    hinge = discriminator_loss("hinge", real, fake, ones, ones)
    assert float(hinge) == pytest.approx((0 + 0.5) / 2 + (0 + 1) / 2)
    log = discriminator_loss("log", real, fake, ones, ones)
    expected = np.log1p(np.exp([-2.0, -0.5])).mean() + np.log1p(np.exp([-3.0, 0.0])).mean()
    assert float(log) == pytest.approx(expected, rel=1e-6)
    assert float(generator_loss("hinge", fake)) == pytest.approx(1.5)
    assert float(generator_loss("log", fake)) == pytest.approx(
        np.log1p(np.exp([3.0, 0.0])).mean(), rel=1e-6
    )


def test_binary_cross_entropy_by_hand():
    loss = binary_cross_entropy(tf.constant([1.0, 0.0]), tf.constant([2.0, 2.0]), tf.ones(2))
    assert float(loss) == pytest.approx((np.log1p(np.exp(-2)) + np.log1p(np.exp(2))) / 2, rel=1e-6)


def test_label_loss_is_the_likelihood_of_the_row():
    labels, logits = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[2.0, -1.0], [9.0, 9.0]])
    probabilities = 1 / (1 + np.exp(-logits[0]))
    expected = -np.log(probabilities[0]) - np.log(1 - probabilities[1])
    known = np.ones((2, 2))
    arguments = [tf.constant(value, tf.float32) for value in (labels, logits, known, [2.0, 0.0])]
    assert float(label_loss(*arguments)) == pytest.approx(expected, rel=1e-6)


def test_unknown_labels_cost_nothing():
    labels, logits, known, weights = (
        tf.constant(value) for value in ([[1.0, 0.0]], [[2.0, 9.0]], [[1.0, 0.0]], [1.0])
    )
    expected = -np.log(1 / (1 + np.exp(-2.0)))
    assert float(label_loss(labels, logits, known, weights)) == pytest.approx(expected, rel=1e-6)


def test_balanced_weights_make_a_mean_the_mean_of_the_valid():
    mask, values = tf.constant([1.0, 0.0, 0.0, 1.0]), tf.constant([2.0, 9.0, 9.0, 4.0])
    assert float(tf.reduce_mean(values * balanced_weights(mask))) == pytest.approx(3.0)
    np.testing.assert_array_equal(balanced_weights(tf.zeros(3)), [0, 0, 0])


def test_half_life_halves():
    # After half_life images of steps of `batch`, an old weight counts half.
    decay = float(average_decay(10**6, batch_size=20, half_life=100.0, ramp_up=0.05))
    assert decay**5 == pytest.approx(0.5)
    assert float(average_decay(0, 20, 100.0, 0.05)) == 0.0


def test_unlabelled_studies_borrow_from_labelled_ones():
    lenders = label_lenders(tf.constant([0.0, 1.0, 0.0, 1.0]), tf.ones([4, 2])).numpy()
    assert set(lenders) == {1, 3}
    assert lenders[[1, 3]].tolist() == [1, 3]
    assert set(label_lenders(tf.zeros(4), tf.ones([4, 2])).numpy()) <= {0, 1, 2, 3}


def test_rows_with_unknown_labels_are_lent_only_where_there_are_no_others():
    labelled, partly = tf.constant([1.0, 1.0, 0.0]), tf.constant([[1.0, 0.0], [1, 1], [1, 1]])
    assert label_lenders(labelled, partly).numpy().tolist() == [1, 1, 1]
    assert label_lenders(labelled, tf.constant([[1.0, 0.0]] * 3)).numpy()[:2].tolist() == [0, 1]


def test_borrowed_rows_come_with_what_is_known_of_them(tiny_config, make_studies):
    studies = make_studies(tiny_config, 4)
    studies["labelled"] = np.array([0, 1, 1, 1], "float32")
    studies["label_mask"] = np.array([[0, 0, 0], [1, 1, 1], [0, 1, 1], [1, 1, 1]], "float32")
    batch = with_conditioning({key: tf.constant(value) for key, value in studies.items()})
    lenders = [1, 1, 1, 3]
    np.testing.assert_array_equal(batch["fake_labels"], studies["labels"][lenders])
    np.testing.assert_array_equal(batch["fake_label_mask"], np.ones((4, 3)))
    assert batch["fake_labelled"].numpy().tolist() == [1, 1, 1, 1]


def test_neighbours_swap():
    np.testing.assert_array_equal(swap_neighbours(tf.constant([1, 2, 3, 4])), [2, 1, 4, 3])


def test_unreported_studies_and_equal_reports_carry_no_weight(tiny_config, make_studies):
    studies = make_studies(tiny_config, 4)
    studies["reported"][0] = 0
    studies["tokens"][3] = studies["tokens"][2]
    batch = with_conditioning({key: tf.constant(value) for key, value in studies.items()})
    assert float(tf.reduce_max(batch["word_weights"][0])) == 0
    assert float(tf.reduce_max(batch["stop_weights"][0])) == 0
    assert float(batch["reported_weights"][0]) == 0
    np.testing.assert_array_equal(batch["mismatched_weights"], [0, 0, 0, 0])


def test_noise_is_a_function_of_its_address():
    same = RandomStream(3, 5).normal(0, (4, 2))
    np.testing.assert_array_equal(same, RandomStream(3, 5).normal(0, (4, 2)))
    for other in (RandomStream(4, 5), RandomStream(3, 6), RandomStream(3, 5).substream(0)):
        assert np.abs(same - other.normal(0, (4, 2))).min() > 1e-4
    halves = [RandomStream(3, 5, index, 2).normal(0, (2, 2)) for index in (0, 1)]
    np.testing.assert_array_equal(same, np.concatenate(halves))
