"""EMIXER: labels and noise in, a chest film and its report out."""

import keras
from keras import ops

from emixer_tf.models import networks
from emixer_tf.models.film_description import DescribesFilms
from emixer_tf.models.film_label_reading import ReadsFilmLabels
from emixer_tf.models.report_chooser import ReportChooser
from emixer_tf.models.report_writer import ReportWriter
from emixer_tf.models.study_generator import StudyGenerator
from emixer_tf.training.adversarial_step import AdversarialStep
from emixer_tf.training.metric_names import metric_names


@keras.saving.register_keras_serializable(package="emixer_tf")
class EMIXER(ReadsFilmLabels, DescribesFilms, StudyGenerator):
    """End-to-end multimodal X-ray generator.

    Owns the image generator, the report decoder with its image encoder, three discriminators, and
    moving averages of the networks that generate. `fit` takes batches of
    `config.studies_per_step` studies, dicts as `emixer_tf.data.load_dataset` yields them.

    Args:
        config: `EmixerConfig`, its dict, or the name of a built-in configuration.
        vocabulary: Optional list of words in the order of their ids, the four special ones first;
            needed to turn word ids into text.
        terms: Optional dict of "licence" and "attribution" of what it learnt from, which presets
            keep.

    Call arguments:
        inputs: Dict of float tensors: `noise` `[batch, noise_dim]` and `labels`
            `[batch, label_count]`, and of the words `uniforms` `[batch, sentences, words]` in
            [0, 1), `temperature` `[batch]` and `top_p` `[batch]`, as for `generate`.

    Raises:
        ValueError: If there is no such configuration, the vocabulary has another length than the
            configuration says, or Keras is set to mixed precision.

    Example:

    >>> from emixer_tf import EmixerConfig
    >>> config = EmixerConfig.named("phantom_32", resolution=16, generator_channels=4)
    >>> model = EMIXER(config)  # untrained
    >>> studies = model.generate({"Cardiomegaly": 1}, n=2, seed=0)
    >>> studies.images.shape, len(studies.reports), studies.label_readings.shape
    ((2, 16, 16, 1), 2, (2, 14))

    Reference:
        EMIXER (arXiv:2007.05597), section 3.2.
    """

    METHOD = "EMIXER"

    def make_networks(self):
        """Create the generator, the decoder with its encoder, and the discriminators."""
        config = self.config
        self.image_generator = networks.image_generator(config)
        self.image_encoder = networks.image_encoder(config)
        self.report_decoder = networks.report_decoder(config, self.image_encoder.features)
        self.label_reader = networks.label_reader(config)
        self.report_label_reader = networks.report_label_reader(config)
        self.image_discriminator = networks.image_discriminator(config)
        self.report_discriminator = networks.report_discriminator(config)
        self.joint_discriminator = networks.joint_discriminator(config)

    def make_averages(self):
        """Create the averages of what generates, and who describes films with them."""
        self.averaged_generator = networks.untrained_copy(self.image_generator)
        self.averaged_decoder = networks.untrained_copy(self.report_decoder)
        self.averaged_encoder = self.image_encoder
        if self.trains_encoder:
            self.averaged_encoder = networks.untrained_copy(self.image_encoder)
        self.averaged_report_label_reader = networks.report_label_reader(self.config)
        self.describer = ReportWriter(self.averaged_encoder, self.averaged_decoder)
        if self.report_label_reader is not None:
            self.chooser = ReportChooser(
                self.averaged_encoder, self.averaged_decoder, self.averaged_report_label_reader
            )

    def build_networks(self):
        """Run every network once."""
        config = self.config
        noise = ops.zeros((1, config.noise_dim))
        labels = ops.zeros((1, len(config.labels)))
        tokens = ops.zeros((1, config.sentences, config.words), dtype="int32")
        films = self.image_generator([noise, labels], training=False)
        features = self.image_encoder(films, training=False)
        self.report_decoder(features, tokens)
        if self.label_reader is not None:
            self.label_reader(features)
        words, mask = self.report_decoder.embed(tokens)
        if self.report_label_reader is not None:
            self.report_label_reader(words, mask)
            self.averaged_report_label_reader(words, mask)
        self.image_discriminator(films, labels, ops.ones((1,)))
        if self.report_discriminator is not None:
            self.report_discriminator(words, mask)
        if self.joint_discriminator is not None:
            self.joint_discriminator(films, words, mask)
        self.averaged_generator([noise, labels], training=False)
        self.averaged_decoder(self.averaged_encoder(films), tokens)
        self.describer.built = True  # it owns no variables of its own

    @property
    def trains_encoder(self):
        """Whether the image encoder learns with the decoder (a pretrained one is frozen)."""
        pretrained = self.config.image_encoder == "densenet121_imagenet"
        return self.learns_from_real_pairs and not pretrained

    @property
    def reads_reports(self):
        """Whether a discriminator reads reports."""
        return self.report_discriminator is not None or self.joint_discriminator is not None

    @property
    def averaged_pairs(self):
        """Pairs of an averaged network and the network it averages."""
        pairs = [
            (self.averaged_generator, self.image_generator),
            (self.averaged_decoder, self.report_decoder),
        ]
        if self.trains_encoder:
            pairs.append((self.averaged_encoder, self.image_encoder))
        if self.report_label_reader is not None:
            pairs.append((self.averaged_report_label_reader, self.report_label_reader))
        return pairs

    @property
    def discriminators(self):
        """The discriminators this configuration has."""
        candidates = (self.image_discriminator, self.report_discriminator, self.joint_discriminator)
        return [network for network in candidates if network is not None]

    @property
    def encoder(self):
        """What F reads films through."""
        return self.image_encoder

    @property
    def generator_variables(self):
        """Variables that the generator's optimizer updates."""
        return self.image_generator.trainable_variables

    @property
    def discriminator_variables(self):
        """Trainable variables of all discriminators that a loss reaches."""
        variables = [v for network in self.discriminators for v in network.trainable_variables]
        if self.config.rotation_weight_discriminator:
            return variables
        head = {id(v) for v in self.image_discriminator.rotation_head.trainable_variables}
        return [v for v in variables if id(v) not in head]

    @property
    def adversarial_decoder_variables(self):
        """Variables of F that the discriminators' gradients update (the encoder's never are)."""
        return self.report_decoder.trainable_variables if self.reads_reports else []

    @property
    def describer_variables(self):
        """Variables that the decoder's optimizer updates."""
        learners = [self.report_decoder]
        if self.trains_encoder:
            learners.append(self.image_encoder)
        learners += filter(None, (self.label_reader, self.report_label_reader))
        return [variable for learner in learners for variable in learner.trainable_variables]

    def make_step(self):
        """Return the training step.

        Returns:
            `AdversarialStep`.
        """
        return AdversarialStep(self)

    def value_names(self):
        """Return the names of what a training step logs.

        Returns:
            List of names.
        """
        return metric_names(self.config)

    def call(self, inputs, training=False):
        """Make studies with the averaged networks.

        Returns:
            Dict of `image` `[batch, resolution, resolution, channels]` in [-1, 1] and `tokens`,
            int32 `[batch, sentences, words]`: word ids, 0 where none stands.
        """
        films = self.averaged_generator([inputs["noise"], inputs["labels"]], training=False)
        return {"image": films, **self.describer({**inputs, "image": films})}
