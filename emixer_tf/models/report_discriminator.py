"""The report discriminator: written by a radiologist or by the decoder."""

import keras
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralDense


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportReader(keras.layers.Layer):
    """LSTM over the embedded words of a whole report; padding leaves its state as it is.

    Args:
        units: Width of the LSTM.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        # Sentences may be empty, which cuDNN's masks do not allow.
        self.lstm = keras.layers.LSTM(units, use_cudnn=False)

    def build(self, embedded_shape, mask_shape=None):
        """Create the weights."""
        self.lstm.build((None, None, embedded_shape[-1]))

    def call(self, embedded, mask):
        """Return the last state `[batch, units]`.

        Args:
            embedded: `[batch, sentences, words, embedding_dim]`.
            mask: `[batch, sentences, words]`, 1 where a word stands.
        """
        _, sentences, words, width = embedded.shape
        flat = ops.reshape(embedded, (-1, sentences * words, width))
        present = ops.reshape(mask, (-1, sentences * words)) > 0.5
        return self.lstm(flat, mask=present)

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportDiscriminator(keras.Model):
    """LSTM over the report's words, then an MLP to one logit.

    Args:
        units: Width of the LSTM and of the MLP.
        embedding_dim: Length of a word's embedding.

    Reference:
        EMIXER, sections 3.2.3 and 6.2.2.
    """

    def __init__(self, units, embedding_dim, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.embedding_dim = embedding_dim
        self.reader = ReportReader(units)
        self.hidden = SpectralDense(units)
        self.head = SpectralDense(1)

    def call(self, embedded, mask, training=False):
        """Return logits `[batch]` of embedded reports `[batch, sentences, words, embedding]`."""
        x = self.hidden(self.reader(embedded, mask), training=training)
        return self.head(ops.leaky_relu(x), training=training)[:, 0]

    def get_config(self):
        """Return the constructor's arguments."""
        return {"units": self.units, "embedding_dim": self.embedding_dim}
