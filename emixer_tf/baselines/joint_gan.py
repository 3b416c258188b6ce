"""JointGAN: films and reports from noise, in both orders, before one softmax critic."""

import keras
from keras import ops

from emixer_tf.baselines.joint_gan_step import JointGANStep
from emixer_tf.baselines.joint_generators import (
    JointGenerators,
    ReportEmbeddingGenerator,
    ReportFilmGenerator,
)
from emixer_tf.baselines.report_autoencoding import AutoencodesReports, build_autoencoder
from emixer_tf.baselines.softmax_critic import MADE, SoftmaxCritic
from emixer_tf.models import networks
from emixer_tf.models.film_description import DescribesFilms
from emixer_tf.models.report_writer import ReportWriter
from emixer_tf.models.study_generator import StudyGenerator


@keras.saving.register_keras_serializable(package="emixer_tf")
class JointGAN(AutoencodesReports, DescribesFilms, StudyGenerator):
    """Marginal and conditional generators of films and reports, conditional on labels.

    Reports are embeddings of an autoencoder that learns from real reports beside the GAN. Films are
    made from noise or from a report's embedding, embeddings from noise or from a film; one critic
    tells the five kinds of pair apart, see `softmax_critic`. Studies are made film first, and words
    are decoded from the embedding. A film's report is made knowing the labels that the film was
    made from; real films are described without labels, in training as by `describe`.

    Args:
        config: `EmixerConfig`, its dict, or the name of a built-in configuration, as
            `JointGAN.adapted(config)` makes it. `joint_weight` is the weight of the critic in the
            generators' loss; `adversarial_loss` and `image_weight` say nothing here, as the critic
            is a softmax over pairs.
        vocabulary, terms: As for `EMIXER`.

    Call arguments:
        inputs: As for `EMIXER`; `noise_dim` is twice that of the configuration.

    Raises:
        ValueError: As `EMIXER`, or if a weight is set that the method has no term for, or one that
            it needs is not above 0.

    Example:

    >>> from emixer_tf import EmixerConfig
    >>> config = EmixerConfig.named("phantom_32", resolution=16, generator_channels=4)
    >>> JointGAN(JointGAN.adapted(config)).generate({"Edema": 1}, n=2, seed=0).images.shape
    (2, 16, 16, 1)

    Reference:
        Pu et al., JointGAN: multi-domain joint distribution learning with generative adversarial
        nets (arXiv:1806.02978); for reports: docs/baselines.md, "What was decided, and why".
    """

    METHOD = "JointGAN"
    PAPER = "arXiv:1806.02978"
    FILMS_JUDGED = 4
    UNUSED_WEIGHTS = (
        "report_weight",
        "rotation_weight_discriminator",
        "rotation_weight_generator",
        "encoder_label_weight",
        "label_weight_generator",
        "report_label_weight",
    )
    NEEDED_WEIGHTS = ("joint_weight", "teacher_forcing_weight")

    @classmethod
    def adapted(cls, config):
        """Return a configuration of EMIXER as JointGAN takes it: its one critic has weight 1.

        Args:
            config: `EmixerConfig`.

        Returns:
            `EmixerConfig`.
        """
        return super().adapted(config).replace(joint_weight=1.0)

    def make_networks(self):
        """Create the generators, the critic, and the report autoencoder."""
        config = self.config
        features, units = config.encoder_features, config.decoder_units
        self.generators = JointGenerators(
            _film_generator(config, features),
            networks.image_encoder(config.replace(encoder_features=units)),
            ReportEmbeddingGenerator(features, units=features),
        )
        self.make_autoencoder()
        self.critic = SoftmaxCritic(
            resolution=config.resolution,
            channels=config.channels,
            base_channels=config.discriminator_channels,
            units=units,
            base_resolution=config.base_resolution,
            attention_resolution=config.attention_resolution,
        )

    def make_averages(self):
        """Create the averages of what generates, and who describes films with them."""
        self.averaged_generator = networks.untrained_copy(self.generators)
        self.averaged_decoder = networks.untrained_copy(self.report_decoder)
        self.averaged_encoder = networks.untrained_copy(self.encoder)
        self.describer = ReportWriter(self.averaged_generator.typical_report, self.averaged_decoder)

    def build_networks(self):
        """Run every network once."""
        noise = ops.zeros((1, self.noise_dim))
        labels = ops.zeros((1, len(self.config.labels)))
        films, reports = self.generators([noise, labels])
        self.critic(films, reports, labels, ops.ones((1,)))
        build_autoencoder(self.encoder, self.report_decoder)
        self.averaged_generator([noise, labels])
        build_autoencoder(self.averaged_encoder, self.averaged_decoder)
        self.describer.built = True  # it owns no variables of its own

    @property
    def noise_dim(self):
        """Numbers of noise of a study: the film's, then the report's."""
        return 2 * self.config.noise_dim

    @property
    def discriminator_variables(self):
        """Variables of the critic."""
        return self.critic.trainable_variables

    def make_step(self):
        """Return the training step.

        Returns:
            `JointGANStep`.
        """
        return JointGANStep(self)

    def value_names(self):
        """Return the names of what a training step logs.

        Returns:
            List of names.
        """
        kinds = [f"g_{kind}" for kind in MADE]
        return ["d_joint", "critic_accuracy", "g_joint", *kinds, "words", "stop"]


def _film_generator(config, features):
    shape = networks.image_generator(config).get_config()
    known = len(config.labels) + 1
    return ReportFilmGenerator(**{**shape, "label_count": known, "report_features": features})
