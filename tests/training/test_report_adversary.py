import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.models.emixer import EMIXER

pytestmark = pytest.mark.usefixtures("run_eagerly")
INTERVAL = 3


def compiled(config):
    model = EMIXER(config.replace(adversarial_loss="log"))
    model.compile()
    return model


@pytest.fixture(scope="module")
def every_step(tiny_config):
    return compiled(tiny_config)


@pytest.fixture(scope="module")
def every_third_step(tiny_config):
    return compiled(tiny_config.replace(report_judge_interval=INTERVAL))


def taught(gradient):
    return gradient is not None and bool(np.any(tf.convert_to_tensor(gradient)))


def players_losses(model, batch, step):
    step = tf.constant(step)
    _, judged = model._step.discriminator_gradients(batch, step, tf.constant(0))
    _, pleased = model._step.generator_gradients(batch, step)
    return {**judged, **pleased}


def test_losses_of_reports_and_pairs_weigh_as_much_as_the_steps_that_they_stand_for(
    every_step, every_third_step, batch
):
    plain = players_losses(every_step, batch, INTERVAL)
    lazy = players_losses(every_third_step, batch, INTERVAL)
    for name in ("d_report", "d_joint", "g_report", "g_joint"):
        np.testing.assert_allclose(lazy[name], INTERVAL * plain[name], rtol=1e-5)
    for name in ("d_image", "g_image"):
        np.testing.assert_allclose(lazy[name], plain[name], rtol=1e-5)


@pytest.mark.parametrize("step", [1, 2, INTERVAL + 1])
def test_between_their_steps_reports_and_pairs_teach_nobody(every_third_step, batch, step):
    model = every_third_step
    losses = players_losses(model, batch, step)
    assert [float(losses[n]) for n in ("d_report", "d_joint", "g_report", "g_joint")] == [0] * 4
    gradients, _ = model._step.discriminator_gradients(batch, tf.constant(step), tf.constant(0))
    films_judge = {id(variable) for variable in model.image_discriminator.trainable_variables}
    for variable, gradient in zip(model.discriminator_variables, gradients, strict=True):
        assert taught(gradient) == (id(variable) in films_judge)
    gradients, _ = model._step.generator_gradients(batch, tf.constant(step))
    of_decoder = gradients[len(model.generator_variables) :]
    assert not any(map(taught, of_decoder))


def test_without_a_graph_too_a_step_between_theirs_is_taken_without_a_warning(
    tiny_config, make_studies
):
    model = compiled(tiny_config.replace(report_judge_interval=INTERVAL))
    studies = make_studies(tiny_config, tiny_config.studies_per_step)
    logs = [model.train_on_batch(studies, return_dict=True) for _ in range(2)]
    judged = [float(values["d_report"]) for values in logs]
    assert judged[0] > 0
    assert judged[1] == 0


def test_a_graph_writes_no_reports_between_their_steps(tiny_config, make_studies):
    """Vectors of spectral norms move with every judgement: they stand still between."""
    model = compiled(tiny_config.replace(report_judge_interval=INTERVAL))
    tf.config.run_functions_eagerly(False)
    studies = make_studies(tiny_config, tiny_config.studies_per_step)
    vectors = [*model.report_discriminator.non_trainable_variables]
    vectors += model.joint_discriminator.non_trainable_variables
    moved = []
    for _ in range(INTERVAL + 1):
        before = [np.array(vector) for vector in vectors]
        model.train_on_batch(studies)
        moved.append(any((np.array(v) != b).any() for v, b in zip(vectors, before, strict=True)))
    assert moved == [True, False, False, True]


def test_an_interval_below_one_step_is_refused(tiny_config):
    with pytest.raises(ValueError, match=r"report_judge_interval must be at least 1\. Received: 0"):
        tiny_config.replace(report_judge_interval=0)
