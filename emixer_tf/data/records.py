"""Writing studies as sharded TFRecord beside a card."""

import csv
import hashlib
import os
import secrets
import shutil
import tempfile
from collections import Counter
from pathlib import Path

import numpy as np
import tensorflow as tf

from emixer_tf.data.card import CARD, DatasetCard
from emixer_tf.data.errors import DataError
from emixer_tf.data.images import square
from emixer_tf.data.reports import report_sentences
from emixer_tf.data.splits import SPLITS, check_splits
from emixer_tf.data.vocabulary import Vocabulary

_STUDIES_PER_SHARD = 4096


def write_records(
    studies, out, name, labels, resolution, channels, *, fit="pad", minimum_count=1,
    sentences=None, words=None, skipped=(), notes=(), overwrite=False,
):  # fmt: skip
    """Write studies to a prepared data set.

    Everything is written into a folder beside `out`, which takes its name only when whole.

    Args:
        studies: Iterable of `Study`, each with a split.
        out: Folder to make.
        name: Of the source, for the card.
        labels: Names of the labels, in order.
        resolution, channels: Of the films.
        fit: "pad", "crop" or "stretch".
        minimum_count: Occurrences in the training split that a word needs.
        sentences, words: Limits of a report; None for the 99th percentile of the training split.
        skipped: List of `(row, image, reason)` that the source fills while its studies are read;
            written as `skipped.csv`, and counted in the card.
        notes: Remarks for the card.
        overwrite: Whether an existing data set may be replaced.

    Returns:
        `DatasetCard`.

    Raises:
        DataError: If studies contradict each other, or nothing is left to write.
    """
    out = Path(out)
    if out.exists() and not overwrite:
        raise DataError(f"{out} exists already. Remedy: name another folder, or use --overwrite.")
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}-unfinished-"))
    try:
        rows = [_row(study, labels, resolution, channels, fit) for study in studies]
        _check_rows(rows, labels)
        vocabulary, sentences, words = _language(rows, minimum_count, sentences, words)
        shards = {}
        for split in SPLITS:
            chosen = [row for row in rows if row["split"] == split]
            shards.update(_write_split(aside, split, chosen, vocabulary, sentences, words))
        card = _card(
            name, labels, resolution, channels, sentences, words, vocabulary, rows, shards,
            skipped, notes,
        )  # fmt: skip
        if skipped:
            _write_skipped(aside / "skipped.csv", skipped)
        (aside / CARD).write_text(card.to_json(), encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        os.replace(aside, out)
    except OSError as error:
        raise DataError(
            f"Writing {out} failed: {error}. Nothing was left behind. Remedy: free space, or name "
            "another folder."
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return card


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


def _check_rows(rows, labels):
    if not rows:
        raise DataError("No study is left to write. Remedy: look at what was dropped and why.")
    check_splits(
        [row["patient"] for row in rows],
        [row["split"] for row in rows],
        [row["source"] for row in rows],
    )
    labelled = np.array([row["labels"] for row in rows if row["labelled"]])
    if len(labelled) > 1 and (labelled == labelled[0]).all():
        raise DataError(
            f"All {len(labelled)} labelled studies have the same labels, so there is nothing to "
            f"learn from them ({', '.join(labels)}). Remedy: check the label columns."
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
        writer.writerow(["row", "image", "reason"])
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
        dropped={"unreadable row (see skipped.csv)": len(skipped)} if skipped else {},
        notes=list(notes),
    )


def _is_cut(report, sentences, words):
    return len(report) > sentences or any(len(sentence) > words for sentence in report)
