"""CoGAN: two coupled GANs, of films and of reports' vectors."""

import keras
from keras import ops

from emixer_tf.baselines.cogan_step import CoupledStep
from emixer_tf.baselines.coupled_discriminators import CoupledDiscriminators
from emixer_tf.baselines.coupled_generators import CoupledGenerators
from emixer_tf.baselines.report_embedding import ReportEncoder
from emixer_tf.models import networks
from emixer_tf.models.film_trunk import FilmTrunk
from emixer_tf.models.study_generator import StudyGenerator


@keras.saving.register_keras_serializable(package="emixer_tf")
class CoGAN(StudyGenerator):
    """Coupled generators and discriminators of films and of reports.

    Reports take part as vectors of an autoencoder that learns beside the GAN from real reports;
    its decoder puts generated vectors into words. Labels steer CoGAN as they steer EMIXER, by
    conditional batch norm and projection; film and report meet in shared layers alone, never in a
    discriminator of pairs.

    Args:
        config, vocabulary: As for `EMIXER`; `CoGAN.adapted(config)` makes a configuration of it.

    Example:

    >>> from emixer_tf import EmixerConfig
    >>> config = EmixerConfig.named("phantom_32", generator_channels=4, batch_size=4)
    >>> CoGAN(CoGAN.adapted(config)).generate({"Edema": 1}, n=2, seed=0).images.shape
    (2, 32, 32, 1)

    Reference:
        Liu and Tuzel, Coupled generative adversarial networks (arXiv:1606.07536).
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
    NEEDS_REPORTS = True

    @classmethod
    def adapted(cls, config):
        """Return a configuration of EMIXER as CoGAN takes it: one game, both domains weighed alike.

        Args:
            config: `EmixerConfig`.
        """
        return super().adapted(config).replace(report_weight=1.0)

    def _check_weights(self, config):
        super()._check_weights(config)
        missing = [name for name in self.NEEDED_WEIGHTS if not getattr(config, name)]
        if missing:
            raise ValueError(
                f"CoGAN learns no reports without {' and '.join(missing)}. Remedy: set it above 0, "
                "or take CoGAN.adapted(config)."
            )

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
        self.encoder = ReportEncoder(config.decoder_units, length)
        self.report_decoder = networks.report_decoder(config, length)

    def make_averages(self):
        """Create the averages of generators and autoencoder."""
        self.averaged_generator = networks.untrained_copy(self.generators)
        self.averaged_encoder = networks.untrained_copy(self.encoder)
        self.averaged_decoder = networks.untrained_copy(self.report_decoder)

    def build_networks(self):
        """Run every network once."""
        config = self.config
        inputs = [ops.zeros((1, config.noise_dim)), ops.zeros((1, len(config.labels)))]
        tokens = ops.zeros((1, config.sentences, config.words), dtype="int32")
        for generators, encoder, decoder in (
            (self.generators, self.encoder, self.report_decoder),
            (self.averaged_generator, self.averaged_encoder, self.averaged_decoder),
        ):
            films, vectors = generators(inputs)
            decoder(vectors, tokens)
            encoder(*decoder.embed(tokens))
        self.discriminators(films, vectors, inputs[1], ops.ones((1,)))

    @property
    def averaged_pairs(self):
        """Pairs of an averaged network and the network it averages."""
        return [
            (self.averaged_generator, self.generators),
            (self.averaged_encoder, self.encoder),
            (self.averaged_decoder, self.report_decoder),
        ]

    @property
    def generator_variables(self):
        """Variables that the generators' optimizer updates; the shared ones stand there once."""
        return self.generators.trainable_variables

    @property
    def discriminator_variables(self):
        """Variables that the discriminators' optimizer updates."""
        return self.discriminators.trainable_variables

    @property
    def describer_variables(self):
        """Variables of the reports' autoencoder, which the decoder's optimizer updates."""
        return [*self.report_decoder.trainable_variables, *self.encoder.trainable_variables]

    @property
    def adversarial_decoder_variables(self):
        """None: no gradient of a discriminator reaches the autoencoder."""
        return []

    def make_step(self):
        """Return the training step."""
        return CoupledStep(self)

    def value_names(self):
        """Return the names of what a training step logs."""
        judged = ["d_image", "g_image", "d_report", "g_report", "real_logit", "fake_logit"]
        return [*judged, "words", "stop"]

    def call(self, inputs, training=False):
        """Make studies with the averaged networks.

        Args:
            inputs: As for `EMIXER.call`.

        Returns:
            Dict of `image` `[batch, resolution, resolution, channels]` in [-1, 1] and `tokens`
            `[batch, sentences, words]`.
        """
        films, vectors = self.averaged_generator([inputs["noise"], inputs["labels"]])
        tokens = self.averaged_decoder.sample(
            vectors, inputs["uniforms"], inputs["temperature"], inputs["top_p"]
        )
        return {"image": films, "tokens": tokens}
