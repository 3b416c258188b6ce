"""The image discriminator: real or made, and turned by which angle."""

import keras
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralDense
from emixer_tf.models.film_trunk import FilmTrunk


@keras.saving.register_keras_serializable(package="emixer_tf")
class ImageDiscriminator(FilmTrunk):
    """Residual projection discriminator with a rotation head.

    Args:
        resolution, channels, base_channels, base_resolution, attention_resolution: As for
            `FilmTrunk`.
        label_count: Length of the label vectors.

    Call arguments:
        images: Films `[batch, R, R, channels]` in [-1, 1].
        labels: Multi-hot `[batch, label_count]`.
        labelled: `[batch]`, 1 where labels are known; 0 leaves the projection out.
        training: Whether power iterations are kept.

    Example:

    >>> critic = ImageDiscriminator(resolution=16, channels=1, label_count=2, base_channels=4)
    >>> films, labels = keras.random.normal((2, 16, 16, 1), seed=0), ops.eye(2)
    >>> critic(films, labels, labelled=ops.ones((2,))).shape
    TensorShape([2])
    >>> critic.rotation_logits(critic.features(films)).shape
    TensorShape([2, 4])

    Reference:
        EMIXER, sections 3.2.3 and 6.2.2, table 8; Miyato and Koyama (arXiv:1802.05637).
    """

    def __init__(
        self,
        resolution,
        channels,
        label_count,
        base_channels,
        base_resolution=8,
        attention_resolution=64,
        **kwargs,
    ):
        super().__init__(
            resolution, channels, base_channels, base_resolution, attention_resolution, **kwargs
        )
        self.label_count = label_count
        self.real_or_fake = SpectralDense(1, name="real_or_fake")
        self.projection = SpectralDense(self.features_dim, use_bias=False, name="projection")
        self.rotation_head = SpectralDense(4, name="rotation_head")
        self.rotation_head.build((None, self.features_dim))  # `call` does not pass through it

    def logits(self, features, labels, labelled, training=False):
        """Return real/fake logits `[batch]`: linear, plus the projection where labels are known.

        Args:
            features: `[batch, features_dim]`.
            labels: Multi-hot `[batch, label_count]`.
            labelled: `[batch]`, 0 where labels are unknown.
            training: Whether power iterations are kept.

        Returns:
            `[batch]`; above 0 is real.
        """
        linear = self.real_or_fake(features, training=training)[:, 0]
        projected = ops.sum(self.projection(labels, training=training) * features, axis=-1)
        return linear + labelled * projected

    def rotation_logits(self, features, training=False):
        """Return logits of the four angles.

        Args:
            features: `[batch, features_dim]`.
            training: Whether power iterations are kept.

        Returns:
            `[batch, 4]`, of 0, 1, 2 and 3 quarter turns counter-clockwise.
        """
        return self.rotation_head(features, training=training)

    def call(self, images, labels, labelled, training=False):
        """Return real/fake logits of films, `[batch]`; above 0 is real."""
        features = self.features(images, training=training)
        return self.logits(features, labels, labelled, training=training)

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "label_count": self.label_count}
