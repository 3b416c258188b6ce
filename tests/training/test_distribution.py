import keras
import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines import CoGAN, JointGAN
from emixer_tf.models.emixer import EMIXER


def trained(config, studies, strategy):
    with strategy.scope():
        model = EMIXER(config)
        # Plain SGD: Adam hides a gradient that is N times too large, and where gradients are
        # rounding noise (a bias before batch norm) it makes whole steps of the noise. Steps are
        # small: with SGD(0.003) the gap was 9e-6, with 0.001 5e-7, see docs/benchmarks.md.
        model.compile(*(keras.optimizers.SGD(0.001) for _ in range(3)))
    before = [np.array(variable) for variable in model.trainable_variables]
    dataset = tf.data.Dataset.from_tensor_slices(studies)
    dataset = dataset.batch(config.studies_per_step, drop_remainder=True)
    model.fit(dataset, epochs=1, steps_per_epoch=5, verbose=0)
    moved = [
        np.abs(np.array(variable) - old).max()
        for variable, old in zip(model.trainable_variables, before, strict=True)
    ]
    return model, np.array(moved)


def test_two_replicas_agree_with_one(tiny_config, make_studies, two_replicas):
    config = tiny_config.replace(batch_size=8, shift_pairs=True)
    studies = make_studies(config, 5 * config.studies_per_step)
    studies["labelled"][3] = studies["reported"][5] = 0
    one, moved = trained(config, studies, tf.distribute.OneDeviceStrategy("CPU:0"))
    two, _ = trained(config, studies, two_replicas)
    # A gradient twice too large would show: most variables went far further than the tolerance.
    assert np.median(moved) > 20 * 1e-5
    assert np.array(one.label_rows)[: 5 * config.batch_size].any(axis=1).sum() > 20
    for first, second in zip(one.variables, two.variables, strict=True):
        np.testing.assert_allclose(np.array(first), np.array(second), atol=1e-5, err_msg=first.path)


def gradients_under(strategy, method, config, studies):
    """Return the gradients of all three updates, summed over the strategy's replicas."""
    with strategy.scope():
        model = method(config)
        model.compile()
    step, zero = model._step, tf.constant(0)
    rows = config.batch_size // strategy.num_replicas_in_sync

    def own_rows(context):
        place = context.replica_id_in_sync_group
        return {key: value[place * rows :][:rows] for key, value in studies.items()}

    def gradients(studies):
        batch = step.prepared(studies)
        parts = (
            step.discriminator_gradients(batch, zero, zero),
            step.generator_gradients(batch, zero),
            step.real_pair_gradients(batch),
        )
        return [tf.convert_to_tensor(value) for values, _ in parts for value in values]

    values = strategy.experimental_distribute_values_from_function(own_rows)
    summed = [
        np.array(strategy.reduce("SUM", gradient, axis=None))
        for gradient in strategy.run(gradients, args=(values,))
    ]
    return model, summed


@pytest.mark.usefixtures("run_eagerly")
@pytest.mark.parametrize("method", [CoGAN, JointGAN])
def test_two_replicas_of_a_rival_learn_what_one_learns(
    method, tiny_config, make_studies, two_replicas
):
    config = method.adapted(tiny_config).replace(batch_size=8)
    studies = make_studies(config, config.batch_size)
    studies["labelled"][1] = studies["reported"][5] = 0
    studies = {key: tf.constant(value) for key, value in studies.items()}
    one, expected = gradients_under(
        tf.distribute.OneDeviceStrategy("CPU:0"), method, config, studies
    )
    _, summed = gradients_under(two_replicas, method, config, studies)
    variables = [
        *one.discriminator_variables, *one.generator_variables, *one.describer_variables
    ]  # fmt: skip
    for variable, value, other in zip(variables, expected, summed, strict=True):
        tolerance = 1e-3 * np.abs(value).max() + 1e-5
        np.testing.assert_allclose(value, other, atol=tolerance, err_msg=variable.path)
