import numpy as np
from keras import ops

from emixer_tf.layers.attention import SelfAttention2D
from emixer_tf.layers.conditional_norm import ConditionalBatchNormalization
from emixer_tf.layers.residual import DownBlock, UpBlock


def test_conditional_gain_is_one_plus_gamma():
    layer = ConditionalBatchNormalization()
    images = np.random.default_rng(0).normal(3, 2, (8, 4, 4, 5)).astype("float32")
    neutral = np.array(layer([images, np.zeros((8, 7), "float32")], training=True))
    mean, variance = images.mean((0, 1, 2)), images.var((0, 1, 2))
    np.testing.assert_allclose(neutral, (images - mean) / np.sqrt(variance + 1e-5), atol=1e-4)

    condition = np.random.default_rng(1).normal(size=(8, 7)).astype("float32")
    neutral = np.array(layer([images, np.zeros((8, 7), "float32")], training=False))
    conditioned = np.array(layer([images, condition], training=False))
    gamma = np.array(layer.gain(condition))[:, None, None]
    beta = np.array(layer.bias(condition))[:, None, None]
    assert np.abs(gamma).max() > 0.5
    np.testing.assert_allclose(conditioned, neutral * (1 + gamma) + beta, atol=1e-5)


def test_up_block_doubles_and_down_block_halves():
    images, condition = ops.ones((2, 4, 4, 6)), ops.ones((2, 5))
    assert UpBlock(3)([images, condition]).shape == (2, 8, 8, 3)
    assert DownBlock(3)(images).shape == (2, 2, 2, 3)
    assert DownBlock(6, downsample=False)(images).shape == (2, 4, 4, 6)


def test_first_down_block_does_not_clip_negative_pixels():
    block = DownBlock(4, preactivation=False)
    dark, darker = -0.5 * ops.ones((1, 4, 4, 1)), -0.9 * ops.ones((1, 4, 4, 1))
    assert np.abs(np.array(block(dark)) - np.array(block(darker))).max() > 1e-3


def test_attention_begins_as_the_identity_and_then_attends():
    layer = SelfAttention2D()
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 16)).astype("float32")
    np.testing.assert_array_equal(layer(images), images)
    layer.gain.assign(1.0)
    query = np.array(layer.query(images)).reshape(2, 64, 2)
    pooled = [
        np.array(ops.max_pool(conv(images), 2, 2)).reshape(2, 16, -1)
        for conv in (layer.key, layer.value)
    ]
    scores = np.exp(query @ pooled[0].transpose(0, 2, 1))
    attended = scores / scores.sum(-1, keepdims=True) @ pooled[1]
    expected = images + np.array(layer.output_conv(attended.reshape(2, 8, 8, -1)))
    np.testing.assert_allclose(layer(images), expected, atol=1e-4)
