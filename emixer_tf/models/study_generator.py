"""What every model that makes studies from labels can do: train, and keep itself."""

import keras
from keras import ops

from emixer_tf.config import EmixerConfig
from emixer_tf.models import networks
from emixer_tf.models.study_making import REMEMBERED_LABEL_ROWS, MakesStudies
from emixer_tf.training.conditioning import with_conditioning
from emixer_tf.training.distribution import replica_count
from emixer_tf.training.graph_options import quick_start
from emixer_tf.training.study_checks import check_pairable, check_step_size, check_studies


class StudyGenerator(MakesStudies, keras.Model):
    """A model that makes films and reports from labels and noise.

    `fit` takes batches of `config.studies_per_step` studies, dicts as `emixer_tf.data.load_dataset`
    yields them. A subclass says of which networks it consists and how these learn:

    - `make_networks()` and `make_averages()` create them, `build_networks()` their variables;
    - `averaged_pairs` names the networks that generate beside those that learn;
      `averaged_generator` is the one whose batch-norm statistics are re-estimated;
    - `encoder`, `report_decoder` and `averaged_encoder`, `averaged_decoder`: what learns from real
      reports, and its average;
    - `generator_variables`, `describer_variables` and `discriminator_variables` belong to the three
      optimizers, `adversarial_decoder_variables` to the second, through the discriminators;
    - `make_step()` returns its `TrainingStep`, `value_names()` what that logs;
    - `call` turns noise and labels into films and word ids.

    Args:
        config: `EmixerConfig`, its dict, or the name of a built-in configuration.
        vocabulary: Optional list of words in the order of their ids, the four special ones first;
            needed to turn word ids into text.
        terms: Optional dict of "licence" and "attribution" of what it learnt from, which presets
            keep.

    Raises:
        ValueError: If there is no such configuration, this method cannot learn with it, the
            vocabulary has another length than it says, or Keras is set to mixed precision.
    """

    METHOD: str  # its name in tables, pages and presets
    PAPER = "arXiv:2007.05597"  # where it is described
    FILMS_JUDGED = 2  # a study, in an update of the discriminators: a real film and a made one
    UNUSED_WEIGHTS = ()  # fields of the configuration that this method has no term for
    NEEDED_WEIGHTS = ()  # fields of the configuration that have to be above 0
    NEEDS_REPORTS = False  # whether it learns nothing from films alone
    chooser = None  # a `ReportChooser`, where somebody reads labels off reports
    reads_film_labels = False  # whether there is `read_labels`

    def __init__(self, config, vocabulary=None, terms=None, **kwargs):
        super().__init__(**kwargs)
        networks.refuse_other_precision(self.dtype_policy)
        if isinstance(config, str):
            config = self.adapted(EmixerConfig.named(config))
        elif isinstance(config, dict):
            config = EmixerConfig.from_dict(config)
        if vocabulary is not None and len(vocabulary) != config.vocabulary_size:
            raise ValueError(
                "The vocabulary must have config.vocabulary_size words. Received: "
                f"{len(vocabulary)} words, vocabulary_size={config.vocabulary_size}"
            )
        self.check_weights(config)
        self.config = config
        self.vocabulary = None if vocabulary is None else tuple(vocabulary)
        self.terms = dict(terms or {})
        self.trackers = {name: keras.metrics.Mean(name=name) for name in self.value_names()}
        with networks.seeded_initialisers(config.seed):
            self.make_networks()
            self.make_averages()
            self.build()

    @classmethod
    def adapted(cls, config):
        """Return a configuration of EMIXER as this method takes it: same sizes, unused weights 0.

        Args:
            config: `EmixerConfig`.

        Returns:
            `EmixerConfig`.
        """
        return config.replace(**dict.fromkeys(cls.UNUSED_WEIGHTS, 0.0))

    @classmethod
    def check_weights(cls, config):
        """Refuse a configuration that this method cannot learn with.

        Args:
            config: `EmixerConfig`.

        Raises:
            ValueError: If a weight is set that the method has no term for, or one that it needs is
                not above 0.
        """
        used = [name for name in cls.UNUSED_WEIGHTS if getattr(config, name)]
        if used:
            raise ValueError(
                f"{cls.METHOD} has no such term: {', '.join(used)}. Remedy: set it to 0, or take "
                f"{cls.__name__}.adapted(config)."
            )
        missing = [name for name in cls.NEEDED_WEIGHTS if getattr(config, name) <= 0]
        if missing:
            raise ValueError(
                f"{cls.METHOD} learns only with {' and '.join(missing)} above 0. Received: "
                f"{', '.join(f'{name}={getattr(config, name)}' for name in missing)}. Remedy: "
                "give each a positive weight, such as 1."
            )

    def build(self, input_shape=None):
        """Create every variable, so that strategies and optimizers find them all."""
        if self.built:
            return
        self.build_networks()
        for averaged, network in self.averaged_pairs:
            averaged.set_weights(network.get_weights())
        self.label_rows = self.add_weight(
            shape=(REMEMBERED_LABEL_ROWS, len(self.config.labels)),
            initializer="zeros",
            trainable=False,
            name="label_rows",
        )
        self.statistics_step = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="statistics_step"
        )
        self.earlier_steps = self.add_weight(
            shape=(), initializer="zeros", dtype="int32", trainable=False, name="earlier_steps"
        )
        self.built = True

    @property
    def noise_dim(self):
        """Numbers of noise that one study is made from."""
        return self.config.noise_dim

    @property
    def learns_from_real_pairs(self):
        """Whether decoder or encoder learn from real studies, not from discriminators alone."""
        config = self.config
        weights = (
            config.teacher_forcing_weight, config.encoder_label_weight, config.report_label_weight
        )  # fmt: skip
        return any(weights)

    @property
    def trains_decoder(self):
        """Whether any loss reaches the report decoder or its encoder."""
        return bool(self.adversarial_decoder_variables) or self.learns_from_real_pairs

    @property
    def trained_networks(self):
        """The networks that an optimizer updates, as a list of `(name, network)`."""
        learnt = {
            id(variable)
            for variable in (
                *self.generator_variables,
                *self.describer_variables,
                *self.discriminator_variables,
            )
        }
        return [
            (name, network)
            for name, network in vars(self).items()
            if isinstance(network, keras.Layer)
            and any(id(variable) in learnt for variable in network.trainable_variables)
        ]

    # === Training ===

    def compile(
        self,
        optimizer=None,
        decoder_optimizer=None,
        discriminator_optimizer=None,
        **kwargs,
    ):
        """Set the optimizers; the defaults come from the configuration.

        Steps that were taken with other optimizers go on counting.

        Args:
            optimizer: `keras.optimizers.Optimizer` of the generators; in this place
                learning-rate callbacks find it. None: Adam at `generator_learning_rate`.
            decoder_optimizer: Of report decoder, encoder and readers of labels. None: Adam at
                `decoder_learning_rate`.
            discriminator_optimizer: Of all discriminators. None: Adam at
                `discriminator_learning_rate`.
            **kwargs: For `keras.Model.compile`.
        """
        config = self.config
        taken = self.steps_taken()
        # Keras would compile the step by XLA on a GPU, loops over words and all.
        kwargs.setdefault("jit_compile", False)
        super().compile(
            optimizer=optimizer or _adam(config, config.generator_learning_rate, config.beta_1),
            **kwargs,
        )
        self.earlier_steps.assign(taken - ops.cast(self.optimizer.iterations, "int32"))
        self.decoder_optimizer = decoder_optimizer or _adam(
            config, config.decoder_learning_rate, config.decoder_beta_1
        )
        self.discriminator_optimizer = discriminator_optimizer or _adam(
            config, config.discriminator_learning_rate, config.beta_1
        )
        # Slot variables have to exist before a strategy traces the step.
        self.optimizer.build(self.generator_variables)
        self.decoder_optimizer.build(self.describer_variables)
        self.discriminator_optimizer.build(self.discriminator_variables)
        self._step = self.make_step()

    def get_compile_config(self):
        """Return the three optimizers' configurations; empty for a model that has none."""
        if not self.compiled:
            return {}
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
        """Train as `keras.Model.fit`; the stream of batches is shuffled already.

        Args:
            x: `tf.data.Dataset` of dicts of `config.studies_per_step` studies, as
                `emixer_tf.data.load_dataset` yields them.
            *args, **kwargs: As for `keras.Model.fit`.
            shuffle: As for `keras.Model.fit`; of arrays, not of data sets.

        Returns:
            `keras.callbacks.History` of losses, logits and accuracies.

        Raises:
            ValueError: If a batch has other labels or sizes than the configuration.
        """
        with quick_start():
            return super().fit(x, *args, shuffle=shuffle, **kwargs)

    def train_step(self, data):
        """Run one training step on a batch dict; returns named running means."""
        studies = self._studies(data)
        check_step_size(studies, self.config, replica_count())
        return self._log(self._step(studies), studies)

    def test_step(self, data):
        """Measure how well the averaged decoder predicts real reports from real films."""
        studies = self._studies(data)
        check_pairable(studies)
        losses = self._step.real_pair_losses(
            with_conditioning(studies), self.averaged_encoder, self.averaged_decoder, training=False
        )
        return self._log(losses, studies)

    def _studies(self, data):
        studies, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        check_studies(studies, self.config)
        return studies

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

    @property
    def step(self):
        """Number of generator steps taken, an int32 tensor."""
        optimizer = getattr(self, "optimizer", None)
        own = 0 if optimizer is None else ops.cast(optimizer.iterations, "int32")
        return self.earlier_steps + own

    def steps_taken(self):
        """Return how long this model was trained.

        Returns:
            int, generator steps.
        """
        return int(self.step)

    # === Presets ===

    @classmethod
    def from_preset(cls, preset, load_weights=True):
        """Load a trained model, or an untrained one of a built-in configuration.

        Args:
            preset: Folder that `save_to_preset` wrote, name of a shipped preset or of a built-in
                configuration, or handle of a hub: `hf://OWNER/NAME`,
                `kaggle://OWNER/MODEL/keras/NAME`.
            load_weights: False builds the model without its weights, as it has to for a built-in
                configuration.

        Returns:
            A model of this class, with the optimizers it was saved with, if it had any.

        Raises:
            FileNotFoundError: If a file of the preset is missing.
            ValueError: If there is no such preset, it is another method's, or it is damaged.
        """
        from emixer_tf.models.presets import load_preset

        return load_preset(cls, preset, load_weights)

    def save_to_preset(self, folder, card=None, command=None):
        """Write configuration, vocabulary, weights, metadata and a model card to a folder.

        Args:
            folder: Folder to make; an older preset there is replaced.
            card: `emixer_tf.data.read_card(...)` of the training data, for the model card.
            command: The line that trains such a model, for the model card.

        Raises:
            FileExistsError: If the folder holds files that are not a preset's.
        """
        from emixer_tf.models.presets import save_preset

        self.refresh_statistics()
        save_preset(self, folder, card, command)

    def export(self, folder, version=1, **options):
        """Write this model as a SavedModel for TensorFlow Serving.

        Args:
            folder: Folder of all versions; its name is the model's.
            version: Positive int; a server takes the highest one.
            **options: As for `emixer_tf.serving.export_saved_model`.

        Returns:
            `pathlib.Path` of the version's folder.

        Raises:
            ValueError, FileExistsError: As `emixer_tf.serving.export_saved_model`.
        """
        from emixer_tf.serving.export import export_saved_model

        return export_saved_model(self, folder, version, **options)

    # === Config ===

    def get_config(self):
        """Return the constructor's arguments."""
        return {
            "config": self.config.to_dict(),
            "vocabulary": None if self.vocabulary is None else list(self.vocabulary),
            "terms": dict(self.terms),
            "name": self.name,
        }


def _adam(config, learning_rate, beta_1):
    return keras.optimizers.Adam(learning_rate, beta_1=beta_1, beta_2=config.beta_2, epsilon=1e-8)
