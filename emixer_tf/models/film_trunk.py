"""The convolutions of a critic of films: a film to one vector."""

import keras
from keras import ops

from emixer_tf.layers.attention import SelfAttention2D
from emixer_tf.layers.residual import DownBlock
from emixer_tf.models.image_generator import feature_width


@keras.saving.register_keras_serializable(package="emixer_tf")
class FilmTrunk(keras.Model):
    """Residual down-blocks with self-attention, then a sum over places.

    Args:
        resolution, channels, base_channels, base_resolution: As for `ImageGenerator`; a block that
            ends at resolution r has the width `base_channels * min(16, R / 2r)`.
        attention_resolution: Side of the maps with self-attention; none where no block halves the
            films to it.

    Call arguments:
        images: Films `[batch, R, R, channels]` in [-1, 1].
        training: Whether power iterations are kept.

    Example:

    >>> FilmTrunk(resolution=16, channels=1, base_channels=4)(keras.ops.ones((2, 16, 16, 1))).shape
    TensorShape([2, 8])

    Reference:
        EMIXER, section 6.2.2, table 8.
    """

    def __init__(
        self,
        resolution,
        channels,
        base_channels,
        base_resolution=8,
        attention_resolution=64,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self._config = {
            "resolution": resolution,
            "channels": channels,
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

    def features(self, images, training=False):
        """Return sum-pooled features.

        Args:
            images: Films `[batch, R, R, channels]` in [-1, 1].
            training: Whether power iterations are kept.

        Returns:
            `[batch, features_dim]`, not negative.
        """
        x = images
        for i, block in enumerate(self.blocks):
            x = block(x, training=training)
            if i == self.attention_after:
                x = self.attention(x, training=training)
        return ops.sum(ops.relu(x), axis=(1, 2))

    def call(self, images, training=False):
        """Return `features(images, training)`."""
        return self.features(images, training=training)

    def get_config(self):
        """Return the constructor's arguments."""
        return dict(self._config)
