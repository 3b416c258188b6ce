"""Writing studies as sharded TFRecord beside a card."""

import csv
import hashlib
import secrets
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from emixer_tf.data.card import CARD, DatasetCard
from emixer_tf.data.errors import DataError
from emixer_tf.data.images import square
from emixer_tf.data.reports import report_sentences
from emixer_tf.data.splits import SPLITS, check_splits
from emixer_tf.data.vocabulary import Vocabulary
from emixer_tf.files import folder_written_whole

_STUDIES_PER_SHARD = 4096


class Skipped(NamedTuple):
    """A row that a source left out: its number, its film, the kind of fault and the message."""

    row: int
    image: str
    kind: str
    reason: str


def write_records(
    studies, out, name, labels, resolution, channels, *, fit="pad", minimum_count=1,
    sentences=None, words=None, skipped=(), notes=(), overwrite=False,
):  # fmt: skip
    """Write studies to a prepared data set.

    Everything is written into a folder beside `out`, which takes its name only when whole; until
    then a data set that is to be overwritten stays as it is.

    Args:
        studies: Iterable of `Study`, each with a split.
        out: Folder to make.
        name: Of the source, for the card.
        labels: Names of the labels, in order.
        resolution, channels: Of the films.
        fit: "pad", "crop" or "stretch".
        minimum_count: Occurrences in the training split that a word needs.
        sentences, words: Limits of a report; None for the 99th percentile of the training split.
        skipped: List of `Skipped` that the source fills while its studies are read; written as
            `skipped.csv`, and counted by kind in the card.
        notes: Remarks for the card.
        overwrite: Whether an existing data set may be replaced.

    Returns:
        `DatasetCard`.

    Raises:
        DataError: If studies contradict each other, nothing is left to write, or the disk is full.
    """
    out = Path(out)
    if out.exists() and not overwrite:
        raise DataError(f"{out} exists already. Remedy: name another folder, or use --overwrite.")
    with _failing_with_a_sentence(out), folder_written_whole(out) as folder:
        rows = [_row(study, labels, resolution, channels, fit) for study in studies]
        _check_rows(rows, labels, out, skipped)
        vocabulary, sentences, words = _language(rows, minimum_count, sentences, words)
        shards = {}
        for split in SPLITS:
            chosen = [row for row in rows if row["split"] == split]
            shards.update(_write_split(folder, split, chosen, vocabulary, sentences, words))
        card = _card(
            name, labels, resolution, channels, sentences, words, vocabulary, rows, shards,
            skipped, notes,
        )  # fmt: skip
        if skipped:
            _write_skipped(folder / "skipped.csv", skipped)
        (folder / CARD).write_text(card.to_json(), encoding="utf-8")
    return card


@contextmanager
def _failing_with_a_sentence(out):
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        raise DataError(
            f"Writing {out} failed: {error}. Nothing was left behind. Remedy: free space, or name "
            "another folder."
        ) from error


def _row(study, labels, resolution, channels, fit):
    if study.labels is not None:
        values = np.array([study.labels[label] for label in labels], "float32")
        if not np.isfinite(values).all():
            bad = labels[int(np.argmax(~np.isfinite(values)))]
            raise DataError(
                f"{study.source}: label {bad!r} is {study.labels[bad]}. Remedy: fill in 0 or 1, "
                "or leave all labels of the row empty."
            )
    else:
        values = np.zeros(len(labels), "float32")
    return {
        "image": square(study.image, resolution, channels, fit),
        "report": report_sentences(study.report) if study.report else [],
        "labels": values,
        "labelled": float(study.labels is not None),
        "split": study.split,
        "patient": study.patient,
        "source": study.source,
    }


def _check_rows(rows, labels, out, skipped):
    if not rows:
        raise DataError(f"No study is left to write to {out}{_why_nothing_is_left(skipped)}")
    check_splits(
        [row["patient"] for row in rows],
        [row["split"] for row in rows],
        [row["source"] for row in rows],
    )
    _check_labels([row for row in rows if row["labelled"] and row["split"] == "train"], labels)


