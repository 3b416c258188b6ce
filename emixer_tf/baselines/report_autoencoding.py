"""What CoGAN and JointGAN share: an autoencoder of reports that learns beside the GAN."""

import tensorflow as tf
from keras import ops

from emixer_tf.baselines.report_embedding import ReportEncoder, autoencoder_losses
from emixer_tf.models import networks
from emixer_tf.training.training_step import TrainingStep


class AutoencodesReports:
    """A `StudyGenerator` whose `generators` make films and reports' vectors.

    A `ReportEncoder` and the report decoder learn from real reports alone; the decoder's average
    puts generated vectors into words.
    """

    NEEDS_REPORTS = True

    def make_autoencoder(self):
        """Create the encoder of reports, and the decoder that writes them from its vectors."""
        config = self.config
        self.encoder = ReportEncoder(config.decoder_units, config.encoder_features)
        self.report_decoder = networks.report_decoder(config, config.encoder_features)

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
        """Variables of all generators; what they share stands there once."""
        return self.generators.trainable_variables

    @property
    def describer_variables(self):
        """Variables of the autoencoder, which the decoder's optimizer updates."""
        return [*self.report_decoder.trainable_variables, *self.encoder.trainable_variables]

    @property
    def adversarial_decoder_variables(self):
        """None: discriminators read vectors, and no gradient of theirs reaches the autoencoder."""
        return []

    def call(self, inputs, training=False):
        """Make studies with the averaged networks.

        Args:
            inputs: As for `EMIXER`.

        Returns:
            Dict of `image` and `tokens`, as `EMIXER.call` returns it.
        """
        films, vectors = self.averaged_generator([inputs["noise"], inputs["labels"]])
        tokens = self.averaged_decoder.sample(
            vectors, inputs["uniforms"], inputs["temperature"], inputs["top_p"]
        )
        return {"image": films, "tokens": tokens}


def build_autoencoder(encoder, decoder):
    """Create the variables of a `ReportEncoder` and of the report decoder that writes from it."""
    tokens = ops.zeros((1, decoder.sentences, decoder.words), dtype="int32")
    decoder(ops.zeros((1, decoder.features)), tokens)
    encoder(*decoder.embed(tokens))


class AutoencodingStep(TrainingStep):
    """The `TrainingStep` of a model that `AutoencodesReports`.

    A subclass names how far vectors are disturbed while the decoder learns to write from them.
    """

    DISTURBANCE: float  # standard deviation, where a vector's own numbers have 1
    DISTURBANCE_PURPOSE: int  # of the random stream

    def real_pair_losses(self, batch, encoder, decoder, training):
        """Return word and stop cross-entropy of real reports that are read and written again."""
        disturbance = tf.zeros((batch["tokens"].shape[0], encoder.features))
        if training:
            normal = self.decoder_stream().normal(self.DISTURBANCE_PURPOSE, disturbance.shape)
            disturbance = self.DISTURBANCE * normal
        return autoencoder_losses(batch, encoder, decoder, disturbance, training)
