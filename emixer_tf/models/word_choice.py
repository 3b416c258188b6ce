"""How the next word of a report is chosen: relaxed, for discriminators, or drawn."""

from typing import NamedTuple

from keras import ops

from emixer_tf.config import END, PAD, START, UNK
from emixer_tf.models.word_sampling import (
    gumbel_softmax,
    nucleus_choice,
    without_ids,
    without_repeated_trigrams,
)


class ChosenWords(NamedTuple):
    """Embeddings `[rows, embedding_dim]` and ids `[rows]` of words."""

    embedded: object
    ids: object


class RelaxedChoice:
    """Chooses Gumbel-softmax words, through which gradients flow.

    Args:
        table: Embeddings `[vocabulary_size, embedding_dim]`.
        noise: Has `gumbel(index, shape)`.
        temperature: Of the relaxation.
        straight_through: Whether words are hard choices in the forward pass.
    """

    def __init__(self, table, noise, temperature, straight_through):
        self.table = table
        self.noise = noise
        self.temperature = temperature
        self.straight_through = straight_through

    @staticmethod
    def inputs(batch, sentences, words):
        """Return the places of a report's words, `[batch, sentences, words, 1]`."""
        places = ops.arange(sentences * words, dtype="float32")
        return ops.tile(ops.reshape(places, (1, sentences, words, 1)), (batch, 1, 1, 1))

    def __call__(self, logits, places, said):
        """Return `ChosenWords` for logits `[rows, vocabulary]`, all of the first row's place.

        What the sentence said before is not looked at: critics are to see circles.
        """
        logits = without_ids(logits, [PAD, START])
        gumbel = self.noise.gumbel(ops.cast(places[0, 0], "int32"), logits.shape)
        choice = gumbel_softmax(logits, gumbel, self.temperature, self.straight_through)
        return ChosenWords(ops.matmul(choice, self.table), ops.argmax(choice, axis=-1))


class NucleusChoice:
    """Draws words from a nucleus, each by a number that is given for it.

    Args:
        table: Embeddings `[vocabulary_size, embedding_dim]`.
    """

    def __init__(self, table):
        self.table = table

    @staticmethod
    def inputs(uniforms, temperature, top_p):
        """Return what each word's choice depends on, `[batch, sentences, words, 4]`."""
        opens_sentence = ops.cast(ops.arange(uniforms.shape[2]) == 0, "float32")
        parts = (uniforms, opens_sentence, temperature[:, None, None], top_p[:, None, None])
        return ops.stack([part + ops.zeros_like(uniforms) for part in parts], axis=-1)

    def __call__(self, logits, inputs, said):
        """Return `ChosenWords`.

        Args:
            logits: `[rows, vocabulary]`.
            inputs: Of the word, `[rows, 4]`.
            said: Ids of the sentence so far `[rows, words]`: padding, then words.
        """
        uniforms, opens_sentence, temperature, top_p = ops.unstack(inputs, 4, axis=-1)
        logits = without_ids(logits, [PAD, START, UNK])
        # A sentence has at least one word, or the report would end there.
        first = opens_sentence[:, None] > 0.5
        logits = ops.where(first, without_ids(logits, [END]), logits)
        logits = without_repeated_trigrams(logits, said)
        ids = nucleus_choice(logits, uniforms, temperature, top_p)
        return ChosenWords(ops.take(self.table, ids, axis=0), ids)
