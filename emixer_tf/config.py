"""The configuration of EMIXER and the built-in ones."""

import dataclasses
import json
from dataclasses import dataclass

from emixer_tf.config_checks import check_films, check_training
from emixer_tf.names import did_you_mean

PAD, START, END, UNK = range(4)

CHEXPERT_LABELS = (
    "No Finding",
    "Enlarged Cardiomediastinum",
    "Cardiomegaly",
    "Lung Opacity",
    "Lung Lesion",
    "Edema",
    "Consolidation",
    "Pneumonia",
    "Atelectasis",
    "Pneumothorax",
    "Pleural Effusion",
    "Pleural Other",
    "Fracture",
    "Support Devices",
)

_OF_THE_DATA = ("labels", "vocabulary_size", "sentences", "words", "training_studies")
_TEACH_WRITING = ("teacher_forcing_weight", "report_weight", "joint_weight")


@dataclass(frozen=True)
class EmixerConfig:
    """Every size, weight and rate of EMIXER, as a frozen value with a JSON round trip.

    The defaults are the paper's (128 px, three channels, batch 512). A loss weight of 0 removes
    the network that computes it from the graph; that is how ablations are run.

    Args:
        labels: Names of the labels, in the order of the label vectors.
        vocabulary_size: Number of word ids, the four special ids included.
        sentences, words: Limits of a report; a report is `[sentences, words]` word ids.
        resolution: Side of the square film in pixels, a power of two times `base_resolution`.
        channels: 1 or 3.
        base_resolution: Side of the generator's first map: 8 as in the paper, 4 as in BigGAN.
        attention_resolution: Side of the maps with self-attention; None for none.
        noise_dim, noise_chunk: Length of z, and of the piece of it that a block sees.
        label_embedding_dim: Length of the label embedding that every block sees.
        generator_channels, discriminator_channels: Width at the full resolution; it doubles with
            every halving, up to 16 times.
        image_encoder: "small", "densenet121" or "densenet121_imagenet" (pretrained and frozen).
        encoder_features, encoder_channels: Length of the visual vector v and width of the first
            stage of the small encoder; DenseNet-121 has 512 features of its own.
        word_embedding_dim: Length of a word's embedding, which the discriminators read too.
        decoder_units: Units of the sentence LSTM and of each word LSTM.
        topic_units: Units of the hidden layers of the topics' network, and of the reader of
            reports' labels.
        word_layers: Layers of the word LSTM.
        sentence_memory: Whether a sentence is told what the one before it said; not in the paper.
        report_discriminator_units, joint_discriminator_units: Units of their LSTMs and heads.
        joint_discriminator_channels: Width of the joint discriminator's first convolution.
        adversarial_loss: "hinge", or "log" for the paper's V in its non-saturating form.
        image_weight, report_weight, joint_weight: Weights with which the three discriminators
            teach G and F; the discriminators' own losses are summed unweighted, but for the
            image discriminator's (and in CoGAN, the report discriminator's).
        report_judge_interval: EMIXER's discriminators of reports and pairs learn and teach at every
            so many steps, and weigh as many times as much there.
        report_judge_half_life: In passes over the training studies: what they teach G and F is
            halved with each time so many are through, as they tell by heart the reports that they
            have read often; None: it stays.
        rotation_weight_discriminator, rotation_weight_generator: Of the rotation task on real
            films, and on made ones (alpha in the paper's V).
        rotated_share: Share of an update's films that takes part in the rotation task, rounded up
            to a multiple of 4.
        teacher_forcing_weight: Of word and stop cross-entropy on real pairs.
        encoder_label_weight: Weight with which an encoder that is not pretrained learns to read
            labels off real films, beside teacher forcing.
        label_weight_generator: Weight with which G is rewarded when the encoder reads off its films
            the labels that were asked for.
        report_label_weight: Weight with which a reader of reports learns labels from labelled
            studies. Above 0, studies without labels take part with the labels that it reads off
            their reports, and it has a say in which report of a generated film is kept.
        label_reward_half_life: In passes over the training studies: the reward is halved with each
            time so many are through, as an encoder that has seen studies often knows their labels
            by heart; None: it stays.
        mismatched_pairs: Whether real films with another study's report are fakes for the joint
            discriminator.
        gumbel_temperature: Of the relaxed words that the discriminators read.
        straight_through: Whether those words are hard choices with soft gradients.
        shift_pairs: Whether films are moved at random before the encoder learns from real ones,
            and, in G's update, before it reads made ones for the reward and for their reports.
        labelled_fraction: Share of the training studies that keep their labels; the rest teach what
            needs no labels.
        training_studies: How many there are, told by the data; None: not known, so no passes are
            counted.
        batch_size: Studies in one update, a multiple of 4. A training step reads as many fresh
            batches as the larger of `discriminator_steps` and `decoder_steps`.
        discriminator_steps, decoder_steps: Updates of the discriminators, and of the decoder by
            teacher forcing, in a step.
        generator_learning_rate, decoder_learning_rate, discriminator_learning_rate: Of Adam; the
            decoder's is also that of its encoder and of the readers of labels.
        beta_1, decoder_beta_1, beta_2: Of Adam; `decoder_beta_1` stands for `beta_1` in the
            decoder's.
        average_half_life: Half-life of the moving average, in images.
        average_ramp_up: The half-life is at most this share of the images seen so far.
        seed: Of initial weights, noise and everything else that is random in training, 0 or more.

    Raises:
        ValueError: If a field has a value that no training can have, or two contradict each other.

    Example:

    >>> EmixerConfig().studies_per_step  # two updates of the discriminators, 512 studies each
    1024
    >>> config = EmixerConfig.named("phantom_32")
    >>> EmixerConfig.from_json(config.to_json()) == config
    True

    Reference:
        EMIXER (arXiv:2007.05597), sections 3.2 and 6.3.2.
    """

    labels: tuple[str, ...] = CHEXPERT_LABELS
    vocabulary_size: int = 2000
    sentences: int = 10
    words: int = 24
    # Films
    resolution: int = 128
    channels: int = 3
    base_resolution: int = 8
    attention_resolution: int | None = 64
    noise_dim: int = 120
    noise_chunk: int = 20
    label_embedding_dim: int = 128
    generator_channels: int = 64
    discriminator_channels: int = 64
    # Reports
    image_encoder: str = "densenet121"
    encoder_features: int = 512
    encoder_channels: int = 32
    word_embedding_dim: int = 256
    decoder_units: int = 512
    topic_units: int = 512
    word_layers: int = 3
    sentence_memory: bool = False
    report_discriminator_units: int = 256
    joint_discriminator_units: int = 256
    joint_discriminator_channels: int = 32
    # Objective
    adversarial_loss: str = "hinge"
    image_weight: float = 1.0
    report_weight: float = 1.0
    joint_weight: float = 1.0
    report_judge_interval: int = 1
    report_judge_half_life: float | None = None
    rotation_weight_discriminator: float = 1.0
    rotation_weight_generator: float = 0.2
    rotated_share: float = 1.0
    teacher_forcing_weight: float = 1.0
    encoder_label_weight: float = 0.0
    label_weight_generator: float = 0.0
    label_reward_half_life: float | None = None
    report_label_weight: float = 0.0
    mismatched_pairs: bool = True
    gumbel_temperature: float = 1.0
    straight_through: bool = True
    shift_pairs: bool = False
    # Training
    labelled_fraction: float = 1.0
    training_studies: int | None = None
    batch_size: int = 512
    discriminator_steps: int = 2
    decoder_steps: int = 1
    generator_learning_rate: float = 5e-5
    decoder_learning_rate: float = 5e-5
    discriminator_learning_rate: float = 2e-4
    beta_1: float = 0.0
    decoder_beta_1: float = 0.0
    beta_2: float = 0.999
    average_half_life: float = 500_000.0
    average_ramp_up: float = 0.05
    seed: int = 0

    def __post_init__(self):
        object.__setattr__(self, "labels", tuple(self.labels))
        check_films(self)
        check_training(self)

    @property
    def studies_per_step(self):
        """Studies that one training step reads."""
        return self.batch_size * self.batches_per_step

    @property
    def batches_per_step(self):
        """Fresh batches in a step: every update of a network reads one of its own."""
        return max(self.discriminator_steps, self.decoder_steps)

    @property
    def writes_reports(self):
        """Whether any term teaches to write reports."""
        return any(getattr(self, name) for name in _TEACH_WRITING)

    def without_reports(self):
        """Return a copy that learns films alone, without the terms of reports.

        Returns:
            `EmixerConfig`.

        Example:

        >>> EmixerConfig.named("phantom_32").without_reports().writes_reports
        False
        """
        return self.replace(**dict.fromkeys((*_TEACH_WRITING, "report_label_weight"), 0.0))

    def replace(self, **changes):
        """Return a copy with some fields changed; a misspelt field is named with its neighbours.

        Args:
            **changes: New values by field.

        Returns:
            `EmixerConfig`.

        Raises:
            ValueError: If there is no such field, or the values are refused (see the class).

        Example:

        >>> EmixerConfig().replace(batch_sise=64)
        Traceback (most recent call last):
            ...
        ValueError: EmixerConfig has no field 'batch_sise'. Did you mean 'batch_size'?
        """
        names = [field.name for field in dataclasses.fields(self)]
        for name in changes:
            if name not in names:
                raise ValueError(f"EmixerConfig has no field {name!r}.{did_you_mean(name, names)}")
        return dataclasses.replace(self, **changes)

    def changed(self, settings):
        """Return a copy with a user's changes.

        Args:
            settings: `FIELD=VALUE` strings; values are JSON, or plain text.

        Returns:
            `EmixerConfig`.

        Raises:
            ValueError: If one has no "=", or names no field, or one that the data decide, or the
                values are refused (see the class).

        Example:

        >>> EmixerConfig().changed(["batch_size=64"]).batch_size
        64
        """
        changes = dict(_parsed(setting) for setting in settings)
        decided = [name for name in changes if name in _OF_THE_DATA]
        if decided:
            raise ValueError(
                f"The data decide {decided[0]}. Received: --set {decided[0]}=... Remedy: prepare "
                "the data so; `emixer prepare SOURCE --help` tells how."
            )
        return self.replace(**changes)

    def to_dict(self):
        """Return the fields as a JSON-serialisable dict.

        Returns:
            Dict from names of fields to values; `labels` is a list.
        """
        return {**dataclasses.asdict(self), "labels": list(self.labels)}

    @classmethod
    def from_dict(cls, fields):
        """Build a configuration from `to_dict()`; unknown fields are refused by name.

        Args:
            fields: Dict from names of fields to values; those that it lacks have their defaults.

        Returns:
            `EmixerConfig`.

        Raises:
            ValueError: As `replace`.
        """
        return cls().replace(**fields)

    def to_json(self):
        """Return the configuration as indented JSON.

        Returns:
            Text.
        """
        return json.dumps(self.to_dict(), indent=2)

    @classmethod
    def from_json(cls, text):
        """Read what `to_json` wrote.

        Args:
            text: JSON object of fields.

        Returns:
            `EmixerConfig`.

        Raises:
            ValueError: As `replace`, or if the text is no JSON.
        """
        return cls.from_dict(json.loads(text))

    @classmethod
    def named(cls, name, **changes):
        """Return a built-in configuration by name, with fields changed on request.

        Args:
            name: "paper", "xray_128", "phantom_64" or "phantom_32".
            **changes: As for `replace`.

        Returns:
            `EmixerConfig`.

        Raises:
            ValueError: If there is no such configuration, or as `replace`.
        """
        if name not in CONFIGURATIONS:
            raise ValueError(
                f"There is no configuration {name!r}.{did_you_mean(name, CONFIGURATIONS)}"
            )
        return CONFIGURATIONS[name].replace(**changes)


