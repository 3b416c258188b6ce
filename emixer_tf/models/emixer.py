"""EMIXER: labels and noise in, a chest film and its report out."""

import keras
import numpy as np
from keras import ops

from emixer_tf.config import EmixerConfig
from emixer_tf.models import networks
from emixer_tf.models.generation import (
    GENERATION_BATCH,
    Studies,
    films_to_float,
    films_to_uint8,
    label_matrix,
    predict_in_batches,
    study_noise,
)
from emixer_tf.models.report_writer import ReportWriter
from emixer_tf.training.adversarial_step import AdversarialStep, with_conditioning
from emixer_tf.training.graph_options import quick_start
from emixer_tf.training.metric_names import metric_names
from emixer_tf.training.moving_average import reestimate_statistics

_REMEMBERED_LABEL_ROWS = 1024
_STATISTICS_BATCHES = 16


@keras.saving.register_keras_serializable(package="emixer_tf")
class EMIXER(keras.Model):
    """End-to-end multimodal X-ray generator.

    Owns the image generator, the report decoder with its image encoder, three discriminators, and
    moving averages of the networks that generate. `fit` takes batches of
    `config.studies_per_step` studies, dicts as `emixer_tf.data.load_dataset` yields them.

    Args:
        config: `EmixerConfig`, its dict, or the name of a built-in configuration.
        vocabulary: Optional list of words in the order of their ids, the four special ones first;
            needed to turn word ids into text.

    Example:

    >>> config = EmixerConfig.named("phantom_32", generator_channels=4, batch_size=4)
    >>> model = EMIXER(config)
    >>> model.generate({"Cardiomegaly": 1}, n=2, seed=0).images.shape
    (2, 32, 32, 1)

    Reference:
        EMIXER (arXiv:2007.05597), section 3.2.
    """

    def __init__(self, config, vocabulary=None, **kwargs):
        super().__init__(**kwargs)
        if isinstance(config, str):
            config = EmixerConfig.named(config)
        elif isinstance(config, dict):
            config = EmixerConfig.from_dict(config)
        if vocabulary is not None and len(vocabulary) != config.vocabulary_size:
            raise ValueError(
                "The vocabulary must have config.vocabulary_size words. Received: "
                f"{len(vocabulary)} words, vocabulary_size={config.vocabulary_size}"
            )
        self.config = config
        self.vocabulary = None if vocabulary is None else tuple(vocabulary)
        self.trackers = {name: keras.metrics.Mean(name=name) for name in metric_names(config)}
        with networks.seeded_initialisers(config.seed):
            self._make_networks()
            self._make_discriminators()
            self._make_averages()
            self.build()

    # === Networks ===

    def _make_networks(self):
        config = self.config
        self.image_generator = networks.image_generator(config)
        self.image_encoder = networks.image_encoder(config)
        self.report_decoder = networks.report_decoder(config, self.image_encoder.features)
        self.label_reader = networks.label_reader(config)

    def _make_discriminators(self):
        config = self.config
        self.image_discriminator = networks.image_discriminator(config)
        self.report_discriminator = networks.report_discriminator(config)
        self.joint_discriminator = networks.joint_discriminator(config)

    def _make_averages(self):
        self.averaged_generator = _untrained_copy(self.image_generator)
        self.averaged_decoder = _untrained_copy(self.report_decoder)
        self.averaged_encoder = self.image_encoder
        if self.trains_encoder:
            self.averaged_encoder = _untrained_copy(self.image_encoder)
        self.describer = ReportWriter(self.averaged_encoder, self.averaged_decoder)

    def build(self, input_shape=None):
        """Create every variable, so that strategies and optimizers find them all."""
        if self.built:
            return
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
        self.image_discriminator(films, labels, ops.ones((1,)))
        if self.report_discriminator is not None:
            self.report_discriminator(words, mask)
        if self.joint_discriminator is not None:
            self.joint_discriminator(films, words, mask)
        self.averaged_generator([noise, labels], training=False)
        self.averaged_decoder(self.averaged_encoder(films), tokens)
        for averaged, network in self.averaged_pairs:
            averaged.set_weights(network.get_weights())
        self.label_rows = self.add_weight(
            shape=(_REMEMBERED_LABEL_ROWS, len(config.labels)),
            initializer="zeros",
            trainable=False,
            name="label_rows",
        )
        self.statistics_step = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="statistics_step"
        )
        self.describer.built = True  # it owns no variables of its own
        self.built = True

    @property
    def trains_encoder(self):
        """Whether the image encoder learns with the decoder (a pretrained one is frozen)."""
        pretrained = self.config.image_encoder == "densenet121_imagenet"
        return self.learns_from_real_pairs and not pretrained

    @property
    def learns_from_real_pairs(self):
        """Whether decoder or encoder learn from real films, not from discriminators alone."""
        return self.config.teacher_forcing_weight > 0 or self.config.encoder_label_weight > 0

    @property
    def reads_reports(self):
        """Whether a discriminator reads reports."""
        return self.report_discriminator is not None or self.joint_discriminator is not None

    @property
    def trains_decoder(self):
        """Whether any loss reaches the report decoder."""
        return self.reads_reports or self.learns_from_real_pairs

    @property
    def averaged_pairs(self):
        """Pairs of an averaged network and the network it averages."""
        pairs = [
            (self.averaged_generator, self.image_generator),
            (self.averaged_decoder, self.report_decoder),
        ]
        if self.trains_encoder:
            pairs.append((self.averaged_encoder, self.image_encoder))
        return pairs

    @property
    def discriminators(self):
        """The discriminators this configuration has."""
        candidates = (self.image_discriminator, self.report_discriminator, self.joint_discriminator)
        return [network for network in candidates if network is not None]

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
        if self.label_reader is not None:
            learners.append(self.label_reader)
        return [variable for learner in learners for variable in learner.trainable_variables]

    # === Training ===

    def compile(
        self,
        optimizer=None,
        decoder_optimizer=None,
        discriminator_optimizer=None,
        **kwargs,
    ):
        """Set the optimizers; the defaults come from the configuration.

        Args:
            optimizer: The generator's, so that learning-rate callbacks find it.
            decoder_optimizer: The report decoder's and its encoder's.
            discriminator_optimizer: That of all discriminators.
            **kwargs: For `keras.Model.compile`.
        """
        config = self.config
        super().compile(
            optimizer=optimizer or _adam(config, config.generator_learning_rate, config.beta_1),
            **kwargs,
        )
        self.decoder_optimizer = decoder_optimizer or _adam(
            config, config.decoder_learning_rate, config.decoder_beta_1
        )
        self.discriminator_optimizer = discriminator_optimizer or _adam(
            config, config.discriminator_learning_rate, config.beta_1
        )
        # Slot variables have to exist before a strategy traces the step.
        self.optimizer.build(self.image_generator.trainable_variables)
        self.decoder_optimizer.build(self.describer_variables)
        self.discriminator_optimizer.build(self.discriminator_variables)
        self._step = AdversarialStep(self)

    def get_compile_config(self):
        """Return the three optimizers' configurations."""
        return {
            name: keras.saving.serialize_keras_object(getattr(self, name))
            for name in ("optimizer", "decoder_optimizer", "discriminator_optimizer")
        }

    def compile_from_config(self, config):
        """Restore what `get_compile_config` describes."""
        self.compile(
            **{name: keras.saving.deserialize_keras_object(value) for name, value in config.items()}
        )

    def fit(self, x=None, *args, shuffle=False, **kwargs):
        """Train as `keras.Model.fit`; the stream of batches is shuffled already."""
        with quick_start():
            return super().fit(x, *args, shuffle=shuffle, **kwargs)

    def train_step(self, data):
        """Run one training step on a batch dict; returns named running means."""
        studies, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        return self._log(self._step(studies), studies)

    def test_step(self, data):
        """Measure how well the averaged decoder predicts real reports from real films."""
        studies, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        losses = self._step.real_pair_losses(
            with_conditioning(studies), self.averaged_encoder, self.averaged_decoder, training=False
        )
        return self._log(losses, studies)

    def _log(self, values, studies):
        rows = ops.shape(studies["image"])[0]
        for name, value in values.items():
            self.trackers[name].update_state(value, sample_weight=ops.cast(rows, "float32"))
        logs = {name: self.trackers[name].result() for name in values}
        if "words" in logs:
            logs["word_perplexity"] = ops.exp(logs["words"])
        return logs

    @property
    def metrics(self):
        """The running means of this configuration's losses and logits."""
        return list(self.trackers.values())

    def remember_labels(self, rows):
        """Keep the newest label rows: labels that `generate` can draw, and statistics need."""
        kept = ops.concatenate([rows, self.label_rows], axis=0)[:_REMEMBERED_LABEL_ROWS]
        self.label_rows.assign(kept)

    # === Generating ===

    def call(self, inputs, training=False):
        """Make studies with the averaged networks.

        Args:
            inputs: Dict of `noise` `[batch, noise_dim]`, `labels` `[batch, label_count]`,
                `uniforms` `[batch, sentences, words]`, `temperature` `[batch]`, `top_p` `[batch]`.

        Returns:
            Dict of `image` `[batch, resolution, resolution, channels]` in [-1, 1] and `tokens`
            `[batch, sentences, words]`.
        """
        films = self.averaged_generator([inputs["noise"], inputs["labels"]], training=False)
        return {"image": films, **self.describer({**inputs, "image": films})}

    def refresh_statistics(self):
        """Re-estimate the averaged generator's batch-norm statistics if training went on."""
        step = self.steps_taken()
        if step == int(self.statistics_step):
            return
        rows = self._met_rows()
        picks = np.random.default_rng(self.config.seed)
        batches = []
        for _ in range(_STATISTICS_BATCHES):
            labels = rows[picks.integers(0, len(rows), GENERATION_BATCH)]
            noise = picks.standard_normal((GENERATION_BATCH, self.config.noise_dim))
            batches.append((noise.astype("float32"), labels.astype("float32")))
        reestimate_statistics(self.averaged_generator, batches)
        self.statistics_step.assign(step)

    def steps_taken(self):
        """Return the number of generator steps this model was trained for."""
        optimizer = getattr(self, "optimizer", None)
        return int(optimizer.iterations) if optimizer is not None else int(self.statistics_step)

    def generate(self, labels=None, n=1, seed=0, truncation=None, temperature=0.0, top_p=0.9):
        """Make new studies.

        Args:
            labels: Labels by name (missing ones are 0), a list of such dicts, an array
                `[n, label_count]`, or None to draw rows the model met in training.
            n: Studies to make of each dict; ignored for arrays and lists.
            seed: Study `i` depends on `(seed, i)` and its labels alone.
            truncation: Noise is drawn from a standard normal cut at +-truncation; None: not cut.
            temperature: Of the words. 0 takes the most probable ones and contradicts itself least;
                1 has the variety of the training reports.
            top_p: Words are drawn from the smallest set with this probability.

        Returns:
            `Studies`.

        Raises:
            ValueError: If a label is unknown.
        """
        self.refresh_statistics()
        matrix = label_matrix(labels, n, self.config.labels, self._met_rows(), seed)
        noise, uniforms = study_noise(
            len(matrix), seed, self.config.noise_dim,
            (self.config.sentences, self.config.words), truncation,
        )  # fmt: skip
        outputs = predict_in_batches(
            self, {"noise": noise, "labels": matrix, "uniforms": uniforms}, temperature, top_p
        )
        return Studies(
            images=films_to_uint8(outputs["image"]),
            reports=self._texts(outputs["tokens"]),
            label_names=self.config.labels,
            label_values=matrix,
            seed=seed,
        )

    def describe(self, images, seed=0, temperature=0.0, top_p=0.9):
        """Write reports for real films.

        Args:
            images: `[n, R, R, channels]`, uint8, or floats in [-1, 1].
            seed: Of the words, where `temperature` is not 0.
            temperature: 0 is greedy.
            top_p: As for `generate`.

        Returns:
            List of n reports.
        """
        images = films_to_float(images)
        expected = (self.config.resolution, self.config.resolution, self.config.channels)
        if images.ndim != 4 or images.shape[1:] != expected:
            raise ValueError(
                f"describe takes films of shape [n, {', '.join(map(str, expected))}]. "
                f"Received: images.shape={images.shape}"
            )
        _, uniforms = study_noise(
            len(images), seed, self.config.noise_dim,
            (self.config.sentences, self.config.words), None,
        )  # fmt: skip
        inputs = {"image": images, "uniforms": uniforms}
        outputs = predict_in_batches(self.describer, inputs, temperature, top_p)
        return self._texts(outputs["tokens"])

    def _met_rows(self):
        seen = min(self.steps_taken() * self.config.batch_size, _REMEMBERED_LABEL_ROWS)
        return np.asarray(self.label_rows)[:seen]

    def _texts(self, tokens):
        if self.vocabulary is None:
            return [" ".join(map(str, row[row > 0])) for row in tokens.reshape(len(tokens), -1)]
        from emixer_tf.data.vocabulary import Vocabulary

        vocabulary = Vocabulary(self.vocabulary)
        return [vocabulary.decode(row) for row in tokens]

    # === Presets ===

    @classmethod
    def from_preset(cls, preset, load_weights=True):
        """Load a model from a preset folder, or a built-in configuration by name.

        Args:
            preset: Folder that `save_to_preset` wrote, or a built-in configuration's name.
            load_weights: False builds the model without its weights.

        Returns:
            `EMIXER`.
        """
        from emixer_tf.models.presets import load_preset

        return load_preset(cls, preset, load_weights)

    def save_to_preset(self, folder, card=None):
        """Write configuration, vocabulary, weights, metadata and a model card to a folder.

        Args:
            folder: Folder to make; an older preset there is replaced.
            card: `emixer_tf.data.read_card(...)` of the training data, for the model card.
        """
        from emixer_tf.models.presets import save_preset

        self.refresh_statistics()
        save_preset(self, folder, card)

    # === Config ===

    def get_config(self):
        """Return the constructor's arguments."""
        return {
            "config": self.config.to_dict(),
            "vocabulary": None if self.vocabulary is None else list(self.vocabulary),
            "name": self.name,
        }


def _untrained_copy(network):
    return type(network).from_config(network.get_config())


def _adam(config, learning_rate, beta_1):
    return keras.optimizers.Adam(learning_rate, beta_1=beta_1, beta_2=config.beta_2, epsilon=1e-8)
