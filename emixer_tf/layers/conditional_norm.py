"""Batch normalisation whose gain and bias depend on noise and labels."""

import keras

from emixer_tf.layers.spectral_norm import SpectralDense


@keras.saving.register_keras_serializable(package="emixer_tf")
class ConditionalBatchNormalization(keras.layers.Layer):
    """Normalise, then multiply by `1 + gain(condition)` and add `bias(condition)`.

    Call arguments:
        inputs: `[images, condition]`, of shapes `[batch, h, w, channels]` and `[batch, units]`.
        training: Whether to normalise by the batch's statistics and to keep these, and power
            iterations.

    Example:

    >>> images = 3.0 + 2.0 * keras.random.normal((8, 4, 4, 1), seed=0)
    >>> zeros = keras.ops.zeros((8, 5))  # a gain of 1 and a bias of 0
    >>> outputs = ConditionalBatchNormalization()([images, zeros], training=True)
    >>> round(abs(float(keras.ops.mean(outputs))), 3), round(float(keras.ops.std(outputs)), 3)
    (0.0, 1.0)

    Reference:
        EMIXER, section 6.2.2; Brock et al., BigGAN (arXiv:1809.11096), appendix B.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.normalization = batch_normalization(center=False, scale=False)

    def build(self, input_shape):
        """Create the weights."""
        images, condition = input_shape
        self.gain = SpectralDense(images[-1], use_bias=False, name="gain")
        self.bias = SpectralDense(images[-1], use_bias=False, name="bias")
        self.normalization.build(images)
        self.gain.build(condition)
        self.bias.build(condition)

    def call(self, inputs, training=False):
        """Return the images normalised, of their shape."""
        images, condition = inputs
        gain = 1.0 + self.gain(condition, training=training)[:, None, None, :]
        bias = self.bias(condition, training=training)[:, None, None, :]
        return self.normalization(images, training=training) * gain + bias


def batch_normalization(**kwargs):
    """Return batch norm as GANs use it: short memory, small epsilon, one over all replicas.

    Args:
        **kwargs: Further arguments of `keras.layers.BatchNormalization`.

    Returns:
        `keras.layers.BatchNormalization` of momentum 0.9 and epsilon 1e-5.

    Example:

    >>> norm = batch_normalization()
    >>> _ = norm(10.0 * keras.ops.ones((4, 1)), training=True)
    >>> round(float(norm.moving_mean[0]), 3)  # 0.9 * 0 + 0.1 * 10
    1.0

    Reference:
        Ioffe and Szegedy, Batch normalization (arXiv:1502.03167); momentum and epsilon as in the
        code of BigGAN's first author, github.com/ajbrock/BigGAN-PyTorch.
    """
    return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, synchronized=True, **kwargs)
