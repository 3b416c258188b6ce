"""Real studies of a prepared data set, with names that lead back to nobody."""

from pathlib import Path

import numpy as np

from emixer_tf.data.card import read_card
from emixer_tf.experiments.evaluation.studies import Studies

_READ_AT_ONCE = 1024


def read_studies(folder, split, most, seed=0):
    """Return studies of a split; if it has more than are wanted, a random choice of them.

    Films stay bytes from disk to array, and those that were not drawn are passed over, so that
    memory holds what is returned and little else.

    Args:
        folder: Folder that `emixer prepare` wrote.
        split: "train", "val" or "test".
        most: Number of studies to return at most.
        seed: Of the choice.

    Returns:
        `Studies`, in the order of the records.

    Raises:
        ValueError: If the split has no studies.
    """
    import tensorflow as tf

    card = read_card(folder)
    count = card.counts.get(split, 0)
    if not count:
        raise ValueError(
            f"{folder} has no studies in {split!r}, which an evaluation needs: generated studies "
            "are measured against test, beside train. Remedy: prepare the data with both."
        )
    features = {
        **{name: tf.io.FixedLenFeature([], tf.string) for name in ("image", "report", "id")},
        **{
            name: tf.io.FixedLenFeature([len(card.labels)], tf.float32)
            for name in ("labels", "label_mask")
        },
    }
    drawn = np.sort(np.random.default_rng(seed).permutation(count)[:most])
    films = np.empty((len(drawn), card.resolution, card.resolution, card.channels), "uint8")
    ids, reports, labels, masks = [], [], [], []
    shards = [str(Path(folder) / shard) for shard in card.shards if shard.startswith(f"{split}-")]
    batches = tf.data.TFRecordDataset(shards).batch(_READ_AT_ONCE)
    for number, serialized in enumerate(batches):
        first = number * _READ_AT_ONCE
        wanted = drawn[(drawn >= first) & (drawn < first + _READ_AT_ONCE)] - first
        if not len(wanted):
            continue
        part = tf.io.parse_example(tf.gather(serialized, wanted), features)
        for film in part["image"].numpy():
            films[len(ids)] = np.frombuffer(film, "uint8").reshape(films.shape[1:])
            ids.append(None)
        ids[-len(wanted) :] = [name.hex() for name in part["id"].numpy()]
        reports += [text.decode() for text in part["report"].numpy()]
        labels.append(part["labels"].numpy())
        masks.append(part["label_mask"].numpy())
    labels = np.concatenate(labels)
    known = (np.concatenate(masks) > 0) & ((labels == 0) | (labels == 1))
    return Studies(ids, films, tuple(card.labels), labels, known, reports)
