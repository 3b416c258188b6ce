import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralConv2D, SpectralDense, spectral_normalize


def converged(kernel):
    u = np.random.default_rng(1).normal(size=(1, kernel.shape[-1])).astype("float32")
    for _ in range(200):
        _, u = spectral_normalize(ops.convert_to_tensor(kernel), ops.convert_to_tensor(u))
    return ops.convert_to_tensor(u)


@pytest.mark.parametrize("shape", [(7, 5), (3, 3, 4, 6), (1, 1, 2, 9)])
def test_sigma_is_the_largest_singular_value(shape):
    kernel = np.random.default_rng(0).normal(size=shape).astype("float32")
    normalized, _ = spectral_normalize(ops.convert_to_tensor(kernel), converged(kernel))
    sigma = np.linalg.svd(kernel.reshape(-1, shape[-1]), compute_uv=False)[0]
    np.testing.assert_allclose(normalized, kernel / sigma, rtol=1e-4)


def test_gradient_goes_through_sigma():
    kernel = np.random.default_rng(0).normal(size=(6, 4)).astype("float32")
    direction = np.random.default_rng(2).normal(size=(6, 4)).astype("float32")
    readout = np.random.default_rng(3).normal(size=(6, 4))
    variable = tf.Variable(kernel)
    with tf.GradientTape() as tape:
        normalized, _ = spectral_normalize(variable, converged(kernel))
        loss = tf.reduce_sum(normalized * readout.astype("float32"))
    analytic = np.sum(tape.gradient(loss, variable) * direction)

    def exact(weights):
        return np.sum(weights / np.linalg.svd(weights, compute_uv=False)[0] * readout)

    step = 1e-5
    wide = kernel.astype("float64")
    numeric = (exact(wide + step * direction) - exact(wide - step * direction)) / (2 * step)
    np.testing.assert_allclose(analytic, numeric, rtol=1e-3)


@pytest.mark.parametrize("layer", [SpectralDense(5), SpectralConv2D(5, 3)])
def test_forward_passes_leave_the_kernel_alone(layer):
    inputs = ops.ones((2, 4, 4, 3))
    layer(inputs)
    before = np.array(layer.kernel)
    for _ in range(3):
        layer(inputs, training=True)
    np.testing.assert_array_equal(before, layer.kernel)


def test_power_iteration_is_frozen_at_inference():
    layer = SpectralDense(5)
    inputs = ops.ones((2, 3))
    layer(inputs)
    before = np.array(layer.u)
    layer(inputs, training=False)
    np.testing.assert_array_equal(before, layer.u)
    layer(inputs, training=True)
    assert np.abs(before - np.array(layer.u)).max() > 1e-6


def test_u_survives_saving(tmp_path):
    inputs = keras.Input((3,))
    model = keras.Model(inputs, SpectralDense(5, name="sn")(inputs))
    model(ops.ones((2, 3)), training=True)
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(model.get_layer("sn").u, restored.get_layer("sn").u)
