"""What the losses need to know of a batch of studies, beside the batch itself."""

import tensorflow as tf

from emixer_tf.models.report_targets import stop_targets, word_targets
from emixer_tf.training.distribution import balanced_weights


def with_conditioning(batch):
    """Add to a batch what the losses need: fake labels, targets, and weights of valid rows.

    Fake labels are whole rows of the training set: each labelled study's own row, and for an
    unlabelled study the row of a labelled one of the batch. The weights depend on counts over all
    replicas, so they are made here, outside the traced updates.

    Args:
        batch: Dict as `load_dataset` yields it.

    Returns:
        Dict with more keys.
    """
    labelled, reported = batch["labelled"], batch["reported"]
    words, word_mask = word_targets(batch["tokens"])
    stops, stop_mask = stop_targets(batch["tokens"])
    word_mask = tf.cast(word_mask, tf.float32) * reported[:, None, None]
    stop_mask = tf.cast(stop_mask, tf.float32) * reported[:, None]
    differs = tf.reduce_any(batch["tokens"] != swap_neighbours(batch["tokens"]), axis=(1, 2))
    mismatched = reported * swap_neighbours(reported) * tf.cast(differs, tf.float32)
    label_mask = batch.get("label_mask", tf.ones_like(batch["labels"]))
    lenders = label_lenders(labelled, label_mask)
    fake_labelled = tf.gather(labelled, lenders)
    return {
        **batch,
        "label_mask": label_mask,
        "fake_labels": tf.gather(batch["labels"], lenders),
        "fake_label_mask": tf.gather(label_mask, lenders),
        "fake_labelled": fake_labelled,
        "labelled_weights": balanced_weights(labelled),
        "fake_labelled_weights": balanced_weights(fake_labelled),
        "labelled_report_weights": balanced_weights(labelled * reported),
        "word_targets": words,
        "word_weights": balanced_weights(word_mask),
        "stop_targets": tf.cast(stops, tf.float32),
        "stop_weights": balanced_weights(stop_mask),
        "reported_weights": balanced_weights(reported),
        "mismatched_weights": balanced_weights(mismatched),
    }


def with_inferred_labels(batch, inferred):
    """Give the real studies of a batch that have no labels those that were inferred.

    Films are still made from rows that somebody gave.

    Args:
        batch: Dict that `with_conditioning` returned.
        inferred: Probabilities `[batch, label_count]`, read off the reports.

    Returns:
        Dict of the same keys; a study without labels and without a report stays as it is.
    """
    given, reported = batch["labelled"], batch["reported"]
    filled = (1.0 - given) * reported
    labelled = given + filled
    return {
        **batch,
        "labels": batch["labels"] + filled[:, None] * inferred,
        "label_mask": tf.maximum(batch["label_mask"], filled[:, None]),
        "labelled": labelled,
        "labelled_weights": balanced_weights(labelled),
    }


def label_lenders(labelled, label_mask):
    """Say for every study whose label row films are made from.

    A study that is unlabelled, or of which single labels are unknown, borrows the row of one whose
    labels are all known; where the batch holds none, of any labelled one, its unknown labels
    counting as negative.

    Args:
        labelled: `[batch]`, 0 where labels are unknown.
        label_mask: `[batch, label_count]`, 0 where single labels are unknown.

    Returns:
        int32 `[batch]`, places of studies; any places where the batch holds no labels.
    """
    whole = labelled * tf.reduce_min(label_mask, axis=-1)
    lending = tf.where(tf.reduce_any(whole > 0), whole, labelled)
    order = tf.argsort(lending, direction="DESCENDING", stable=True)
    count = tf.maximum(tf.cast(tf.reduce_sum(lending), tf.int32), 1)
    place = tf.range(tf.shape(labelled)[0])
    return tf.where(lending > 0, place, tf.gather(order, place % count))


def swap_neighbours(rows):
    """Exchange rows 0 and 1, 2 and 3, ...: another study's report, on any number of replicas."""
    pairs = tf.reshape(rows, [rows.shape[0] // 2, 2, *rows.shape[1:]])
    return tf.reshape(pairs[:, ::-1], rows.shape)
