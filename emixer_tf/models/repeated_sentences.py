"""Reports hold no sentence twice."""

from keras import ops


def without_repeated_sentences(tokens):
    """Leave out every sentence that stands, word for word, earlier in its report.

    Sentences are decoded in parallel, none of them knowing the words of the others.

    Args:
        tokens: Word ids `[batch, sentences, words]`, 0 for padding.

    Returns:
        Word ids of the same shape; later sentences move up.

    Example:

    >>> report = ops.array([[[7, 8], [7, 8], [9, 0], [0, 0]]])
    >>> without_repeated_sentences(report).numpy().tolist()
    [[[7, 8], [9, 0], [0, 0], [0, 0]]]
    """
    sentences = tokens.shape[1]
    same = ops.all(tokens[:, :, None] == tokens[:, None], axis=-1)  # [batch, sentences, sentences]
    place = ops.arange(sentences, dtype="int32")
    earlier = place[None, :] < place[:, None]
    repeated = ops.cast(ops.any(ops.logical_and(same, earlier), axis=-1), "int32")
    order = ops.argsort(repeated * sentences + place, axis=-1)
    kept = tokens * (1 - repeated)[:, :, None]
    return ops.take_along_axis(kept, order[:, :, None], axis=1)
