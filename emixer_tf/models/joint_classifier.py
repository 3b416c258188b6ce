"""A classifier that reads a film and its report together."""

import keras
from keras import ops

from emixer_tf.config import PAD
from emixer_tf.models.film_classifier import feature_extractor, film_classifier
from emixer_tf.models.report_discriminator import ReportReader


@keras.saving.register_keras_serializable(package="emixer_tf")
class JointClassifier(keras.Model):
    """Features of the film beside features of the report, then one linear layer.

    Args:
        backbone: Of the films, as for `film_classifier`.
        resolution, channels: Of the films.
        vocabulary_size: Number of word ids.
        outputs: Labels.
        embedding_dim: Length of a word's embedding.
        units: Width of the report's LSTMs.

    Reference:
        EMIXER (arXiv:2007.05597), section 4.5, multimodal joint embeddings, Table 2.
    """

    def __init__(
        self,
        backbone,
        resolution,
        channels,
        vocabulary_size,
        outputs,
        embedding_dim=64,
        units=64,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.arguments = {
            "backbone": backbone,
            "resolution": resolution,
            "channels": channels,
            "vocabulary_size": vocabulary_size,
            "outputs": outputs,
            "embedding_dim": embedding_dim,
            "units": units,
        }
        self.film_reader = feature_extractor(
            film_classifier(backbone, resolution, channels, outputs)
        )
        self.embedding = keras.layers.Embedding(vocabulary_size, embedding_dim)
        self.report_reader = ReportReader(units)
        self.dropout = keras.layers.Dropout(0.3)
        self.head = keras.layers.Dense(outputs, name="logits", dtype="float32")

    def call(self, studies, training=False):
        """Return logits `[batch, outputs]` of a dict of `image` and `tokens`."""
        return self.head(
            self.dropout(self.joint_features(studies, training=training), training=training)
        )

    def joint_features(self, studies, training=False):
        """Return the joint embedding `[batch, film features + units]`."""
        film = self.film_reader(studies["image"], training=training)
        written = ops.cast(studies["tokens"] != PAD, "float32")
        report = self.report_reader(self.embedding(studies["tokens"]), written)
        return ops.concatenate([film, report], axis=-1)

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), **self.arguments}
