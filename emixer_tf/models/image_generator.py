"""The image generator G: noise and labels to a chest film."""

import keras
from keras import ops

from emixer_tf.layers.attention import SelfAttention2D
from emixer_tf.layers.conditional_norm import batch_normalization
from emixer_tf.layers.residual import UpBlock
from emixer_tf.layers.spectral_norm import SpectralConv2D, SpectralDense


@keras.saving.register_keras_serializable(package="emixer_tf")
class ImageGenerator(keras.Model):
    """Conditional residual generator with hierarchical noise.

    The noise is cut into chunks; each block's conditional batch norm sees its own chunk joined to
    the label embedding, and the first linear layer takes the chunks that no block uses. A label's
    embedding begins as long as a chunk is on average: beside noise several times as long, labels
    are heard late (docs/ablations.md, "Films that obey labels, few steps (earlier)").

    Args:
        resolution: Side of the film, `base_resolution` times a power of two.
        channels: 1 or 3.
        label_count: Length of the label vectors.
        base_channels: Width unit; at resolution r the width is `base_channels * min(16, R / r)`.
        base_resolution: Resolution of the first feature map (4 is the BigGAN layout).
        noise_dim: Length of the noise.
        chunk: Length of a chunk.
        embedding_dim: Length of the label embedding.
        attention_resolution: Side of the maps with self-attention; none where no block ends there.

    Call arguments:
        inputs: `[noise, labels]`, of shapes `[batch, noise_dim]`, standard normal, and
            `[batch, label_count]`, 0 to 1.
        training: Whether batch norm takes the batch's statistics, and keeps them and power
            iterations.

    Raises:
        ValueError: If the noise has too few numbers for a chunk a block and one for the first
            layer.

    Example:

    >>> generator = ImageGenerator(16, channels=1, label_count=3, base_channels=2, noise_dim=40)
    >>> films = generator([keras.random.normal((3, 40), seed=0), ops.eye(3)])
    >>> films.shape, bool(ops.all(ops.abs(films) <= 1))
    (TensorShape([3, 16, 16, 1]), True)

    Reference:
        EMIXER, sections 3.2.1 and 6.2.2, table 7; the label embedding is not spectrally normalised.
    """

    def __init__(
        self,
        resolution,
        channels,
        label_count,
        base_channels,
        base_resolution=8,
        noise_dim=120,
        chunk=20,
        embedding_dim=128,
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
            "noise_dim": noise_dim,
            "chunk": chunk,
            "embedding_dim": embedding_dim,
            "attention_resolution": attention_resolution,
        }
        self.base_resolution = base_resolution
        self.chunk = chunk
        resolutions = []
        side = base_resolution
        while side < resolution:
            side *= 2
            resolutions.append(side)
        self.stem_noise = noise_dim - chunk * len(resolutions)
        if self.stem_noise <= 0:
            raise ValueError(
                f"noise_dim must hold a chunk for each of {len(resolutions)} blocks and one more. "
                f"Received: noise_dim={noise_dim}, chunk={chunk}"
            )
        self.label_embedding = keras.layers.Dense(
            embedding_dim,
            use_bias=False,
            kernel_initializer=keras.initializers.Orthogonal(chunk**0.5),
            name="label_embedding",
        )
        self.stem_width = feature_width(base_channels, resolution, base_resolution)
        self.stem = SpectralDense(base_resolution**2 * self.stem_width, name="stem")
        self.blocks = [
            UpBlock(feature_width(base_channels, resolution, side), name=f"up_{side}")
            for side in resolutions
        ]
        self.attention, self.attention_after = None, None
        if attention_resolution in resolutions:
            self.attention = SelfAttention2D(name="attention")
            self.attention_after = resolutions.index(attention_resolution)
        self.final_norm = batch_normalization()
        self.final_conv = SpectralConv2D(channels, 3, name="to_image")

    def call(self, inputs, training=False):
        """Return films `[batch, R, R, channels]` in [-1, 1]."""
        noise, labels = inputs
        embedding = self.embed(labels)
        x = self.stem(noise[:, : self.stem_noise], training=training)
        x = ops.reshape(x, (-1, self.base_resolution, self.base_resolution, self.stem_width))
        for i, block in enumerate(self.blocks):
            start = self.stem_noise + i * self.chunk
            condition = ops.concatenate([noise[:, start : start + self.chunk], embedding], axis=-1)
            x = block([x, condition], training=training)
            if i == self.attention_after:
                x = self.attention(x, training=training)
        x = ops.relu(self.final_norm(x, training=training))
        return ops.tanh(self.final_conv(x, training=training))

    def embed(self, labels):
        """Return what every block is told of the labels.

        Args:
            labels: `[batch, label_count]`.

        Returns:
            `[batch, embedding_dim]`: the sum of the embeddings of a study's labels.
        """
        return self.label_embedding(labels)

    def get_config(self):
        """Return the constructor's arguments."""
        return dict(self._config)


def feature_width(base_channels, resolution, side):
    """Return the channels of a feature map of a given side, as in BigGAN's tables."""
    return base_channels * min(16, resolution // side)
