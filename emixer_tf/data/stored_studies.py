"""Reading the records of a prepared data set."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from emixer_tf.data.card import read_card
from emixer_tf.data.errors import DataError

READ_AT_ONCE = 1024  # whole records, films included
_SHARDS_OPEN = 16
_TEXTS = ("report", "id")


def read_stored(folder, split, most=None, seed=0):
    """Return studies of a split as they are stored, in the order of the records.

    Films stay bytes from disk to array, and studies that were not drawn are passed over: memory
    holds what is returned and little else.

    Args:
        folder: Folder that `emixer prepare` wrote.
        split: "train", "val" or "test".
        most: Number of studies at most, drawn at random; None for all.
        seed: Of the draw.

    Returns:
        Dict of `image` uint8 `[n, R, R, C]`, `tokens` int32 `[n, S, W]`, `labels` and `label_mask`
        float32 `[n, K]`, `labelled` and `reported` float32 `[n]`, `report`, a list of whole texts,
        and `id`, a list of names that lead back to nobody.

    Raises:
        DataError: If the split is empty or unknown.
    """
    card = read_card(folder)
    files, count = files_and_count(folder, card, split)
    drawn = np.arange(count)
    if most is not None and most < count:
        drawn = np.sort(np.random.default_rng(seed).permutation(count)[:most])
    features = {
        **record_features(card),
        **{name: tf.io.FixedLenFeature([], tf.string) for name in _TEXTS},
    }
    films = np.empty((len(drawn), card.resolution, card.resolution, card.channels), "uint8")
    parts, filled = {name: [] for name in features if name != "image"}, 0
    for number, serialized in enumerate(interleaved(files).batch(READ_AT_ONCE)):
        first = number * READ_AT_ONCE
        wanted = drawn[(drawn >= first) & (drawn < first + READ_AT_ONCE)] - first
        if not len(wanted):
            continue
        batch = tf.io.parse_example(tf.gather(serialized, wanted), features)
        for film in batch.pop("image").numpy():
            films[filled] = np.frombuffer(film, "uint8").reshape(films.shape[1:])
            filled += 1
        for name, values in batch.items():
            parts[name].append(values.numpy())
    studies = {name: np.concatenate(values) for name, values in parts.items()}
    return {
        **studies,
        "image": films,
        "tokens": studies["tokens"].astype("int32"),
        "report": [text.decode() for text in studies["report"]],
        "id": [name.hex() for name in studies["id"]],
    }


def files_and_count(folder, card, split):
    """Return the shards of a split and the number of its studies."""
    count = card.counts.get(split, 0)
    if not count:
        raise DataError(
            f"Split {split!r} of {folder} has no studies. Remedy: choose one of "
            f"{', '.join(name for name, number in card.counts.items() if number)}."
        )
    files = [str(Path(folder) / shard) for shard in card.shards if shard.startswith(f"{split}-")]
    return files, count


def interleaved(files):
    """Return the records of shards, which are read by turns."""
    paths = tf.data.Dataset.from_tensor_slices(files)
    return paths.interleave(tf.data.TFRecordDataset, cycle_length=_SHARDS_OPEN)


def record_features(card):
    """Return what `tf.io.parse_example` needs to read a record."""
    return {
        "image": tf.io.FixedLenFeature([], tf.string),
        "tokens": tf.io.FixedLenFeature([card.sentences, card.words], tf.int64),
        "labels": tf.io.FixedLenFeature([len(card.labels)], tf.float32),
        "label_mask": tf.io.FixedLenFeature([len(card.labels)], tf.float32),
        "labelled": tf.io.FixedLenFeature([], tf.float32),
        "reported": tf.io.FixedLenFeature([], tf.float32),
    }
