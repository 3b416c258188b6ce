"""CoGAN: two coupled GANs, of films and of reports' vectors."""

import keras
from keras import ops

from emixer_tf.baselines.cogan_step import CoupledStep
from emixer_tf.baselines.coupled_discriminators import CoupledDiscriminators
from emixer_tf.baselines.coupled_generators import CoupledGenerators
from emixer_tf.baselines.report_autoencoding import AutoencodesReports, build_autoencoder
from emixer_tf.models import networks
from emixer_tf.models.film_trunk import FilmTrunk
from emixer_tf.models.study_generator import StudyGenerator


@keras.saving.register_keras_serializable(package="emixer_tf")
class CoGAN(AutoencodesReports, StudyGenerator):
    """Coupled generators and discriminators of films and of reports.

    Reports take part as vectors of an autoencoder that learns beside the GAN from real reports;
    its decoder puts generated vectors into words. Labels steer CoGAN as they steer EMIXER, by
    conditional batch norm and projection; film and report meet in shared layers alone, never in a
    discriminator of pairs.

    Args:
        config, vocabulary, terms: As for `EMIXER`; `CoGAN.adapted(config)` turns a configuration of
            EMIXER into one of CoGAN.

    Call arguments:
        inputs: As for `EMIXER`.

    Raises:
        ValueError: As `EMIXER`, or if a weight is set that the method has no term for, or one that
            it needs is not above 0.

    Example:

    >>> from emixer_tf import EmixerConfig
    >>> config = EmixerConfig.named("phantom_32", resolution=16, generator_channels=4)
    >>> CoGAN(CoGAN.adapted(config)).generate({"Edema": 1}, n=2, seed=0).images.shape
    (2, 16, 16, 1)

    Reference:
        Liu and Tuzel, Coupled generative adversarial networks (arXiv:1606.07536); for reports:
        docs/baselines.md, "What was decided, and why".
    """

    METHOD = "CoGAN"
    PAPER = "arXiv:1606.07536"
    UNUSED_WEIGHTS = (
        "joint_weight",
        "rotation_weight_discriminator",
        "rotation_weight_generator",
        "encoder_label_weight",
        "label_weight_generator",
        "report_label_weight",
    )
    NEEDED_WEIGHTS = ("report_weight", "teacher_forcing_weight")

    @classmethod
    def adapted(cls, config):
        """Return a configuration of EMIXER as CoGAN takes it: one game, both domains weighed alike.

        Args:
            config: `EmixerConfig`.

        Returns:
            `EmixerConfig`.
        """
        return super().adapted(config).replace(report_weight=1.0)

    def make_networks(self):
        """Create generators, discriminators, and the reports' autoencoder."""
        config = self.config
        length = config.encoder_features
        self.generators = CoupledGenerators(
            networks.image_generator(config), features=length, units=length // 2
        )
        trunk = FilmTrunk(
            resolution=config.resolution,
            channels=config.channels,
            base_channels=config.discriminator_channels,
            base_resolution=config.base_resolution,
            attention_resolution=config.attention_resolution,
        )
        self.discriminators = CoupledDiscriminators(
            trunk, label_count=len(config.labels), features=length, units=length // 2
        )
        self.make_autoencoder()

    def make_averages(self):
        """Create the averages of generators and autoencoder."""
        self.averaged_generator = networks.untrained_copy(self.generators)
        self.averaged_encoder = networks.untrained_copy(self.encoder)
        self.averaged_decoder = networks.untrained_copy(self.report_decoder)

    def build_networks(self):
        """Run every network once."""
        noise = ops.zeros((1, self.noise_dim))
        labels = ops.zeros((1, len(self.config.labels)))
        films, vectors = self.generators([noise, labels])
        build_autoencoder(self.encoder, self.report_decoder)
        self.averaged_generator([noise, labels])
        build_autoencoder(self.averaged_encoder, self.averaged_decoder)
        self.discriminators(films, vectors, labels, ops.ones((1,)))

    @property
    def discriminator_variables(self):
        """Variables that the discriminators' optimizer updates."""
        return self.discriminators.trainable_variables

    def make_step(self):
        """Return the training step.

        Returns:
            `CoupledStep`.
        """
        return CoupledStep(self)

    def value_names(self):
        """Return the names of what a training step logs.

        Returns:
            List of names.
        """
        judged = ["d_image", "g_image", "d_report", "g_report", "real_logit", "fake_logit"]
        return [*judged, "words", "stop"]
