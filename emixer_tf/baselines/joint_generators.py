"""JointGAN's generators: films and report embeddings, each from noise or from the other."""

import keras
from keras import ops

from emixer_tf.baselines.report_embedding import on_the_sphere
from emixer_tf.layers.conditional_norm import batch_normalization
from emixer_tf.layers.spectral_norm import SpectralDense
from emixer_tf.models.image_generator import ImageGenerator


def known_labels(labels, labelled):
    """Return what a generator is told of labels: the labels, and whether they are known.

    Args:
        labels: Multi-hot `[batch, label_count]`.
        labelled: `[batch]`, 0 where labels are unknown.

    Returns:
        `[batch, label_count + 1]`; zeros where labels are unknown.

    Example:

    >>> ops.convert_to_numpy(known_labels(ops.ones((2, 2)), ops.array([1.0, 0.0])))
    array([[1., 1., 1.],
           [0., 0., 0.]], dtype=float32)
    """
    labelled = labelled[:, None]
    return ops.concatenate([labels * labelled, labelled], axis=-1)


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportFilmGenerator(ImageGenerator):
    """An `ImageGenerator` that is told labels and a report's embedding, one after the other.

    Each has an embedding of its own, which are added: out of one common layer, with hundreds of
    rows where labels alone have a few, labels would begin shorter than a chunk of noise.

    Args:
        report_features: Length of a report's embedding.
        **kwargs: As for `ImageGenerator`.
    """

    def __init__(self, report_features, **kwargs):
        super().__init__(**kwargs)
        self._config["report_features"] = report_features
        self.report_embedding = keras.layers.Dense(
            self._config["embedding_dim"],
            use_bias=False,
            kernel_initializer=keras.initializers.Orthogonal(self.chunk**0.5),
            name="report_embedding",
        )

    def embed(self, labels):
        """Return what every block is told, `[batch, embedding_dim]`."""
        known = self._config["label_count"]
        return self.label_embedding(labels[:, :known]) + self.report_embedding(labels[:, known:])


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportEmbeddingGenerator(keras.Model):
    """Makes report embeddings from noise, labels and features of a film.

    Args:
        features: Length of an embedding.
        units: Width of the two hidden layers.
    """

    def __init__(self, features, units, **kwargs):
        super().__init__(**kwargs)
        self.features = features
        self.units = units
        self.hidden = [SpectralDense(units, use_bias=False) for _ in range(2)]
        self.norms = [batch_normalization() for _ in range(2)]
        self.code = SpectralDense(features, name="code")

    def call(self, inputs, training=False):
        """Return embeddings `[batch, features]` for `[noise, known_labels, film_features]`."""
        x = ops.concatenate(inputs, axis=-1)
        for dense, norm in zip(self.hidden, self.norms, strict=True):
            x = ops.relu(norm(dense(x, training=training), training=training))
        return on_the_sphere(self.code(x, training=training))

    def get_config(self):
        """Return the constructor's arguments."""
        return {"features": self.features, "units": self.units}


@keras.saving.register_keras_serializable(package="emixer_tf")
class JointGenerators(keras.Model):
    """The four generators, two of films and two of report embeddings.

    A domain's marginal and its conditional generator share all their weights: the marginal reads
    zeros where the conditional reads the other domain. Four networks of the same budget would each
    be half as wide, and learn from half as many samples.

    Args:
        film_generator: `ReportFilmGenerator`, whose labels are known labels.
        film_reader: Image encoder that makes a film the condition of its report.
        report_generator: `ReportEmbeddingGenerator`.

    Reference:
        Pu et al., JointGAN (arXiv:1806.02978), section 3.
    """

    def __init__(self, film_generator, film_reader, report_generator, **kwargs):
        super().__init__(**kwargs)
        self.film_generator = film_generator
        self.film_reader = film_reader
        self.report_generator = report_generator

    def film(self, noise, known, report=None, training=False):
        """Return films `[batch, R, R, channels]`.

        Args:
            noise: `[batch, noise_dim]`.
            known: `known_labels(...)`.
            report: Embeddings `[batch, features]` of the reports that the films belong to; None
                for films out of noise.
            training: Whether batch norm normalises by the batch.
        """
        width = self.report_generator.features
        if report is None:
            report = ops.zeros((ops.shape(noise)[0], width))
        # Scaled to length 1: a report is then as loud as a label is.
        condition = ops.concatenate([known, report / width**0.5], axis=-1)
        return self.film_generator([noise, condition], training=training)

    def report(self, noise, known, film=None, training=False):
        """Return report embeddings `[batch, features]`.

        Args:
            noise: `[batch, noise_dim]`.
            known: `known_labels(...)`.
            film: Films `[batch, R, R, channels]` that the reports belong to; None for reports out
                of noise.
            training: Whether batch norm normalises by the batch.
        """
        if film is None:
            read = ops.zeros((ops.shape(noise)[0], self.film_reader.features))
        else:
            read = self.film_reader(film, training=training)
        return self.report_generator([noise, known, read], training=training)

    def typical_report(self, films, training=False):
        """Return embeddings `[batch, features]` of the reports that are most typical of films.

        Noise is zeros, and nothing is known of the labels.

        Args:
            films: `[batch, R, R, channels]`.
            training: Whether batch norm normalises by the batch.
        """
        rows, sizes = ops.shape(films)[0], self.film_generator.get_config()
        noise = ops.zeros((rows, sizes["noise_dim"]))
        known = ops.zeros((rows, sizes["label_count"]))
        return self.report(noise, known, films, training=training)

    def call(self, inputs, training=False):
        """Make studies, film first.

        Args:
            inputs: `[noise, labels]`: the film's and the report's noise, one after the other
                `[batch, 2 * noise_dim]`, and labels `[batch, label_count]`.

        Returns:
            `(films [batch, R, R, channels], embeddings [batch, features])`.
        """
        noise, labels = inputs
        film_noise, report_noise = ops.split(noise, 2, axis=-1)
        known = known_labels(labels, ops.ones_like(labels[:, 0]))
        films = self.film(film_noise, known, training=training)
        return films, self.report(report_noise, known, films, training=training)

    def get_config(self):
        """Return the constructor's arguments."""
        return {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            for name in ("film_generator", "film_reader", "report_generator")
        }

    @classmethod
    def from_config(cls, config):
        """Return untrained generators of the same sizes."""
        made = {name: keras.saving.deserialize_keras_object(config[name]) for name in config}
        return cls(**made)
