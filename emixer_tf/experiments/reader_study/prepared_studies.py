"""Real studies for readers, from prepared data."""

import numpy as np

from emixer_tf.config import UNK
from emixer_tf.data.card import read_card
from emixer_tf.data.stored_studies import read_stored


def usable_studies(folder, config):
    """Read the test split, and say which of its studies a reader study can use.

    Args:
        folder: Folder that `emixer prepare` wrote.
        config: `EmixerConfig` of the model whose studies stand beside them.

    Returns:
        `(stored, usable)`: what `read_stored` returns, and bool `[n]`, whether a study has all its
        labels and a report of words of the vocabulary: others would tell what is real.

    Raises:
        ValueError: If the data have other labels or other films than the model, or it writes no
            reports.
    """
    if not config.writes_reports:
        raise ValueError(
            "The preset learnt from films alone and writes no reports. Remedy: one that does."
        )
    card = read_card(folder)
    for what, theirs, ours in (
        ("labels", tuple(card.labels), tuple(config.labels)),
        ("films", (card.resolution, card.channels), (config.resolution, config.channels)),
    ):
        if theirs != ours:
            raise ValueError(
                f"{folder} has {what} {theirs}, the preset {ours}, and readers would tell them "
                "apart by that. Remedy: name the data that the preset was trained on."
            )
    stored = read_stored(folder, "test")
    known = (stored["label_mask"] > 0) & np.isin(stored["labels"], (0, 1))
    sayable = (stored["tokens"] != UNK).all(axis=(1, 2))
    return stored, (stored["reported"] > 0) & known.all(axis=1) & sayable
