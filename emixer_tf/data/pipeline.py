"""From prepared data to batches."""

from pathlib import Path

import numpy as np
import tensorflow as tf

from emixer_tf.data.card import read_card
from emixer_tf.data.limited_labels import keep_labels
from emixer_tf.data.stored_studies import (
    READ_AT_ONCE,
    files_and_count,
    interleaved,
    read_stored,
    record_features,
)
from emixer_tf.machine import free_memory

_SHUFFLED_RECORDS, _SHUFFLED_BYTES = 16_384, 2**29


def load_dataset(folder, split="train", batch_size=32, seed=0, start_step=0, labelled_fraction=1.0):
    """Return an endless stream of batches whose order is a function of the seed alone.

    Batch number t is the same whether the stream began at 0 or at `start_step`: training can be
    resumed without a gap or a repetition. Shards are read by turns; records are kept in memory
    when they take less than a quarter of what is free.

    Args:
        folder: Folder that `emixer prepare` wrote.
        split: "train", "val" or "test".
        batch_size: Studies in a batch, 1 or more.
        seed: Of the order.
        start_step: Batches to pass over.
        labelled_fraction: Share of the labelled studies that keep their labels, above 0 and at
            most 1, chosen by the seed; the rest become unlabelled. See `keep_labels`.

    Returns:
        `tf.data.Dataset` of dicts: `image` float32 `[B, R, R, C]` in [-1, 1], `tokens` int32
        `[B, S, W]`, and in float32 `labels` `[B, K]` from 0 to 1, `label_mask` `[B, K]`, 1 where a
        label is known, and `labelled` and `reported` `[B]`, 1 where a study has labels, a report.

    Raises:
        DataError: If the folder is not prepared, or the split is empty or unknown.
        ValueError: If the batch size or the labelled fraction is out of range.

    Example:

    >>> # After: emixer prepare phantom --n 20 --resolution 32 --out data/phantom
    >>> *_, third = load_dataset("data/phantom", batch_size=4).take(3)
    >>> resumed = next(iter(load_dataset("data/phantom", batch_size=4, start_step=2)))
    >>> third["image"].shape, bool(tf.reduce_all(third["image"] == resumed["image"]))
    (TensorShape([4, 32, 32, 1]), True)
    """
    if batch_size < 1:
        raise ValueError(f"batch_size is at least 1. Received: batch_size={batch_size}")
    card = read_card(folder)
    files, count = files_and_count(folder, card, split)
    start_epoch, passed = divmod(start_step * batch_size, count)
    kept = _kept_labels(files, card, labelled_fraction, seed)
    records = tf.data.Dataset.zip(interleaved(files), kept)
    if _fits_in_memory(files):
        records = records.cache()

    film_bytes = card.resolution**2 * card.channels
    buffer = min(_SHUFFLED_RECORDS, max(_SHUFFLED_BYTES // film_bytes, batch_size))

    def epoch(number):
        return _shuffled(records, min(count, buffer), seed, number)

    numbers = tf.data.Dataset.counter(start=start_epoch)
    studies = numbers.flat_map(epoch).skip(passed).batch(batch_size, drop_remainder=True)
    parse = _parser(card, batch_size)

    def batch(serialized, kept):
        return without_labels(parse(serialized), kept)

    return studies.map(batch, num_parallel_calls=2).prefetch(tf.data.AUTOTUNE)


def _fits_in_memory(files):
    return sum(Path(file).stat().st_size for file in files) < free_memory() / 4


def _kept_labels(files, card, labelled_fraction, seed):
    """Return a dataset of 1 for every record whose labels are kept, and 0 for others."""
    if labelled_fraction == 1:
        return tf.data.Dataset.from_tensors(1.0).repeat()
    features = {name: record_features(card)[name] for name in ("labels", "labelled")}
    rows = [
        tf.io.parse_example(serialized, features)
        for serialized in interleaved(files).batch(READ_AT_ONCE)
    ]
    labels = np.concatenate([row["labels"] for row in rows])
    labelled = np.concatenate([row["labelled"] for row in rows])
    places = np.flatnonzero(labelled)
    labelled[places] = keep_labels(labels[places], labelled_fraction, seed)
    return tf.data.Dataset.from_tensor_slices(labelled)


def without_labels(batch, kept):
    """Take the labels of some studies out of a batch.

    Args:
        batch: Dict of tensors.
        kept: `[batch]`, 0 for those whose labels go.

    Returns:
        Dict of tensors.
    """
    return {
        **batch,
        "labels": batch["labels"] * kept[:, None],
        "label_mask": batch["label_mask"] * kept[:, None],
        "labelled": batch["labelled"] * kept,
    }


def read_samples(folder):
    """Return the training studies that the card names for looking at.

    Args:
        folder: Folder that `emixer prepare` wrote.

    Returns:
        List of `(label, study)`; a study is a dict of `image` uint8 `[R, R, C]` and `report`, and
        the label "" where the study has no positive one.
    """
    card = read_card(folder)
    features = {
        "image": tf.io.FixedLenFeature([], tf.string),
        "report": tf.io.FixedLenFeature([], tf.string),
    }
    shape = (card.resolution, card.resolution, card.channels)
    samples = []
    for label, shard, place in card.samples:
        records = tf.data.TFRecordDataset(str(Path(folder) / shard)).skip(place).take(1)
        study = tf.io.parse_single_example(next(iter(records)), features)
        pixels = np.frombuffer(study["image"].numpy(), "uint8").reshape(shape)
        samples.append((label, {"image": pixels, "report": study["report"].numpy().decode()}))
    return samples


def _shuffled(studies, buffer, seed, epoch):
    """Shuffle by `(seed, epoch)` alone.

    `Dataset.shuffle` mixes TensorFlow's global seed in, and takes no tensor as a seed once one is
    set: hence the operation itself.
    """
    variant = tf.raw_ops.ShuffleDataset(
        input_dataset=tf.data.experimental.to_variant(studies),
        buffer_size=buffer,
        seed=seed + 1,
        seed2=epoch,
        reshuffle_each_iteration=False,
        output_types=[tf.string, tf.float32],
        output_shapes=[[], []],
    )
    return tf.data.experimental.from_variant(variant, studies.element_spec)


def read_split(folder, split):
    """Return a whole split as arrays, in the order of the records.

    Args:
        folder: Folder that `emixer prepare` wrote.
        split: "train", "val" or "test".

    Returns:
        Dict of NumPy arrays as in `load_dataset`, and `report`, the list of whole texts.

    Raises:
        DataError: If the split is empty or unknown.
    """
    studies = read_stored(folder, split)
    del studies["id"]
    return {**studies, "image": studies["image"].astype("float32") / 127.5 - 1.0}


def _parser(card, batch_size):
    shape = [batch_size, card.resolution, card.resolution, card.channels]
    features = record_features(card)

    def parse(serialized):
        batch = tf.io.parse_example(serialized, features)
        pixels = tf.reshape(tf.io.decode_raw(batch["image"], tf.uint8), shape)
        return {
            "image": tf.cast(pixels, tf.float32) / 127.5 - 1.0,
            "tokens": tf.cast(batch["tokens"], tf.int32),
            "labels": batch["labels"],
            "label_mask": batch["label_mask"],
            "labelled": batch["labelled"],
            "reported": batch["reported"],
        }

    return parse
