"""A sentence as a bag of words."""

from keras import ops


def mean_word(embedded, mask):
    """Return the mean embedding of the words of sentences, 0 of none.

    Args:
        embedded: `[..., words, embedding_dim]`.
        mask: `[..., words]`, 1 where a word stands.

    Returns:
        `[..., embedding_dim]`.

    Example:

    >>> mean_word(ops.array([[2.0], [4.0], [9.0]]), ops.array([1.0, 1.0, 0.0])).numpy().tolist()
    [3.0]
    """
    total = ops.sum(embedded * mask[..., None], axis=-2)
    return total / ops.maximum(ops.sum(mask, axis=-1, keepdims=True), 1.0)
