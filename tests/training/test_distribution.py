import keras
import numpy as np
import tensorflow as tf

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
    config = tiny_config.replace(batch_size=8, augment_images=True)
    studies = make_studies(config, 5 * config.studies_per_step)
    studies["labelled"][3] = studies["reported"][5] = 0
    one, moved = trained(config, studies, tf.distribute.OneDeviceStrategy("CPU:0"))
    two, _ = trained(config, studies, two_replicas)
    # A gradient twice too large would show: most variables went far further than the tolerance.
    assert np.median(moved) > 20 * 1e-5
    assert np.array(one.label_rows)[: 5 * config.batch_size].any(axis=1).sum() > 20
    for first, second in zip(one.variables, two.variables, strict=True):
        np.testing.assert_allclose(np.array(first), np.array(second), atol=1e-5, err_msg=first.path)
