"""The joint discriminator: do this film and this report belong together."""

import keras
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralConv2D, SpectralDense
from emixer_tf.models.report_discriminator import ReportReader


@keras.saving.register_keras_serializable(package="emixer_tf")
class JointDiscriminator(keras.Model):
    """Film features before pooling and a report's last LSTM state, joined, to one logit.

    The MLP reads both embeddings and their product.

    Args:
        units: Width of both embeddings and of the MLP.
        base_channels: Channels of the first convolution; doubled at every halving down to 4x4, up
            to 8 times.

    Call arguments:
        films: `[batch, R, R, channels]` in [-1, 1].
        embedded: Embedded words `[batch, sentences, words, embedding_dim]`.
        mask: `[batch, sentences, words]`, 1 where a word stands, else 0.
        training: Whether power iterations are kept.

    Example:

    >>> critic = JointDiscriminator(units=4, base_channels=2)
    >>> films, words = ops.ones((2, 16, 16, 1)), ops.ones((2, 3, 5, 6))
    >>> critic(films, words, ops.ones((2, 3, 5))).shape
    TensorShape([2])

    Reference:
        EMIXER, sections 3.2.3 and 6.2.2.
    """

    def __init__(self, units, base_channels, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.base_channels = base_channels
        self.flatten = keras.layers.Flatten()
        self.film_embedding = SpectralDense(units)
        self.reader = ReportReader(units)
        self.report_embedding = SpectralDense(units)
        self.hidden = SpectralDense(units)
        self.head = SpectralDense(1)

    def build(self, films_shape, embedded_shape=None, mask_shape=None):
        """Create the convolutions for a resolution."""
        self.convolutions = []
        side, width, channels = films_shape[1], self.base_channels, films_shape[-1]
        while side > 4:
            conv = SpectralConv2D(width, 3, strides=2)
            conv.build((None, side, side, channels))
            self.convolutions.append(conv)
            side, channels, width = side // 2, width, min(2 * width, 8 * self.base_channels)

    def call(self, films, embedded, mask, training=False):
        """Return logits `[batch]` of pairs; above 0 is real."""
        x = films
        for conv in self.convolutions:
            x = ops.leaky_relu(conv(x, training=training))
        film = self.film_embedding(self.flatten(x), training=training)
        report = self.report_embedding(self.reader(embedded, mask), training=training)
        joint = ops.concatenate([film, report, film * report], axis=-1)
        x = ops.leaky_relu(self.hidden(joint, training=training))
        return self.head(x, training=training)[:, 0]

    def get_config(self):
        """Return the constructor's arguments."""
        return {"units": self.units, "base_channels": self.base_channels}