def _why_nothing_is_left(skipped):
    if not skipped:
        return ". Remedy: name a source that has studies."
    return f": all {len(skipped)} rows were dropped, the first because {skipped[0].reason}"


def _check_labels(rows, labels):
    values = np.array([row["labels"] for row in rows])
    if len(values) > 1 and (values == values[0]).all():
        same = ", ".join(
            f"{label} {value:g}" for label, value in zip(labels, values[0], strict=True)
        )
        raise DataError(
            f"All {len(values)} labelled studies in train ({rows[0]['source']} to "
            f"{rows[-1]['source']}) have the same labels ({same}), so there is nothing to learn "
            "from them. Remedy: name other label columns, or mend the split column."
        )


def _language(rows, minimum_count, sentences, words):
    reports = [row["report"] for row in rows if row["split"] == "train" and row["report"]]
    vocabulary = Vocabulary.build(reports, minimum_count)
    lengths = [len(report) for report in reports] or [1]
    widths = [len(sentence) for report in reports for sentence in report] or [1]
    # One place more than the longest kept sentence: END stands there in training.
    return (
        vocabulary,
        sentences or max(int(np.ceil(np.percentile(lengths, 99))), 1),
        words or int(np.ceil(np.percentile(widths, 99))) + 1,
    )


def _write_split(folder, split, rows, vocabulary, sentences, words):
    count = -(-len(rows) // _STUDIES_PER_SHARD)
    key = secrets.token_bytes(16)  # not kept: ids in the records lead back to nobody
    shards = {}
    for shard in range(count):
        file = f"{split}-{shard:05d}-of-{count:05d}.tfrecord"
        part = rows[shard::count]
        with tf.io.TFRecordWriter(str(folder / file)) as writer:
            for row in part:
                writer.write(_example(row, vocabulary, sentences, words, key))
        shards[file] = len(part)
    return shards


def _example(row, vocabulary, sentences, words, key):
    tokens = vocabulary.encode(row["report"], sentences, words)
    text = " . ".join(" ".join(sentence) for sentence in row["report"])
    identity = hashlib.blake2b(row["source"].encode(), key=key, digest_size=16).digest()
    features = {
        "image": _bytes(row["image"].tobytes()),
        "tokens": tf.train.Feature(int64_list=tf.train.Int64List(value=tokens.ravel())),
        "labels": tf.train.Feature(float_list=tf.train.FloatList(value=row["labels"])),
        "labelled": tf.train.Feature(float_list=tf.train.FloatList(value=[row["labelled"]])),
        "reported": tf.train.Feature(
            float_list=tf.train.FloatList(value=[float(bool(row["report"]))])
        ),
        "report": _bytes(text.encode()),  # whole, for scoring; never in the training dict
        "id": _bytes(identity),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def _bytes(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _write_skipped(path, skipped):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(Skipped._fields)
        writer.writerows(skipped)


def _card(
    name, labels, resolution, channels, sentences, words, vocabulary, rows, shards, skipped, notes
):
    label_counts = {
        split: {
            label: int(sum(row["labels"][k] > 0 for row in rows if row["split"] == split))
            for k, label in enumerate(labels)
        }
        for split in SPLITS
    }
    counts = Counter(row["split"] for row in rows)
    return DatasetCard(
        name=name,
        labels=list(labels),
        resolution=resolution,
        channels=channels,
        sentences=sentences,
        words=words,
        vocabulary=list(vocabulary.words),
        counts={split: counts[split] for split in SPLITS},
        label_counts=label_counts,
        unlabelled=sum(not row["labelled"] for row in rows),
        unreported=sum(not row["report"] for row in rows),
        cut_reports=sum(_is_cut(row["report"], sentences, words) for row in rows),
        shards=shards,
        dropped=dict(Counter(row.kind for row in skipped)),
        notes=list(notes),
    )


def _is_cut(report, sentences, words):
    return len(report) > sentences or any(len(sentence) > words for sentence in report)
