"""The report decoder F: features of a film to sentences of words."""

import keras
from keras import ops

from emixer_tf.config import PAD, START
from emixer_tf.layers.zipf_initializer import ZipfInitializer
from emixer_tf.models.mean_word import mean_word
from emixer_tf.models.repeated_sentences import without_repeated_sentences
from emixer_tf.models.report_writing import write_sentences
from emixer_tf.models.word_choice import NucleusChoice, RelaxedChoice


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportDecoder(keras.Model):
    """Hierarchical LSTM decoder: a sentence LSTM makes topics, a word LSTM writes each out.

    In the paper's form a sentence depends on its topic alone, and all sentences of all reports are
    decoded together, as `batch * sentences` rows. With `sentence_memory` the sentence LSTM also
    reads the mean embedding of the sentence before, and a report contradicts itself much less. Its
    state chooses by a gate what of the film a topic is about, and the topic is added to every word
    that the word LSTM reads: with these two it learns to read much sooner (docs/ablations.md,
    "What the decoder needs (earlier)").

    Args:
        vocabulary_size: Word ids, the four special ones included.
        sentences: Sentences of a report at most.
        words: Words of a sentence at most.
        embedding_dim: Length of a word's embedding.
        units: Width of the LSTMs.
        features: Length of v.
        topic_units: Width of the topics' hidden layers.
        word_layers: LSTM layers of the word decoder.
        sentence_memory: Whether a sentence is told what the one before it said.

    Call arguments:
        features: v `[batch, features]`.
        tokens: True word ids, int `[batch, sentences, words]`, 0 where none stands.

    Example:

    >>> decoder = ReportDecoder(
    ...     vocabulary_size=8, sentences=2, words=4, embedding_dim=3, units=5, features=6,
    ...     topic_units=7, word_layers=1,
    ... )
    >>> tokens = ops.array([[[4, 5, 0, 0], [6, 0, 0, 0]]])
    >>> stop_logits, word_logits = decoder(ops.ones((1, 6)), tokens)
    >>> stop_logits.shape, word_logits.shape
    (TensorShape([1, 2]), TensorShape([1, 2, 4, 8]))

    Reference:
        EMIXER, section 3.2.2; gate, topics added to words, and memory: docs/design.md,
        "Differences from the paper".
    """

    def __init__(
        self,
        vocabulary_size,
        sentences,
        words,
        embedding_dim,
        units,
        features,
        topic_units,
        word_layers=3,
        sentence_memory=False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.sentences = sentences
        self.words = words
        self.embedding_dim = embedding_dim
        self.units = units
        self.features = features
        self.topic_units = topic_units
        self.word_layers = word_layers
        self.sentence_memory = sentence_memory
        self.embedding = keras.layers.Embedding(vocabulary_size, embedding_dim, name="embedding")
        self.sentence_lstm = keras.layers.LSTM(
            units, return_sequences=True, use_cudnn=False, name="sentence_lstm"
        )
        self.stop_head = keras.layers.Dense(1, name="stop_head")
        self.topic_gate = keras.layers.Dense(features, activation="sigmoid", name="topic_gate")
        self.topic_layers = [
            keras.layers.Dense(topic_units, activation="relu", name="topic_1"),
            keras.layers.Dense(topic_units, activation="relu", name="topic_2"),
            keras.layers.Dense(embedding_dim, name="topic_3"),
        ]
        cells = [keras.layers.LSTMCell(units, name=f"cell_{i + 1}") for i in range(word_layers)]
        self.word_lstm = keras.layers.RNN(cells, return_sequences=True, name="word_lstm")
        self.word_head = keras.layers.Dense(
            vocabulary_size, bias_initializer=ZipfInitializer(), name="word_head"
        )

    def call(self, features, tokens):
        """Return `teacher_forcing(features, tokens)`."""
        return self.teacher_forcing(features, tokens)

    def embed(self, tokens):
        """Embed the words of reports.

        Args:
            tokens: Word ids `[batch, sentences, words]`.

        Returns:
            `(embedded [batch, sentences, words, embedding_dim], mask [batch, sentences, words])`;
            the mask is 1 where a word stands, else 0.
        """
        return self.embedding(tokens), ops.cast(tokens != PAD, "float32")

    def plan(self, features, tokens=None):
        """Plan a report: what each sentence is about, and where the report ends.

        Args:
            features: v `[batch, features]`.
            tokens: Word ids `[batch, sentences, words]`, of which each sentence is told those of
                the sentence before; needed with `sentence_memory` alone.

        Returns:
            `(stop_logits [batch, sentences], topics [batch, sentences, embedding_dim])`.
        """
        repeated = ops.repeat(features[:, None], self.sentences, axis=1)
        inputs = repeated
        if self.sentence_memory:
            said = mean_word(*self.embed(tokens))  # [batch, sentences, embedding_dim]
            before = ops.pad(said, [[0, 0], [1, 0], [0, 0]])[:, :-1]
            inputs = ops.concatenate([repeated, before], axis=-1)
        return self.topics(repeated, self.sentence_lstm(inputs))

    def topics(self, features, hidden):
        """Say what sentences are about, and where the report ends.

        Args:
            features: v `[..., features]`.
            hidden: The sentence LSTM's outputs `[..., units]`.

        Returns:
            `(stop_logits [...], topics [..., embedding_dim])`.
        """
        topics = ops.concatenate([hidden, features * self.topic_gate(hidden)], axis=-1)
        for layer in self.topic_layers:
            topics = layer(topics)
        return self.stop_head(hidden)[..., 0], topics

    def teacher_forcing(self, features, tokens):
        """Predict every word from the true words before it.

        Args:
            features: v `[batch, features]`.
            tokens: Word ids `[batch, sentences, words]`.

        Returns:
            `(stop_logits [batch, sentences], word_logits [batch, sentences, words, vocabulary])`.
        """
        stop_logits, topics = self.plan(features, tokens)
        rows = ops.reshape(tokens, (-1, self.words))
        inputs = self.embedding(rows[:, :-1])  # [rows, words - 1, embedding_dim]
        topics = ops.reshape(topics, (-1, 1, self.embedding_dim))
        inputs = ops.concatenate([self.start(topics[:, 0])[:, None], inputs], axis=1)
        outputs = self.word_lstm(ops.concatenate([topics, inputs + topics], axis=1))
        logits = self.word_head(outputs[:, 1:])
        shape = (-1, self.sentences, self.words, self.vocabulary_size)
        return stop_logits, ops.reshape(logits, shape)

    def relaxed(self, features, noise, temperature, straight_through):
        """Write freely with Gumbel-softmax words, for discriminators.

        The words are embedded inside the loop: no tensor holds a vocabulary for every word.

        Args:
            features: v `[batch, features]`.
            noise: Has `gumbel(index, shape)`.
            temperature: Of the relaxation.
            straight_through: Whether words are hard choices in the forward pass.

        Returns:
            `(embedded [batch, sentences, words, embedding_dim], mask [batch, sentences, words])`.
            Gradients reach the words and, through the stop head, whole sentences.
        """
        table = ops.stop_gradient(ops.convert_to_tensor(self.embedding.embeddings))
        choose = RelaxedChoice(table, noise, temperature, straight_through)
        inputs = choose.inputs(features.shape[0], self.sentences, self.words)
        stop_logits, written = write_sentences(self, features, inputs, choose)
        embedded, mask = written[..., : self.embedding_dim], written[..., -1]
        alive = straight_through_alive(stop_logits)
        return (
            embedded * alive[:, :, None, None],
            mask * ops.stop_gradient(alive)[:, :, None],
        )

    def sample(self, features, uniforms, temperature, top_p):
        """Write reports.

        Args:
            features: v `[batch, features]`.
            uniforms: `[batch, sentences, words]` in [0, 1); the words are a function of them.
            temperature: `[batch]`; 0 is greedy.
            top_p: `[batch]`; words are drawn from the smallest set with this probability.

        Returns:
            Word ids `[batch, sentences, words]`: words, then padding; at least one sentence, and
            none twice.
        """
        choose = NucleusChoice(ops.convert_to_tensor(self.embedding.embeddings))
        inputs = choose.inputs(uniforms, temperature, top_p)
        stop_logits, written = write_sentences(self, features, inputs, choose)
        tokens = ops.cast(written[..., -2], "int32")
        alive = ops.cast(straight_through_alive(stop_logits) > 0.5, "int32")
        return without_repeated_sentences(tokens * alive[:, :, None])

    def start(self, topics):
        """Return the embedding of START, once for each topic.

        Args:
            topics: `[rows, embedding_dim]`.

        Returns:
            `[rows, embedding_dim]`.
        """
        return self.embedding(START + ops.zeros_like(topics[:, 0], dtype="int32"))

    def after_topic(self, topics):
        """Return the word LSTM's states after it has read the topics.

        Args:
            topics: `[rows, embedding_dim]`.

        Returns:
            List of `[hidden, cell]`, each `[rows, units]`, one a layer.
        """
        zeros = ops.zeros((ops.shape(topics)[0], self.units))
        _, states = self.advance(topics, [[zeros, zeros] for _ in range(self.word_layers)])
        return states

    def advance(self, inputs, states):
        """Move the word LSTM on by one input.

        Args:
            inputs: `[rows, embedding_dim]`.
            states: As `after_topic` returns them.

        Returns:
            `(output [rows, units], states)`.
        """
        output, states = self.word_lstm.cell(inputs, states)
        # Keras unpacks the states of a single cell, but takes them packed.
        return output, [states] if self.word_layers == 1 else states

    def get_config(self):
        """Return the constructor's arguments."""
        return {
            "vocabulary_size": self.vocabulary_size,
            "sentences": self.sentences,
            "words": self.words,
            "embedding_dim": self.embedding_dim,
            "units": self.units,
            "features": self.features,
            "topic_units": self.topic_units,
            "word_layers": self.word_layers,
            "sentence_memory": self.sentence_memory,
        }


def straight_through_alive(stop_logits):
    """Return which sentences a report has: hard values, soft gradients.

    Sentence i stands if no sentence before it said STOP; the first one always stands.

    Args:
        stop_logits: `[batch, sentences]`.

    Returns:
        `[batch, sentences]`, 0 or 1.
    """
    before = stop_logits[:, :-1]
    soft = _running_product(ops.sigmoid(-before))
    hard = _running_product(ops.cast(before <= 0, soft.dtype))
    alive = soft + ops.stop_gradient(hard - soft)
    return ops.pad(alive, [[0, 0], [1, 0]], constant_values=1.0)


def _running_product(values):
    product, products = 1.0, []
    for i in range(values.shape[1]):
        product = product * values[:, i]
        products.append(product)
    return ops.stack(products, axis=1) if products else values
