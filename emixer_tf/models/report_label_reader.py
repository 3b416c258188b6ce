"""Reading labels off reports."""

import keras
from keras import ops

from emixer_tf.models.mean_word import mean_word


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportLabelReader(keras.Model):
    """What every sentence says, as a bag of words, summed over sentences; then one logit a label.

    A few hundred labelled reports teach it more than they teach LSTMs (docs/ablations.md).

    Args:
        units: Width of the hidden layers.
        label_count: Number of labels.

    Reference:
        Zaheer et al., Deep sets (arXiv:1703.06114), equation 4.
    """

    def __init__(self, units, label_count, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.label_count = label_count
        self.hidden = [
            keras.layers.Dense(units, activation="relu", name=f"hidden_{i + 1}") for i in range(2)
        ]
        self.head = keras.layers.Dense(label_count, name="head")

    def build(self, embedded_shape, mask_shape=None):
        """Create the layers' variables."""
        width = embedded_shape[-1]
        for layer in self.hidden:
            layer.build((None, None, width))
            width = self.units
        self.head.build((None, width))
        self.built = True

    def call(self, embedded, mask):
        """Return logits `[batch, label_count]`.

        Args:
            embedded: `[batch, sentences, words, embedding_dim]`.
            mask: `[batch, sentences, words]`, 1 where a word stands.
        """
        said = mean_word(embedded, mask)  # [batch, sentences, embedding_dim]
        for layer in self.hidden:
            said = layer(said)
        written = ops.cast(ops.any(mask > 0.5, axis=-1), said.dtype)
        return self.head(ops.sum(said * written[..., None], axis=1))

    def get_config(self):
        """Return the constructor's arguments."""
        return {"units": self.units, "label_count": self.label_count}
