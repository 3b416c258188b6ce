"""Writing studies as sharded TFRecord beside a card."""

import hashlib
import math
from collections import Counter
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from rich.progress import track

from emixer_tf.data.card import CARD, DatasetCard
from emixer_tf.data.duplicates import write_near_duplicates
from emixer_tf.data.flow import Dropped
from emixer_tf.data.reports import split_sentences
from emixer_tf.data.splits import SPLITS
from emixer_tf.data.study import Film
from emixer_tf.data.tables import write_rows
from emixer_tf.data.vocabulary import Vocabulary

SAMPLES_OF_A_LABEL = 2
_STUDIES_PER_SHARD = 4096


class Row(NamedTuple):
    """A study whose report is in words and which the blocks hold.

    Args:
        place: Of the film in the blocks.
        film: `Film`.
        text: The report; once the blocks are read, as joined words. "" without a report.
        labels: Values in the order of the listing's labels, NaN where unknown, or None.
        split, patient, source: As in `ListedStudy`.
    """

    place: int
    film: Film
    text: str
    labels: tuple | None
    split: str
    patient: str
    source: str


def write_records(rows, blocks, folder, listing, flow, preparation, near_duplicates):
    """Write shards, the card, and lists of dropped rows and of near duplicates.

    Args:
        rows: List of `Row`.
        blocks: `StudyBlocks`.
        folder: Empty folder.
        listing: `Listing`.
        flow: `Flow` of all filters.
        preparation: `Preparation`.
        near_duplicates: List of pairs of `Row`.

    Returns:
        `DatasetCard`.
    """
    vocabulary = _vocabulary(rows, preparation.minimum_count or listing.minimum_count)
    widths = [list(map(len, split_sentences(row.text))) for row in rows]  # words of each sentence
    sentences, words = _limits(rows, widths, listing, preparation)
    key = _key_of_ids(rows)
    grey_levels = np.zeros(256, "int64")
    parts, label_counts = _parts(rows), _label_counts(rows, listing.labels)
    for file, part in track(parts.items(), "Writing records"):
        with tf.io.TFRecordWriter(str(folder / file)) as writer:
            for row in part:
                pixels = blocks.pixels(row.place)
                grey_levels += np.bincount(pixels.ravel(), minlength=256)
                tokens = vocabulary.encode(split_sentences(row.text), sentences, words)
                writer.write(_example(row, pixels, tokens, len(listing.labels), key))
    card = DatasetCard(
        name=listing.name,
        labels=list(listing.labels),
        resolution=preparation.resolution,
        channels=preparation.channels,
        sentences=sentences,
        words=words,
        vocabulary=list(vocabulary.words),
        counts={split: sum(row.split == split for row in rows) for split in SPLITS},
        label_counts=label_counts,
        unlabelled=sum(row.labels is None for row in rows),
        unreported=sum(not row.text for row in rows),
        cut_reports=sum(_is_cut(report, sentences, words) for report in widths),
        report_lengths=_report_lengths(widths),
        grey_levels=grey_levels.tolist(),
        near_duplicates=len(near_duplicates),
        samples=_samples(parts, listing.labels, label_counts["train"]),
        shards={file: len(part) for file, part in parts.items()},
        flow=[list(step) for step in flow.steps],
        notes=[*listing.notes, *preparation.notes()],
    )
    if flow.dropped:
        write_rows(folder / "dropped.csv", Dropped._fields, flow.dropped)
    if near_duplicates:
        write_near_duplicates(folder / "near_duplicates.csv", near_duplicates)
    (folder / CARD).write_text(card.to_json(), encoding="utf-8")
    return card


def _vocabulary(rows, minimum_count):
    texts = (row.text for row in rows if row.split == "train")
    return Vocabulary.build(map(split_sentences, texts), minimum_count)


def _limits(rows, widths, listing, preparation):
    """Return how many sentences and words a report is cut to."""
    train = [report for row, report in zip(rows, widths, strict=True) if row.split == "train"]
    suited = listing.limits or _longest_but_one_percent(list(filter(None, train)))
    return preparation.sentences or suited[0], preparation.words or suited[1]


def _longest_but_one_percent(widths):
    if not widths:
        return 1, 1
    # One place more than the longest kept sentence: END stands there in training.
    return (
        _percentile_99(list(map(len, widths))),
        _percentile_99([width for report in widths for width in report]) + 1,
    )


def _percentile_99(lengths):
    return math.ceil(np.percentile(lengths, 99))


def _parts(rows):
    """Return the rows of every shard by the name of its file."""
    parts = {}
    for split in SPLITS:
        chosen = [row for row in rows if row.split == split]
        count = -(-len(chosen) // _STUDIES_PER_SHARD)
        for shard in range(count):
            begin, end = (len(chosen) * k // count for k in (shard, shard + 1))
            parts[f"{split}-{shard:05d}-of-{count:05d}.tfrecord"] = chosen[begin:end]
    return parts


def _samples(parts, labels, counts):
    """Return `[label, file, place]` of some training studies of every label, "" for none."""
    found = {label: [] for label in (*labels, "")}
    for file, part in parts.items():
        for place, row in enumerate(part if file.startswith("train-") else ()):
            wanting = [
                label
                for label in _positive(row, labels) or [""]
                if len(found[label]) < SAMPLES_OF_A_LABEL
            ]
            if wanting:
                rarest = min(wanting, key=lambda label: counts.get(label, 0))
                found[rarest].append([file, place])
    return [[label, *sample] for label, samples in found.items() for sample in samples]


def _positive(row, labels):
    if row.labels is None:
        return []
    return [label for label, value in zip(labels, row.labels, strict=True) if value > 0.5]


def _key_of_ids(rows):
    """Return a key that only one who knows all patients and films of the data set can compute.

    With it the ids of the records lead back to nobody, and are the same whenever the same studies
    are prepared.
    """
    digest = hashlib.sha256()
    for row in rows:
        digest.update(_identity(row))
    return digest.digest()


def _identity(row):
    return f"{row.patient}\n{row.film.name}\n".encode(errors="surrogateescape")


def _example(row, pixels, tokens, label_count, key):
    values = np.array(row.labels if row.labels is not None else [math.nan] * label_count, "float32")
    known = np.isfinite(values)
    features = {
        "image": _bytes(pixels.tobytes()),
        "tokens": tf.train.Feature(int64_list=tf.train.Int64List(value=tokens.ravel())),
        "labels": _floats(np.where(known, values, 0)),
        "label_mask": _floats(known),
        "labelled": _floats([row.labels is not None]),
        "reported": _floats([bool(row.text)]),
        "report": _bytes(row.text.encode()),  # whole, for scoring; never in the training dict
        "id": _bytes(hashlib.blake2b(_identity(row), key=key, digest_size=16).digest()),
    }
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def _floats(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=np.asarray(values, "float32")))


def _bytes(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _label_counts(rows, labels):
    counts = {split: dict.fromkeys(labels, 0) for split in SPLITS}
    for row in rows:
        for label in _positive(row, labels):
            counts[row.split][label] += 1
    return counts


def _report_lengths(widths):
    """Return how many reports have how many words, by number of words."""
    lengths = Counter(sum(report) for report in widths if report)
    return {str(words): lengths[words] for words in sorted(lengths)}


def _is_cut(widths, sentences, words):
    return len(widths) > sentences or max(widths, default=0) > words