def _parsed(setting):
    field, separator, value = setting.partition("=")
    if not separator:
        raise ValueError(f"--set takes FIELD=VALUE. Received: {setting!r}")
    try:
        return field, json.loads(value)
    except json.JSONDecodeError:
        return field, value


# Where they differ from the paper's, these were measured: docs/ablations.md.
_MEASURED = {
    "channels": 1,
    "image_encoder": "small",
    "encoder_features": 256,
    "sentence_memory": True,
    "report_weight": 0.02,
    "joint_weight": 0.05,
    "report_judge_interval": 8,
    "report_judge_half_life": 8.0,
    "encoder_label_weight": 0.2,
    "label_weight_generator": 0.3,
    "label_reward_half_life": 8.0,
    "report_label_weight": 1.0,
    "shift_pairs": True,
    "rotated_share": 0.25,
    "decoder_steps": 2,
    "decoder_beta_1": 0.9,
}
_PHANTOM = {
    **_MEASURED,
    "attention_resolution": None,
    "vocabulary_size": 320,
    "sentences": 8,
    "words": 16,
    "encoder_channels": 16,
    "word_embedding_dim": 96,
    "word_layers": 1,
    "decoder_units": 96,
    "topic_units": 256,
    "report_discriminator_units": 48,
    "joint_discriminator_units": 48,
    "joint_discriminator_channels": 12,
    "batch_size": 16,
    "discriminator_steps": 1,
    "generator_learning_rate": 2e-4,
    "discriminator_learning_rate": 4e-4,
    "decoder_learning_rate": 2e-3,
    "beta_2": 0.99,
    "average_half_life": 5_000.0,
}

CONFIGURATIONS = {
    "phantom_32": EmixerConfig(
        resolution=32, generator_channels=16, discriminator_channels=16, **_PHANTOM
    ),
    "phantom_64": EmixerConfig(
        resolution=64, generator_channels=12, discriminator_channels=12, **_PHANTOM
    ),
    "xray_128": EmixerConfig(
        generator_channels=32,
        discriminator_channels=32,
        batch_size=64,
        generator_learning_rate=1e-4,
        discriminator_learning_rate=2e-4,
        decoder_learning_rate=5e-4,
        average_half_life=50_000.0,
        **_MEASURED,
    ),
    "paper": EmixerConfig(),
}
