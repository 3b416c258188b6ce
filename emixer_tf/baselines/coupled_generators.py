"""CoGAN's two generators: films and reports whose first layers are the same."""

import keras
from keras import ops

from emixer_tf.baselines.conditional_dense import ConditionalDense
from emixer_tf.baselines.report_embedding import on_the_sphere
from emixer_tf.layers.spectral_norm import SpectralDense


@keras.saving.register_keras_serializable(package="emixer_tf")
class CoupledGenerators(keras.Model):
    """A generator of films and one of report vectors that share their first layers.

    The shared layers, label embedding included, add to that part of the noise which the film
    tower's stem reads: the sum is the code. The film tower reads the code in its place; the report
    tower is an MLP. Both towers see label embedding and the rest of the noise in their
    conditional batch norms: there is one noise, as in the paper, and what the two have in common
    beside it comes from the code.

    Args:
        film_tower: `ImageGenerator`; its label embedding is the shared one.
        features: Length of a report's vector.
        units: Width of the hidden layers.

    Reference:
        Liu and Tuzel, Coupled generative adversarial networks (arXiv:1606.07536), section 3: the
        first layers, which decode what is said, are shared, the last, which decode how, are not.
    """

    def __init__(self, film_tower, features, units, **kwargs):
        super().__init__(**kwargs)
        self.film_tower = film_tower
        self.features = features
        self.units = units
        self.shared_layers = [ConditionalDense(units, name=f"shared_{i + 1}") for i in range(2)]
        self.code = SpectralDense(film_tower.stem_noise, name="code")
        self.report_layers = [ConditionalDense(units, name=f"report_{i + 1}") for i in range(2)]
        self.to_vector = SpectralDense(features, name="to_vector")

    def call(self, inputs, training=False):
        """Make films and reports that belong together.

        Args:
            inputs: `[noise, labels]`, as for `ImageGenerator`.
            training: Whether batch norm uses the batch's statistics.

        Returns:
            `(films [batch, R, R, channels], vectors [batch, features])`.
        """
        noise, labels = inputs
        shared, own = ops.split(noise, [self.film_tower.stem_noise], axis=-1)
        embedding = self.film_tower.label_embedding(labels)
        x = shared
        for layer in self.shared_layers:
            x = layer([x, embedding], training=training)
        code = shared + self.code(x, training=training)
        films = self.film_tower([ops.concatenate([code, own], axis=-1), labels], training=training)
        x, condition = code, ops.concatenate([own, embedding], axis=-1)
        for layer in self.report_layers:
            x = layer([x, condition], training=training)
        return films, on_the_sphere(self.to_vector(x, training=training))

    def get_config(self):
        """Return the constructor's arguments."""
        return {
            "film_tower": keras.saving.serialize_keras_object(self.film_tower),
            "features": self.features,
            "units": self.units,
        }

    @classmethod
    def from_config(cls, config):
        """Return untrained generators of the same sizes."""
        film_tower = keras.saving.deserialize_keras_object(config["film_tower"])
        return cls(**{**config, "film_tower": film_tower})
