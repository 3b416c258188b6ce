"""The report discriminator: written by a radiologist or by the decoder."""

import keras
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralDense


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportReader(keras.layers.Layer):
    """Reads a report as `ReportDecoder` writes it: by sentences.

    A word LSTM reads every sentence, a sentence LSTM their last states; padding leaves a state as
    it is. All sentences are read together: a report of 8 x 16 words takes 24 steps instead of 128.

    Args:
        units: Width of both LSTMs.

    Call arguments:
        embedded: Embedded words `[batch, sentences, words, embedding_dim]`.
        mask: `[batch, sentences, words]`, 1 where a word stands, else 0.
    """

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        # Sentences may be empty, which cuDNN's masks do not allow.
        self.word_lstm = keras.layers.LSTM(units, use_cudnn=False, name="word_lstm")
        self.sentence_lstm = keras.layers.LSTM(units, use_cudnn=False, name="sentence_lstm")

    def build(self, embedded_shape, mask_shape=None):
        """Create the weights."""
        self.word_lstm.build((None, None, embedded_shape[-1]))
        self.sentence_lstm.build((None, None, self.units))

    def call(self, embedded, mask):
        """Return the last state `[batch, units]`."""
        _, sentences, words, width = embedded.shape
        rows = ops.reshape(embedded, (-1, words, width))
        present = ops.reshape(mask, (-1, words)) > 0.5
        read = self.word_lstm(rows, mask=present)  # [batch * sentences, units]
        read = ops.reshape(read, (-1, sentences, self.units))
        return self.sentence_lstm(read, mask=ops.any(mask > 0.5, axis=-1))

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "units": self.units}


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportDiscriminator(keras.Model):
    """LSTMs over the report's words and sentences, then an MLP to one logit.

    Args:
        units: Width of the LSTMs and of the MLP.
        embedding_dim: Length of a word's embedding.

    Call arguments:
        embedded: Embedded words `[batch, sentences, words, embedding_dim]`.
        mask: `[batch, sentences, words]`, 1 where a word stands, else 0.
        training: Whether power iterations are kept.

    Example:

    >>> critic = ReportDiscriminator(units=4, embedding_dim=3)
    >>> words, mask = keras.random.normal((1, 2, 2, 3), seed=0), ops.array([[[1.0, 0], [0, 0]]])
    >>> alone = critic(words * mask[..., None], mask)
    >>> float(critic(words, mask)[0]) == float(alone[0])  # what is no word is not read
    True

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
        """Return logits `[batch]` of reports; above 0 is real."""
        x = self.hidden(self.reader(embedded, mask), training=training)
        return self.head(ops.leaky_relu(x), training=training)[:, 0]

    def get_config(self):
        """Return the constructor's arguments."""
        return {"units": self.units, "embedding_dim": self.embedding_dim}
