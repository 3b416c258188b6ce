"""Writing freely: word after word, each read before the next, and sentence after sentence."""

import keras
from keras import ops

from emixer_tf.config import END, PAD
from emixer_tf.models.mean_word import mean_word


class WordCell(keras.layers.Layer):
    """One step of the word decoder, as a cell that `keras.layers.RNN` repeats.

    A loop in the graph: unrolled, the words of a report cost seconds of tracing.

    Args:
        decoder: The `ReportDecoder` whose layers it uses.
        choose: `RelaxedChoice` or `NucleusChoice`.
    """

    def __init__(self, decoder, choose):
        super().__init__()
        self.decoder = decoder
        self.choose = choose
        self.state_size = [decoder.units] * (2 * decoder.word_layers)
        self.state_size += [decoder.embedding_dim, decoder.embedding_dim, 1, decoder.words]
        self.output_size = decoder.embedding_dim + 2
        self.built = True

    def call(self, inputs, states):
        """Write a word; returns `[embedded, id, open]` `[rows, embedding_dim + 2]` and states.

        The last state holds the ids of the sentence so far, as floats like all of them.
        """
        *flat, topics, embedded, open_, said = states
        pairs = [list(flat[i : i + 2]) for i in range(0, len(flat), 2)]
        output, pairs = self.decoder.advance(embedded + topics, pairs)
        logits = self.decoder.word_head(output)
        embedded, ids = self.choose(logits, inputs, ops.cast(said, "int32"))
        chosen = ops.cast(ids, "float32")[:, None]
        said = ops.concatenate([said[:, 1:], chosen], axis=-1)
        open_ = open_ * ops.cast(ids != END, "float32")[:, None]
        word = ops.concatenate([embedded, chosen, open_], axis=-1)
        flat = [part for pair in pairs for part in pair]
        return word * open_, [*flat, topics, embedded, open_, said]


class SentenceCell(keras.layers.Layer):
    """One sentence of a report whose sentences are told what was said before them.

    Args:
        decoder: The `ReportDecoder` whose layers it uses.
        features: v `[batch, features]`.
        choose: `RelaxedChoice` or `NucleusChoice`.
    """

    def __init__(self, decoder, features, choose):
        super().__init__()
        self.decoder = decoder
        self.features = features
        self.choose = choose
        self.state_size = [decoder.units, decoder.units, decoder.embedding_dim]
        self.output_size = 1 + decoder.words * (decoder.embedding_dim + 2)
        self.built = True

    def call(self, inputs, states):
        """Write a sentence, from the inputs of its words laid end to end.

        Returns:
            `[batch, 1 + words * (embedding_dim + 2)]`, stop logit and words, and new states.
        """
        decoder = self.decoder
        *states, said = states
        told = ops.concatenate([self.features, said], axis=-1)
        hidden, states = decoder.sentence_lstm.cell(told, states)
        stop_logits, topics = decoder.topics(self.features, hidden)
        inputs = ops.reshape(inputs, (-1, decoder.words, inputs.shape[-1] // decoder.words))
        written = write_words(decoder, topics, inputs, self.choose)
        said = mean_word(written[..., : decoder.embedding_dim], written[..., -1])
        flat = ops.reshape(written, (-1, self.output_size - 1))
        return ops.concatenate([stop_logits[:, None], flat], axis=-1), [*states, said]


def write_words(decoder, topics, inputs, choose):
    """Write one sentence for every topic.

    Args:
        decoder: `ReportDecoder`.
        topics: `[rows, embedding_dim]`.
        inputs: What `choose` needs, `[rows, words, ...]`.
        choose: `RelaxedChoice` or `NucleusChoice`.

    Returns:
        `[rows, words, embedding_dim + 2]`: embedding, id, and 1; zeros from the sentence's end on.
    """
    states = [part for pair in decoder.after_topic(topics) for part in pair]
    open_ = ops.ones_like(topics[:, :1])
    said = ops.full_like(ops.repeat(open_, decoder.words, axis=-1), PAD)
    return keras.layers.RNN(WordCell(decoder, choose), return_sequences=True)(
        inputs, initial_state=[*states, topics, decoder.start(topics), open_, said]
    )


def write_sentences(decoder, features, inputs, choose):
    """Write a report for every film.

    Args:
        decoder: `ReportDecoder`.
        features: v `[batch, features]`.
        inputs: What `choose` needs, `[batch, sentences, words, ...]`.
        choose: `RelaxedChoice` or `NucleusChoice`.

    Returns:
        `(stop_logits [batch, sentences], written [batch, sentences, words, embedding_dim + 2])`,
        as `write_words` returns them.
    """
    shape = (-1, decoder.sentences, decoder.words, decoder.embedding_dim + 2)
    if not decoder.sentence_memory:
        stop_logits, topics = decoder.plan(features)
        rows = ops.reshape(inputs, (-1, decoder.words, inputs.shape[-1]))
        topics = ops.reshape(topics, (-1, decoder.embedding_dim))
        return stop_logits, ops.reshape(write_words(decoder, topics, rows, choose), shape)
    zeros = ops.zeros_like(features[:, :1])
    sizes = (decoder.units, decoder.units, decoder.embedding_dim)
    outputs = keras.layers.RNN(SentenceCell(decoder, features, choose), return_sequences=True)(
        ops.reshape(inputs, (-1, decoder.sentences, decoder.words * inputs.shape[-1])),
        initial_state=[ops.repeat(zeros, size, axis=-1) for size in sizes],
    )
    return outputs[..., 0], ops.reshape(outputs[..., 1:], shape)
