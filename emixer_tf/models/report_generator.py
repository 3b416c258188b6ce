"""A report generator trained by teacher forcing alone: EMIXER's decoder without EMIXER."""

import keras
from keras import ops

from emixer_tf.config import EmixerConfig
from emixer_tf.models import networks
from emixer_tf.models.generation import films_to_float, predict_in_batches, study_noise
from emixer_tf.models.report_writer import ReportWriter
from emixer_tf.training.conditioning import with_conditioning
from emixer_tf.training.real_pairs import real_pair_losses


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportGenerator(keras.Model):
    """Image encoder and hierarchical report decoder, trained on pairs of films and reports.

    Args:
        config: `EmixerConfig`, or its dict: sizes of encoder and decoder, and
            `encoder_label_weight`.

    Reference:
        EMIXER (arXiv:2007.05597), section 4.5, report generation task, Table 1.
    """

    def __init__(self, config, **kwargs):
        super().__init__(**kwargs)
        if isinstance(config, dict):
            config = EmixerConfig.from_dict(config)
        self.config = config
        with networks.seeded_initialisers(config.seed):
            self.encoder = networks.image_encoder(config)
            self.decoder = networks.report_decoder(config, self.encoder.features)
            self.label_reader = networks.label_reader(config)
            self.writer = ReportWriter(self.encoder, self.decoder)
            self.build()

    def build(self, input_shape=None):
        """Create every variable."""
        if self.built:
            return
        config = self.config
        side = config.resolution
        features = self.encoder(ops.zeros((1, side, side, config.channels)))
        self.decoder(features, ops.zeros((1, config.sentences, config.words), dtype="int32"))
        if self.label_reader is not None:
            self.label_reader(features)
        self.writer.built = True  # it owns no variables of its own
        self.built = True

    def call(self, studies, training=False):
        """Return the features v `[batch, features]` of a dict with `image`."""
        return self.encoder(studies["image"], training=training)

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        """Return the weighted sum of the losses of words, stops and labels."""
        losses = real_pair_losses(with_conditioning(x), y_pred, self.decoder, self.label_reader)
        labels = losses.get("encoder_labels", 0.0)
        return losses["words"] + losses["stop"] + self.config.encoder_label_weight * labels

    def write(self, films, seed=0, temperature=0.0, top_p=0.9):
        """Return word ids `[n, sentences, words]` of reports for films.

        Args:
            films: `[n, R, R, channels]`, uint8 or floats in [-1, 1].
            seed, temperature, top_p: As for `EMIXER.describe`.
        """
        shape = (self.config.sentences, self.config.words)
        _, uniforms = study_noise(len(films), seed, 1, shape, None)
        inputs = {"image": films_to_float(films), "uniforms": uniforms}
        return predict_in_batches(self.writer, inputs, temperature, top_p)["tokens"]

    def get_config(self):
        """Return the constructor's arguments."""
        return {"config": self.config.to_dict(), "name": self.name}
