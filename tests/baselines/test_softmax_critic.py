import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines.softmax_critic import (
    KINDS,
    MADE,
    REAL,
    SoftmaxCritic,
    critic_accuracy,
    critic_loss,
    generators_losses,
    kinds_of,
)

LABELS = 3


def untrained():
    return SoftmaxCritic(
        resolution=16, channels=1, base_channels=4, units=8, attention_resolution=None
    )


@pytest.fixture(scope="module")
def critic():
    critic, rng = untrained(), np.random.default_rng(0)
    critic(*pairs(1))
    for head in (critic.film_head, critic.report_head, critic.pair_head):
        head.set_weights([0.1 * rng.standard_normal(w.shape) for w in head.get_weights()])
    return critic


def pairs(count, seed=0):
    rng = np.random.default_rng(seed)
    films = rng.uniform(-1, 1, (count, 16, 16, 1)).astype("float32")
    reports = rng.standard_normal((count, 6)).astype("float32")
    labels = (rng.random((count, LABELS)) < 0.5).astype("float32")
    return films, reports, labels, np.ones(count, "float32")


def test_pairs_stand_kind_after_kind():
    assert KINDS[REAL] == "real"
    np.testing.assert_array_equal(kinds_of(np.zeros((10, 5))), [0, 0, 1, 1, 2, 2, 3, 3, 4, 4])


def test_the_critic_loses_the_log_probability_of_the_kind_a_pair_is_of():
    # The own class is as probable as the four others together: 4 / (4 + 4 * 1).
    logits = np.log(4.0) * np.eye(5, dtype="float32")
    ones = np.ones(5, "float32")
    assert float(critic_loss(logits, ones)) == pytest.approx(np.log(2))
    # Every pair is taken for the next kind: probability 1 / 8.
    wrong = np.roll(logits, 1, axis=1)
    assert float(critic_loss(wrong, ones)) == pytest.approx(np.log(8))
    # One pair of five is wrong, and one has no report and does not count.
    logits[3], logits[2] = wrong[3], wrong[2]
    weights = np.array([1, 1, 0, 1, 1], "float32")
    expected = (3 * np.log(2) + np.log(8)) / 5
    assert float(critic_loss(logits, weights)) == pytest.approx(expected)


def test_accuracy_is_the_share_of_kinds_named():
    logits = np.repeat(np.eye(5, dtype="float32"), 2, axis=0)
    logits[3], logits[8] = np.eye(5)[0], np.eye(5)[2]
    ones = np.ones(10, "float32")
    assert float(critic_accuracy(logits, ones)) == pytest.approx(0.8)
    ones[3] = 0
    ones[2] = 2
    assert float(critic_accuracy(logits, ones)) == pytest.approx(0.9)


def test_every_made_kind_wants_to_pass_for_real():
    logits = np.zeros((8, 5), "float32")
    logits[2:4, REAL] = np.log(4.0)  # two films of reports that the critic half believes
    logits[4, 3] = np.log(4.0)  # a study made film first, and known as that
    weights = np.ones(8, "float32")
    weights[2:4] = [2, 0]
    losses = generators_losses(logits, weights)
    assert list(losses) == list(MADE)
    assert float(losses["report_of_film"]) == pytest.approx(np.log(5))
    assert float(losses["film_of_report"]) == pytest.approx(np.log(2))
    assert float(losses["film_first"]) == pytest.approx((np.log(8) + np.log(5)) / 2)
    assert float(losses["report_first"]) == pytest.approx(np.log(5))


def test_generators_still_learn_where_the_critic_is_sure():
    logits = tf.Variable(20.0 * np.eye(5, dtype="float32")[1:])
    ones = tf.ones(4)
    with tf.GradientTape(persistent=True) as tape:
        ours = tf.add_n(list(generators_losses(logits, ones).values()))
        papers = -5 * critic_loss(tf.concat([tf.zeros((1, 5)), logits], 0), tf.ones(5))
    np.testing.assert_allclose(tape.gradient(ours, logits)[:, REAL], -np.ones(4), atol=1e-6)
    assert np.abs(tape.gradient(papers, logits)).max() < 1e-6


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_a_pair_of_each_kind_pushes_the_logit_of_its_class(kind):
    logits = tf.Variable(np.random.default_rng(0).standard_normal((5, 5)).astype("float32"))
    with tf.GradientTape() as tape:
        loss = critic_loss(logits, np.eye(5, dtype="float32")[kind])
    gradient = np.array(tape.gradient(loss, logits))
    softmax = np.exp(logits[kind]) / np.exp(logits[kind]).sum()
    np.testing.assert_allclose(gradient[kind], (softmax - np.eye(5)[kind]) / 5, atol=1e-6)
    assert not np.delete(gradient, kind, axis=0).any()


def test_an_untrained_critic_takes_every_kind_for_as_probable_as_another():
    np.testing.assert_array_equal(untrained()(*pairs(2)), np.zeros((2, 5)))


def test_labels_of_unlabelled_studies_say_nothing(critic):
    films, reports, labels, known = pairs(4)
    labelled = np.array([1, 0, 1, 0], "float32")
    first = np.array(critic(films, reports, labels, labelled))
    other = np.array(critic(films, reports, 1 - labels, labelled))
    np.testing.assert_array_equal(first[1::2], other[1::2])
    assert (np.abs(first - other)[::2].max(axis=1) > 1e-4).all()
    # Without labels the three heads are linear alone: the same as with labels of none.
    nothing = np.array(critic(films, reports, np.zeros_like(labels), known))
    np.testing.assert_allclose(first[1::2], nothing[1::2], rtol=1e-5)


def test_every_class_has_a_projection_of_its_own(critic):
    films, reports, labels, known = pairs(1)
    labels[:] = 1
    difference = np.array(critic(films, reports, labels, known)) - np.array(
        critic(films, reports, labels, 0 * known)
    )
    assert len(np.unique(difference.round(5))) == len(KINDS)


def test_the_critic_sees_whether_film_and_report_belong_together(critic):
    films, reports, labels, known = pairs(2)
    labels[:] = 0
    own = np.array(critic(films, reports, labels, known)).sum(axis=0)
    swapped = np.array(critic(films, reports[::-1], labels, known)).sum(axis=0)
    # A sum of what film and report look like alone would be the same.
    assert np.abs(own - swapped).max() > 1e-3


def test_a_critic_of_the_same_configuration_has_the_same_shape(critic):
    copy = SoftmaxCritic.from_config(critic.get_config())
    copy(*pairs(1))
    assert [v.shape for v in copy.weights] == [v.shape for v in critic.weights]
