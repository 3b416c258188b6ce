"""CoGAN's two discriminators: of films and of reports, whose last layers are the same."""

import keras
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralDense


@keras.saving.register_keras_serializable(package="emixer_tf")
class CoupledDiscriminators(keras.Model):
    """A discriminator of films and one of report vectors that share their last layers.

    `features` of films and `report_features` of vectors are the towers; `logits` of either are the
    shared layers, the projection of labels included.

    Args:
        film_trunk: `FilmTrunk`.
        label_count: Length of the label vectors.
        features: Length of a report's vector.
        units: Width of the hidden layers and of what the towers hand to the shared layers.

    Reference:
        Liu and Tuzel, Coupled generative adversarial networks (arXiv:1606.07536), section 3;
        Miyato and Koyama (arXiv:1802.05637) for the projection.
    """

    def __init__(self, film_trunk, label_count, features, units, **kwargs):
        super().__init__(**kwargs)
        self.film_trunk = film_trunk
        self.label_count = label_count
        self.report_length = features
        self.units = units
        self.film_projection = SpectralDense(units, name="film_projection")
        self.report_layers = [SpectralDense(units, name=f"report_{i + 1}") for i in range(2)]
        self.report_projection = SpectralDense(units, name="report_projection")
        self.shared = SpectralDense(units, name="shared")
        self.real_or_fake = SpectralDense(1, name="real_or_fake")
        self.label_projection = SpectralDense(units, use_bias=False, name="label_projection")

    def features(self, films, training=False):
        """Return what the shared layers read of films, `[batch, units]`."""
        return self.film_projection(self.film_trunk(films, training=training), training=training)

    def report_features(self, vectors, training=False):
        """Return what the shared layers read of reports' vectors, `[batch, units]`."""
        x = vectors
        for layer in self.report_layers:
            x = ops.leaky_relu(layer(x, training=training))
        return self.report_projection(x, training=training)

    def logits(self, features, labels, labelled, training=False):
        """Return real/fake logits `[batch]` of either domain.

        Args:
            features: `[batch, units]`, of films or of reports.
            labels: Multi-hot `[batch, label_count]`.
            labelled: `[batch]`, 0 where labels are unknown.
            training: Whether power iterations are kept.
        """
        x = features + self.shared(ops.leaky_relu(features), training=training)
        linear = self.real_or_fake(x, training=training)[:, 0]
        projected = ops.sum(self.label_projection(labels, training=training) * x, axis=-1)
        return linear + labelled * projected

    def call(self, films, vectors, labels, labelled, training=False):
        """Return logits of films and of reports."""
        parts = (self.features(films, training), self.report_features(vectors, training))
        film_logits, report_logits = (
            self.logits(part, labels, labelled, training=training) for part in parts
        )
        return film_logits, report_logits

    def get_config(self):
        """Return the constructor's arguments."""
        return {
            "film_trunk": keras.saving.serialize_keras_object(self.film_trunk),
            "label_count": self.label_count,
            "features": self.report_length,
            "units": self.units,
        }

    @classmethod
    def from_config(cls, config):
        """Return untrained discriminators of the same sizes."""
        film_trunk = keras.saving.deserialize_keras_object(config["film_trunk"])
        return cls(**{**config, "film_trunk": film_trunk})
