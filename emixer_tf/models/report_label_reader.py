"""Reading labels off reports, for studies whose labels nobody gave."""

import keras

from emixer_tf.models.report_discriminator import ReportReader


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportLabelReader(keras.Model):
    """LSTMs over a report's words and sentences, then one logit a label.

    Args:
        units: Width of the LSTMs.
        label_count: Number of labels.

    Reference:
        Lucic et al., High-fidelity image generation with fewer labels (arXiv:1903.02271), section
        3.2: a classifier that is trained on the few labels infers the others. Theirs reads images.
    """

    def __init__(self, units, label_count, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.label_count = label_count
        self.reader = ReportReader(units)
        self.head = keras.layers.Dense(label_count, name="head")

    def call(self, embedded, mask):
        """Return logits `[batch, label_count]`.

        Args:
            embedded: `[batch, sentences, words, embedding_dim]`.
            mask: `[batch, sentences, words]`, 1 where a word stands.
        """
        return self.head(self.reader(embedded, mask))

    def get_config(self):
        """Return the constructor's arguments."""
        return {"units": self.units, "label_count": self.label_count}
