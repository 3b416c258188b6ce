import pytest
import tensorflow as tf

from emixer_tf.training.lazy_losses import every

INTERVAL, STEPS = 3, 7


@pytest.fixture
def counted_loss():
    computed = []

    def losses():
        computed.append(None)
        return {"loss": tf.constant(0.5)}

    return losses, computed


def values(losses, interval):
    return [
        float(every(interval, tf.constant(step), ["loss"], losses)["loss"]) for step in range(STEPS)
    ]


def test_a_loss_is_computed_at_every_interval_th_step_and_weighs_as_many_times(counted_loss):
    losses, computed = counted_loss
    assert values(losses, INTERVAL) == [1.5, 0, 0, 1.5, 0, 0, 1.5]
    assert len(computed) == 3


def test_at_an_interval_of_one_losses_are_what_they_are(counted_loss):
    losses, computed = counted_loss
    assert values(losses, 1) == [0.5] * STEPS
    assert len(computed) == STEPS


@pytest.mark.parametrize("step", range(4))
def test_a_gradient_through_a_graph_weighs_as_much_as_the_loss(step):
    weight = tf.Variable(2.0)

    @tf.function
    def gradient(step):
        with tf.GradientTape() as tape:
            loss = every(INTERVAL, step, ["loss"], lambda: {"loss": weight**2})["loss"]
        return tape.gradient(loss, weight)

    assert float(gradient(tf.constant(step))) == (12 if step % INTERVAL == 0 else 0)


def test_several_replicas_get_the_same_losses(two_replicas, counted_loss):
    losses, _ = counted_loss

    @tf.function
    def on_replicas(step):
        return two_replicas.run(lambda: every(INTERVAL, step, ["loss"], losses)["loss"])

    for step, expected in enumerate([1.5, 0, 0, 1.5]):
        found = two_replicas.experimental_local_results(on_replicas(tf.constant(step)))
        assert [float(value) for value in found] == [expected] * 2
