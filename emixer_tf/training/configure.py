"""Fit a configuration to prepared data and to a user's changes."""

from pathlib import Path

from emixer_tf.config import CONFIGURATIONS, EmixerConfig
from emixer_tf.models.emixer import EMIXER


def configure(name_or_file, card, changes=(), method=EMIXER):
    """Return a configuration whose labels, vocabulary and sizes are those of the data.

    A built-in configuration is adapted to the method before it is changed; one in a file is taken
    as it is. Data without any report leave the terms of reports out: films alone are learnt.

    Args:
        name_or_file: Name of a built-in configuration, or path of a JSON file of one.
        card: `DatasetCard` of the data.
        changes: `FIELD=VALUE` strings; values are JSON, or plain text.
        method: Subclass of `StudyGenerator`.

    Returns:
        `EmixerConfig`.

    Raises:
        ValueError: If the films have another size or other channels than the configuration, no
            training study has labels, the method needs reports and there are none, or there is no
            such configuration or field.

    Example:

    >>> from emixer_tf.data import read_card
    >>> # After: emixer prepare phantom --n 20 --resolution 32 --out data/phantom
    >>> card = read_card("data/phantom")
    >>> config = configure("phantom_32", card, ["batch_size=8"])
    >>> config.batch_size, config.training_studies, config.vocabulary_size == len(card.vocabulary)
    (8, 14, True)
    """
    _check_labels(card)
    _check_reports(card, method)
    if Path(name_or_file).is_file():
        config = EmixerConfig.from_json(Path(name_or_file).read_text())
    else:
        config = method.adapted(EmixerConfig.named(name_or_file))
    config = config.changed(changes)
    for name in ("resolution", "channels"):
        wanted, found = getattr(config, name), getattr(card, name)
        if wanted != found:
            raise ValueError(
                f"The configuration wants {name} {wanted}, the data has {found}. Remedy: prepare "
                f"the data with --{name} {wanted}, or train with "
                f"{_configurations_for(card)}--set {name}={found}."
            )
    config = config.replace(
        labels=tuple(card.labels),
        vocabulary_size=len(card.vocabulary),
        sentences=card.sentences,
        words=card.words,
        training_studies=card.counts["train"],
    )
    return config.without_reports() if card.has_no_reports else config


def _configurations_for(card):
    """Return how to ask for built-in configurations of these films, an "or" after each."""
    film = card.resolution, card.channels
    fitting = [
        name
        for name, config in CONFIGURATIONS.items()
        if (config.resolution, config.channels) == film
    ]
    return "".join(f"--config {name} or " for name in fitting)


def _check_labels(card):
    # The card tells positive labels by split, and unlabelled studies of all splits together.
    positive = any(card.label_counts["train"].values())
    if not card.labels or (not positive and card.unlabelled >= card.counts["train"]):
        raise ValueError(
            f"Films are made from labels, and no training study of {card.name!r} has any. Remedy: "
            "prepare the data with labels, such as those of a column or those that rules read "
            "from the reports: see `emixer prepare SOURCE --help`."
        )


def _check_reports(card, method):
    if method.NEEDS_REPORTS and card.has_no_reports:
        raise ValueError(
            f"{method.METHOD} learns nothing without reports, and no study of {card.name!r} has "
            "one. Remedy: data with reports, or --method emixer or smgan, which learn films alone."
        )
