"""Self-attention over the places of a feature map."""

import keras
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralConv2D


@keras.saving.register_keras_serializable(package="emixer_tf")
class SelfAttention2D(keras.layers.Layer):
    """Add to every place what it finds at the others; begins as the identity.

    Call arguments:
        inputs: Feature maps `[batch, h, w, channels]`, h and w known and 2 or more.
        training: Whether power iterations are kept.

    Example:

    >>> maps = keras.random.normal((1, 4, 4, 8), seed=0)
    >>> bool(ops.all(SelfAttention2D()(maps) == maps))
    True

    Reference:
        EMIXER, section 3.2.1; Zhang et al., SAGAN (arXiv:1805.08318), as in BigGAN: keys and
        values max-pooled, no biases.
    """

    def build(self, input_shape):
        """Create the weights."""
        channels = input_shape[-1]
        self.query = SpectralConv2D(max(channels // 8, 1), 1, use_bias=False, name="query")
        self.key = SpectralConv2D(max(channels // 8, 1), 1, use_bias=False, name="key")
        self.value = SpectralConv2D(max(channels // 2, 1), 1, use_bias=False, name="value")
        self.output_conv = SpectralConv2D(channels, 1, use_bias=False, name="output")
        for layer in (self.query, self.key, self.value):
            layer.build(input_shape)
        self.output_conv.build((*input_shape[:-1], max(channels // 2, 1)))
        self.gain = self.add_weight(shape=(), initializer="zeros", name="gain")

    def call(self, inputs, training=False):
        """Return `inputs + gain * attended`, of the inputs' shape."""
        _, height, width, _ = inputs.shape
        query = _places(self.query(inputs, training=training))  # [batch, h*w, c/8]
        key = _places(ops.max_pool(self.key(inputs, training=training), 2, 2))
        value = _places(ops.max_pool(self.value(inputs, training=training), 2, 2))
        scores = ops.matmul(query, ops.transpose(key, (0, 2, 1)))  # [batch, h*w, h*w/4]
        attended = ops.matmul(ops.softmax(scores, axis=-1), value)
        attended = ops.reshape(attended, (-1, height, width, attended.shape[-1]))
        return inputs + self.gain * self.output_conv(attended, training=training)


def _places(images):
    return ops.reshape(images, (-1, images.shape[1] * images.shape[2], images.shape[3]))
