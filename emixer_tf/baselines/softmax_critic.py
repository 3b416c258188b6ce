"""JointGAN's critic: of which of five kinds is this pair of a film and a report."""

import keras
from keras import ops

from emixer_tf.layers.spectral_norm import SpectralDense
from emixer_tf.models.film_trunk import FilmTrunk
from emixer_tf.training.losses import cross_entropy, weighted_mean

KINDS = (
    "real",  # q(x, y)
    "report_of_film",  # q(x) p(y|x)
    "film_of_report",  # q(y) p(x|y)
    "film_first",  # p(x) p(y|x)
    "report_first",  # p(y) p(x|y)
)
REAL = KINDS.index("real")
MADE = KINDS[1:]


def critic_loss(logits, weights):
    """Return the critic's loss: the cross-entropy of the kinds.

    The paper's sum of five expectations is five times this.

    Args:
        logits: `[5 * batch, 5]`, pairs of every kind in the order of `KINDS`.
        weights: `[5 * batch]`, mean 1 over each kind's valid pairs.

    Returns:
        Scalar tensor; log 5 where the kinds cannot be told apart.

    Example:

    >>> round(float(critic_loss(ops.zeros((10, 5)), ops.ones((10,)))), 4)
    1.6094

    Reference:
        JointGAN, section 3: the critic maximises the sum over kinds k of E_k log g(x, y)[k].
    """
    return cross_entropy(kinds_of(logits), logits, weights)


def critic_accuracy(logits, weights):
    """Return the share of pairs whose kind the critic names; one in five is chance.

    Args:
        logits, weights: As for `critic_loss`.

    Returns:
        Scalar tensor.
    """
    hits = ops.cast(ops.argmax(logits, axis=-1) == kinds_of(logits), "float32")
    return weighted_mean(hits, weights)


def generators_losses(logits, weights):
    """Return what the generators of every made kind lose by not passing for real.

    The paper's generators minimise the critic's own objective, E_k log g[k]. Its gradient vanishes
    where the critic is sure of the kind, which is where a generator has most to learn; here every
    made kind maximises log g[real] instead, as the sigmoid GAN's generator maximises log D in
    place of minimising log(1 - D). The optimum is the same: no kind can be told from a real pair.

    Args:
        logits: `[4 * batch, 5]`, pairs of every made kind in the order of `MADE`.
        weights: `[4 * batch]`, mean 1 over each kind's valid pairs.

    Returns:
        Dict from `MADE` to scalar tensors.

    Reference:
        JointGAN, section 3; Goodfellow et al. (arXiv:1406.2661), section 3.
    """
    losses = {}
    for kind, own_logits, own_weights in zip(
        MADE, ops.split(logits, len(MADE)), ops.split(weights, len(MADE)), strict=True
    ):
        wanted = ops.full(own_weights.shape, REAL, dtype="int32")
        losses[kind] = cross_entropy(wanted, own_logits, own_weights)
    return losses


def kinds_of(logits):
    """Return the place in `KINDS` of every pair of as many of each kind, kind after kind."""
    return ops.repeat(ops.arange(len(KINDS), dtype="int32"), logits.shape[0] // len(KINDS))


@keras.saving.register_keras_serializable(package="emixer_tf")
class ProjectionHead(keras.layers.Layer):
    """Logits of classes from a vector: linear, plus a projection of labels where they are known.

    Without spectral norm, which fixes how large a projection is: a softmax does not see what all
    classes have in common, so that a size held fixed can hide there. Begins with zeros.

    Args:
        classes: Number of classes.

    Reference:
        Miyato and Koyama (arXiv:1802.05637), one projection a class.
    """

    def __init__(self, classes, **kwargs):
        super().__init__(**kwargs)
        self.classes = classes
        self.linear = keras.layers.Dense(classes, kernel_initializer="zeros", name="linear")

    def build(self, features_shape, labels_shape=None, labelled_shape=None):
        """Create the weights."""
        self.projection = keras.layers.Dense(
            self.classes * features_shape[-1],
            use_bias=False,
            kernel_initializer="zeros",
            name="projection",
        )
        self.linear.build(features_shape)
        self.projection.build(labels_shape)

    def call(self, features, labels, labelled):
        """Return logits `[batch, classes]`.

        Args:
            features: `[batch, features]`.
            labels: Multi-hot `[batch, label_count]`.
            labelled: `[batch]`, 0 where labels are unknown.
        """
        directions = ops.reshape(self.projection(labels), (-1, self.classes, features.shape[-1]))
        projected = ops.sum(directions * features[:, None], axis=-1)  # [batch, classes]
        return self.linear(features) + labelled[:, None] * projected

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "classes": self.classes}


@keras.saving.register_keras_serializable(package="emixer_tf")
class SoftmaxCritic(keras.Model):
    """One critic of pairs of a film and a report's embedding, with a class for every kind.

    Film, report and their product each have a head, whose logits add up: what is wrong with a film
    is then to be seen whatever its report is. What the first two heads read is normalised: a film's
    features, sums over its places, are else several times as large as a report's, and all large at
    once, beside which what tells one label from another is small.

    Args:
        resolution, channels, base_channels, base_resolution, attention_resolution: Of its
            `FilmTrunk`.
        units: Width of the layers over the report and over the pair.

    Reference:
        Pu et al., JointGAN (arXiv:1806.02978), section 3.
    """

    def __init__(
        self,
        resolution,
        channels,
        base_channels,
        units,
        base_resolution=8,
        attention_resolution=64,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.trunk = FilmTrunk(
            resolution, channels, base_channels, base_resolution, attention_resolution
        )
        self.film_norm = keras.layers.LayerNormalization(center=False, scale=False)
        self.report_norm = keras.layers.LayerNormalization(center=False, scale=False)
        self.report_layers = [SpectralDense(units, name=f"report_{i + 1}") for i in range(2)]
        self.film_embedding = SpectralDense(units, name="film_embedding")
        self.pair_layer = SpectralDense(units, name="pair")
        self.film_head = ProjectionHead(len(KINDS), name="film_head")
        self.report_head = ProjectionHead(len(KINDS), name="report_head")
        self.pair_head = ProjectionHead(len(KINDS), name="pair_head")

    def film_features(self, films, training=False):
        """Return features `[batch, features_dim]`."""
        return self.film_norm(self.trunk(films, training=training))

    def logits(self, film_features, reports, labels, labelled, training=False):
        """Return logits `[batch, 5]` of the kinds.

        Args:
            film_features: `[batch, features_dim]`.
            reports: Embeddings `[batch, features]`.
            labels: Multi-hot `[batch, label_count]`.
            labelled: `[batch]`, 0 where labels are unknown.
            training: Whether power iterations are kept.
        """
        read = reports
        for layer in self.report_layers:
            read = ops.leaky_relu(layer(read, training=training))
        read = self.report_norm(read)
        film = self.film_embedding(film_features, training=training)
        pair = ops.concatenate([film, read, film * read], axis=-1)
        pair = ops.leaky_relu(self.pair_layer(pair, training=training))
        return (
            self.film_head(film_features, labels, labelled)
            + self.report_head(read, labels, labelled)
            + self.pair_head(pair, labels, labelled)
        )

    def call(self, films, reports, labels, labelled, training=False):
        """Return logits of the kinds `[batch, 5]`."""
        features = self.film_features(films, training=training)
        return self.logits(features, reports, labels, labelled, training=training)

    def get_config(self):
        """Return the constructor's arguments."""
        trunk = self.trunk.get_config()
        return {**trunk, "units": self.units}
