"""What the report decoder is asked to predict at each place of a report."""

from keras import ops

from emixer_tf.config import END, PAD


def word_targets(tokens):
    """Return the next-word targets of a report.

    Args:
        tokens: Word ids `[batch, sentences, words]`, 0 = padding.

    Returns:
        `(targets, weights)`, both `[batch, sentences, words]`: the words, then END at the first
        free place of every sentence that has words; weight 0 elsewhere.

    Example:

    >>> targets, weights = word_targets(ops.array([[[7, 8, 0, 0]]]))
    >>> targets.numpy().tolist(), weights.numpy().tolist()
    ([[[7, 8, 2, 0]]], [[[1.0, 1.0, 1.0, 0.0]]])
    """
    written = ops.cast(tokens != PAD, "int32")
    before = ops.pad(written, [[0, 0], [0, 0], [1, 0]])[:, :, :-1]
    ends = before * (1 - written)
    targets = ops.where(ends > 0, END, tokens)
    return targets, ops.cast(written + ends, "float32")


def stop_targets(tokens):
    """Return the targets of the stop head: CONTINUE = 0, STOP = 1.

    Args:
        tokens: Word ids `[batch, sentences, words]`; reports end by empty sentences.

    Returns:
        `(targets, weights)`, both float `[batch, sentences]`: 1 at the last sentence that has
        words, 0 before it; weight 0 after it.

    Reference:
        EMIXER, section 3.2.2.
    """
    written = ops.cast(ops.any(tokens != PAD, axis=-1), "float32")
    after = ops.pad(written, [[0, 0], [0, 1]])[:, 1:]
    return written * (1.0 - after), written
