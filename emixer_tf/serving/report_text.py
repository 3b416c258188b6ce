"""From word ids to the text of reports, in a graph."""

import tensorflow as tf

from emixer_tf.config import END, PAD
from emixer_tf.data.vocabulary import SPECIAL_WORDS


def report_text(tokens, vocabulary):
    """Return texts as `Vocabulary.decode` writes them.

    Args:
        tokens: Word ids `[n, sentences, words]`, int32; a sentence's words come before its padding.
        vocabulary: Words in the order of their ids.

    Returns:
        UTF-8 strings `[n]`.

    Example:

    >>> vocabulary = [*SPECIAL_WORDS, "no", "edema"]
    >>> report_text(tf.constant([[[4, 5], [5, 0], [0, 0]]]), vocabulary).numpy().tolist()
    [b'No edema. Edema.']
    """
    if len(vocabulary) == len(SPECIAL_WORDS):  # of data without reports
        return tf.fill([tf.shape(tokens)[0]], "")
    first = tf.gather(tf.constant([word[0].upper() + word[1:] for word in vocabulary]), tokens)
    later = tf.gather(tf.constant([f" {word}" for word in vocabulary]), tokens)
    words = tf.concat([first[..., :1], later[..., 1:]], axis=-1)
    written = (tokens != PAD) & (tokens != END)
    sentences = tf.strings.reduce_join(tf.where(written, words, ""), axis=-1)
    sentences = tf.where(tf.reduce_any(written, axis=-1), sentences + ". ", "")
    return tf.strings.strip(tf.strings.reduce_join(sentences, axis=-1))
