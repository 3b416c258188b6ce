"""A dense layer that noise and labels steer, for generators of vectors."""

import keras

from emixer_tf.layers.conditional_norm import ConditionalBatchNormalization
from emixer_tf.layers.spectral_norm import SpectralDense


@keras.saving.register_keras_serializable(package="emixer_tf")
class ConditionalDense(keras.layers.Layer):
    """Dense, conditional batch norm, leaky ReLU: to vectors what `UpBlock` is to films.

    Args:
        units: Outputs.

    Example:

    >>> layer = ConditionalDense(3)
    >>> layer([keras.ops.ones((2, 5)), keras.ops.ones((2, 4))]).shape
    TensorShape([2, 3])
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.dense = SpectralDense(units, use_bias=False)  # the norm takes any bias away
        self.norm = ConditionalBatchNormalization()

    def call(self, inputs, training=False):
        """Return `[batch, units]` for `[vectors, condition]`."""
        vectors, condition = inputs
        x = self.dense(vectors, training=training)[:, None, None, :]  # a film of one pixel
        return keras.ops.leaky_relu(self.norm([x, condition], training=training))[:, 0, 0, :]

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "units": self.units}
