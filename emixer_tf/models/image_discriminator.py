"""The image discriminator: real or made, and turned by which angle."""

import keras
from keras import ops

from emixer_tf.layers.attention import SelfAttention2D
from emixer_tf.layers.residual import DownBlock
from emixer_tf.layers.spectral_norm import SpectralDense
from emixer_tf.models.image_generator import feature_width


@keras.saving.register_keras_serializable(package="emixer_tf")
class ImageDiscriminator(keras.Model):
    """Residual projection discriminator with a rotation head.

    Args:
        resolution, channels, label_count, base_channels, base_resolution: As for
            `ImageGenerator`; a block that ends at resolution r has the width
            `base_channels * min(16, R / 2r)`.
        attention_resolution: Where self-attention stands, or None.

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
        super().__init__(**kwargs)
        self._config = {
            "resolution": resolution,
            "channels": channels,
            "label_count": label_count,
            "base_channels": base_channels,
            "base_resolution": base_resolution,
            "attention_resolution": attention_resolution,
        }
        self.blocks = []
        self.attention, self.attention_after = None, None
        side = resolution
        while side > base_resolution:
            side //= 2
            width = feature_width(base_channels, resolution, 2 * side)
            first = not self.blocks
            self.blocks.append(DownBlock(width, preactivation=not first, name=f"down_{side}"))
            if side == attention_resolution:
                self.attention = SelfAttention2D(name="attention")
                self.attention_after = len(self.blocks) - 1
        self.features_dim = feature_width(base_channels, resolution, base_resolution)
        self.blocks.append(DownBlock(self.features_dim, downsample=False, name="last"))
        self.real_or_fake = SpectralDense(1, name="real_or_fake")
        self.projection = SpectralDense(self.features_dim, use_bias=False, name="projection")
        self.rotation_head = SpectralDense(4, name="rotation_head")
        self.rotation_head.build((None, self.features_dim))  # `call` does not pass through it

    def features(self, images, training=False):
        """Return sum-pooled features `[batch, features_dim]`."""
        x = images
        for i, block in enumerate(self.blocks):
            x = block(x, training=training)
            if i == self.attention_after:
                x = self.attention(x, training=training)
        return ops.sum(ops.relu(x), axis=(1, 2))

    def logits(self, features, labels, labelled, training=False):
        """Return real/fake logits `[batch]`: linear, plus the projection where labels are known.

        Args:
            features: `[batch, features_dim]`.
            labels: Multi-hot `[batch, label_count]`.
            labelled: `[batch]`, 0 where labels are unknown.
            training: Whether power iterations are kept.
        """
        linear = self.real_or_fake(features, training=training)[:, 0]
        projected = ops.sum(self.projection(labels, training=training) * features, axis=-1)
        return linear + labelled * projected

    def rotation_logits(self, features, training=False):
        """Return logits of the four angles `[batch, 4]`."""
        return self.rotation_head(features, training=training)

    def call(self, images, labels, labelled, training=False):
        """Return real/fake logits of films."""
        features = self.features(images, training=training)
        return self.logits(features, labels, labelled, training=training)

    def get_config(self):
        """Return the constructor's arguments."""
        return dict(self._config)
