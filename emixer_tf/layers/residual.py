"""Residual blocks of the generator and of the discriminator."""

import keras
from keras import ops

from emixer_tf.layers.conditional_norm import ConditionalBatchNormalization
from emixer_tf.layers.resampling import (
    PoolingSpectralConv2D,
    UpsamplingSpectralConv2D,
    pool,
    upsample,
)
from emixer_tf.layers.spectral_norm import SpectralConv2D


@keras.saving.register_keras_serializable(package="emixer_tf")
class UpBlock(keras.layers.Layer):
    """Double the resolution: CBN, ReLU, up, conv, CBN, ReLU, conv, beside a 1x1 shortcut.

    Args:
        filters: Output channels.

    Call arguments:
        inputs: `[images, condition]`, of shapes `[batch, h, w, channels]` and `[batch, units]`.
        training: As for `ConditionalBatchNormalization`.

    Example:

    >>> UpBlock(3)([ops.ones((2, 8, 8, 6)), ops.ones((2, 5))]).shape
    TensorShape([2, 16, 16, 3])

    Reference:
        EMIXER, table 7.
    """

    def __init__(self, filters, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.norm_1 = ConditionalBatchNormalization()
        self.norm_2 = ConditionalBatchNormalization()
        self.conv_1 = UpsamplingSpectralConv2D(filters, 3)
        self.conv_2 = SpectralConv2D(filters, 3)
        self.shortcut = SpectralConv2D(filters, 1)

    def call(self, inputs, training=False):
        """Return `[batch, 2h, 2w, filters]`."""
        images, condition = inputs
        x = ops.relu(self.norm_1([images, condition], training=training))
        x = self.conv_1(x, training=training)
        x = ops.relu(self.norm_2([x, condition], training=training))
        x = self.conv_2(x, training=training)
        # A 1x1 convolution commutes with nearest upsampling, and costs a quarter before it.
        return x + upsample(self.shortcut(images, training=training))

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "filters": self.filters}


@keras.saving.register_keras_serializable(package="emixer_tf")
class DownBlock(keras.layers.Layer):
    """Halve the resolution: ReLU, conv, ReLU, conv, average pool, beside a 1x1 shortcut.

    Args:
        filters: Output channels.
        downsample: Whether to pool. Where neither resolution nor channels change, the shortcut is
            the identity.
        preactivation: Whether the block begins with a ReLU. The first one of a network must not:
            half of an image in [-1, 1] would be lost.

    Call arguments:
        inputs: `[batch, h, w, channels]`, h and w even where they are halved.
        training: Whether power iterations are kept.

    Example:

    >>> maps = ops.ones((2, 16, 16, 3))
    >>> DownBlock(6)(maps).shape, DownBlock(6, downsample=False)(maps).shape
    (TensorShape([2, 8, 8, 6]), TensorShape([2, 16, 16, 6]))

    Reference:
        EMIXER, table 8.
    """

    def __init__(self, filters, downsample=True, preactivation=True, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.downsample = downsample
        self.preactivation = preactivation
        self.conv_1 = SpectralConv2D(filters, 3)
        last = PoolingSpectralConv2D if downsample else SpectralConv2D
        self.conv_2 = last(filters, 3)
        self.shortcut = None

    def build(self, input_shape):
        """Create the shortcut where shapes differ."""
        if self.downsample or input_shape[-1] != self.filters:
            self.shortcut = SpectralConv2D(self.filters, 1)

    def call(self, inputs, training=False):
        """Return `[batch, h/2, w/2, filters]`, or of the inputs' size without `downsample`."""
        x = ops.relu(inputs) if self.preactivation else inputs
        x = self.conv_1(x, training=training)
        x = self.conv_2(ops.relu(x), training=training)
        if self.shortcut is None:
            return x + inputs
        if not self.downsample:
            return x + self.shortcut(inputs, training=training)
        # Pooling and a 1x1 convolution commute: pool first, it is cheaper.
        return x + self.shortcut(pool(inputs), training=training)

    def get_config(self):
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "downsample": self.downsample,
            "preactivation": self.preactivation,
        }
