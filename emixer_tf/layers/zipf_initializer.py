"""How frequent words are before anything is learnt."""

import keras
import numpy as np
from keras import ops

from emixer_tf.config import END, START


@keras.saving.register_keras_serializable(package="emixer_tf")
class ZipfInitializer(keras.initializers.Initializer):
    """Logits of words by Zipf's law: the nth most frequent one is n times rarer than the first.

    A vocabulary numbers words by their frequency; the end of a sentence comes first, an unknown
    word second, and what is never written, padding and start, last. Where all words begin alike,
    an optimizer that moves every weight by the same small step learns frequencies sooner by making
    topics so loud that the word LSTM no longer hears words, and real reports may then never be
    learnt (docs/ablations.md, "Words that drown").

    Example:

    >>> odds = keras.ops.exp(ZipfInitializer()((6,)))  # pad, start, end, unknown, "the", "is"
    >>> [round(float(1 / value)) for value in odds]
    [6, 6, 1, 2, 3, 4]
    """

    def __call__(self, shape, dtype=None):
        """Return logits `[words]`."""
        (words,) = shape
        ranks = np.arange(words) - START
        ranks[:END] = words
        return ops.cast(-np.log(ranks), dtype or keras.config.floatx())
