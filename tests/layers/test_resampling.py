import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from emixer_tf.layers.resampling import (
    PoolingSpectralConv2D,
    UpsamplingSpectralConv2D,
    convolve_and_pool,
    pool,
    upsample,
    upsample_and_convolve,
)


def convolve(images, kernel):
    return ops.conv(images, kernel, padding="same")


def value_and_gradients(function, images, kernel):
    with tf.GradientTape() as tape:
        tape.watch([images, kernel])
        outputs = function(images, kernel)
        loss = tf.reduce_sum(tf.sin(outputs))
    return [outputs, *tape.gradient(loss, [images, kernel])]


@pytest.mark.parametrize("side", [1, 3])
@pytest.mark.parametrize(
    ("fused", "in_two_steps"),
    [
        (upsample_and_convolve, lambda images, kernel: convolve(upsample(images), kernel)),
        (convolve_and_pool, lambda images, kernel: pool(convolve(images, kernel))),
    ],
    ids=["upsampling", "pooling"],
)
def test_one_convolution_equals_two_steps_in_value_and_gradient(fused, in_two_steps, side):
    random = np.random.default_rng(0)
    images = tf.constant(random.normal(size=(2, 6, 8, 3)), tf.float32)
    kernel = tf.constant(random.normal(size=(side, side, 3, 5)), tf.float32)
    results = value_and_gradients(fused, images, kernel)
    expected = value_and_gradients(in_two_steps, images, kernel)
    for result, reference in zip(results, expected, strict=True):
        np.testing.assert_allclose(result, reference, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("kind", [UpsamplingSpectralConv2D, PoolingSpectralConv2D])
def test_layers_survive_serialization(kind):
    layer = kind(5, 3, use_bias=False)
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(copy) is kind
    assert copy.get_config() == layer.get_config()
