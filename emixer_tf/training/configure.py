"""Fit a configuration to prepared data and to a user's changes."""

import json
from pathlib import Path

from emixer_tf.config import EmixerConfig

_FILMS_ALONE = {"teacher_forcing_weight": 0.0, "report_weight": 0.0, "joint_weight": 0.0}


def configure(name_or_file, card, changes=()):
    """Return a configuration whose labels, vocabulary and sizes are those of the data.

    Data without any report leave the terms of reports out: films alone are learnt.

    Args:
        name_or_file: Built-in configuration, or a JSON file of one.
        card: `DatasetCard` of the data.
        changes: `FIELD=VALUE` strings; values are JSON, or plain text.

    Returns:
        `EmixerConfig`.

    Raises:
        ValueError: If the films have another size than the configuration.
    """
    if Path(name_or_file).is_file():
        config = EmixerConfig.from_json(Path(name_or_file).read_text())
    else:
        config = EmixerConfig.named(name_or_file)
    config = config.replace(**dict(_parsed(change) for change in changes))
    for name in ("resolution", "channels"):
        if getattr(config, name) != getattr(card, name):
            raise ValueError(
                f"The configuration wants {name} {getattr(config, name)}, the data has "
                f"{getattr(card, name)}. Remedy: prepare the data with --{name} "
                f"{getattr(config, name)}, or train with --set {name}={getattr(card, name)}."
            )
    config = config.replace(
        labels=tuple(card.labels),
        vocabulary_size=len(card.vocabulary),
        sentences=card.sentences,
        words=card.words,
    )
    return config.replace(**_FILMS_ALONE) if card.has_no_reports else config


def _parsed(change):
    field, separator, value = change.partition("=")
    if not separator:
        raise ValueError(f"--set takes FIELD=VALUE. Received: {change!r}")
    try:
        return field, json.loads(value)
    except json.JSONDecodeError:
        return field, value
