"""Writing studies as sharded TFRecord beside a card."""

import hashlib
import math
from collections import Counter
from typing import NamedTuple

import numpy as np
import tensorflow as tf
from rich.progress import track

from emixer_tf.data.card import CARD, DatasetCard
from emixer_tf.data.flow import Dropped
from emixer_tf.data.splits import SPLITS
from emixer_tf.data.study import Film
from emixer_tf.data.tables import write_rows
from emixer_tf.data.vocabulary import Vocabulary

_STUDIES_PER_SHARD = 4096
_SENTENCE_END = " . "


class Row(NamedTuple):
    """A study whose report is in words and whose film is in the blocks.

    Args:
        place: Of the film in the blocks.
        film: `Film`.
        text: The report as words, sentences joined by " . "; "" without a report.
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


def joined_sentences(sentences):
    """Return the text of sentences of words, which `split_sentences` takes apart again."""
    return _SENTENCE_END.join(" ".join(sentence) for sentence in sentences)


def split_sentences(text):
    """Return the sentences of words of a joined text.

    Example:

    >>> split_sentences(joined_sentences([["no", "edema"], ["heart", "normal"]]))
    [['no', 'edema'], ['heart', 'normal']]
    """
    return [sentence.split(" ") for sentence in text.split(_SENTENCE_END)] if text else []


def write_records(rows, films, folder, listing, preparation, look_alikes):
    """Write shards, the card, and lists of dropped rows and of films that look alike.

    Args:
        rows: List of `Row`.
        films: `FilmBlocks`.
        folder: Empty folder.
        listing: `Listing`.
        preparation: `Preparation`.
        look_alikes: List of pairs of `Row`.

    Returns:
        `DatasetCard`.
    """
    vocabulary, sentences, words = _language(rows, listing, preparation)
    key = _key_of_ids(rows)
    grey_levels = np.zeros(256, "int64")
    shards = {}
    for file, part in track(_parts(rows), "Writing records"):
        with tf.io.TFRecordWriter(str(folder / file)) as writer:
            for row in part:
                pixels = films.pixels(row.place)
                grey_levels += np.bincount(pixels.ravel(), minlength=256)
                tokens = vocabulary.encode(split_sentences(row.text), sentences, words)
                writer.write(_example(row, pixels, tokens, len(listing.labels), key))
        shards[file] = len(part)
    card = DatasetCard(
        name=listing.name,
        labels=list(listing.labels),
        resolution=preparation.resolution,
        channels=preparation.channels,
        sentences=sentences,
        words=words,
        vocabulary=list(vocabulary.words),
        counts={split: sum(row.split == split for row in rows) for split in SPLITS},
        label_counts=_label_counts(rows, listing.labels),
        unlabelled=sum(row.labels is None for row in rows),
        unreported=sum(not row.text for row in rows),
        cut_reports=sum(_is_cut(split_sentences(row.text), sentences, words) for row in rows),
        report_lengths=_report_lengths(rows),
        grey_levels=grey_levels.tolist(),
        look_alikes=len(look_alikes),
        shards=shards,
        flow=[list(step) for step in listing.flow.steps],
        notes=list(listing.notes),
    )
    if listing.flow.dropped:
        write_rows(folder / "dropped.csv", Dropped._fields, listing.flow.dropped)
    if look_alikes:
        pairs = [(a.source, a.split, b.source, b.split) for a, b in look_alikes]
        write_rows(folder / "look_alikes.csv", ("one", "split", "other", "its split"), pairs)
    (folder / CARD).write_text(card.to_json(), encoding="utf-8")
    return card


def _language(rows, listing, preparation):
    texts = [row.text for row in rows if row.split == "train" and row.text]
    minimum_count = preparation.minimum_count or listing.minimum_count
    vocabulary = Vocabulary.build(map(split_sentences, texts), minimum_count)
    suited = listing.limits or _longest_but_one_percent(texts)
    return vocabulary, preparation.sentences or suited[0], preparation.words or suited[1]


def _longest_but_one_percent(texts):
    if not texts:
        return 1, 1
    lengths, widths = [], []
    for sentences in map(split_sentences, texts):
        lengths.append(len(sentences))
        widths.extend(map(len, sentences))
    # One place more than the longest kept sentence: END stands there in training.
    return _percentile_99(lengths), _percentile_99(widths) + 1


def _percentile_99(lengths):
    return math.ceil(np.percentile(lengths, 99))


def _parts(rows):
    parts = []
    for split in SPLITS:
        chosen = [row for row in rows if row.split == split]
        count = -(-len(chosen) // _STUDIES_PER_SHARD)
        for shard in range(count):
            file = f"{split}-{shard:05d}-of-{count:05d}.tfrecord"
            parts.append(
                (file, chosen[shard * len(chosen) // count : (shard + 1) * len(chosen) // count])
            )
    return parts


def _key_of_ids(rows):
    """Return a key that only a holder of the whole source data can compute.

    With it the ids of the records are the same after every preparation, and lead back to nobody.
    """
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr((row.patient, row.film.name, row.text, row.labels)).encode())
    return digest.digest()


def _example(row, pixels, tokens, label_count, key):
    identity = f"{row.patient}\n{row.film.name}".encode()
    values = np.array(row.labels if row.labels is not None else [math.nan] * label_count, "float32")
    known = np.isfinite(values)
    features = {
        "image": _bytes(pixels.tobytes()),
        "tokens": tf.train.Feature(int64_list=tf.train.Int64List(value=tokens.ravel())),
        "labels": _floats(np.where(known, values, 0)),
        "label_known": _floats(known),
        "labelled": _floats([row.labels is not None]),
        "reported": _floats([bool(row.text)]),
        "report": _bytes(row.text.encode()),  # whole, for scoring; never in the training dict
        "id": _bytes(hashlib.blake2b(identity, key=key, digest_size=16).digest()),
    }
    example = tf.train.Example(features=tf.train.Features(feature=features))
    return example.SerializeToString(deterministic=True)


def _floats(values):
    return tf.train.Feature(float_list=tf.train.FloatList(value=np.asarray(values, "float32")))


def _bytes(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _label_counts(rows, labels):
    return {
        split: {
            label: sum(
                row.labels is not None and row.labels[k] == 1 for row in rows if row.split == split
            )
            for k, label in enumerate(labels)
        }
        for split in SPLITS
    }


def _report_lengths(rows):
    """Return how many reports have how many words, by number of words."""
    lengths = Counter(sum(map(len, split_sentences(row.text))) for row in rows if row.text)
    return {str(words): lengths[words] for words in sorted(lengths)}


def _is_cut(report, sentences, words):
    return len(report) > sentences or any(len(sentence) > words for sentence in report)
