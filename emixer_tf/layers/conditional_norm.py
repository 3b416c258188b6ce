"""Batch normalisation whose gain and bias depend on noise and labels."""

import keras

from emixer_tf.layers.spectral_norm import SpectralDense


@keras.saving.register_keras_serializable(package="emixer_tf")
class ConditionalBatchNormalization(keras.layers.Layer):
    """Normalise, then multiply by `1 + gain(condition)` and add `bias(condition)`.

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
        """Normalise `[images, condition]` = `[[batch, h, w, c], [batch, units]]`."""
        images, condition = inputs
        gain = 1.0 + self.gain(condition, training=training)[:, None, None, :]
        bias = self.bias(condition, training=training)[:, None, None, :]
        return self.normalization(images, training=training) * gain + bias


def batch_normalization(**kwargs):
    """Return batch norm as GANs use it: short memory, small epsilon, one over all replicas."""
    return keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, synchronized=True, **kwargs)
