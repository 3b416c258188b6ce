"""Choosing among several reports of a generated film the one that says what was asked."""

import keras
from keras import ops

from emixer_tf.models.report_targets import stop_targets, word_targets
from emixer_tf.training.losses import bernoulli_log_likelihood

_AS_WELL = 1.0  # nats by which a report may say the labels less clearly than another


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportChooser(keras.Model):
    """Writes several reports of a film and keeps a probable one that says the labels.

    By Bayes' rule p(report | film, labels) is proportional to p(report | film) p(labels | report):
    the decoder writes candidates and says the first, the reader of reports the second. At
    temperature 0 the greedy report is kept if it says the labels as well as any other, and else the
    candidate with the highest product; above it, where candidates are draws from the first factor,
    the one with the highest second.

    The first factor is taken for reports of one length (`at_one_length`), as every word makes a
    report less probable and the shortest would win. It still prefers short ones, whose words are
    easier to guess: so the greedy report does not have to stand against them.

    Args:
        encoder: Films to v.
        decoder: `ReportDecoder`.
        reader: `ReportLabelReader`.
    """

    def __init__(self, encoder, decoder, reader):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder
        self.reader = reader
        self.built = True  # it owns no variables of its own

    def call(self, inputs):
        """Return the chosen reports.

        Args:
            inputs: Dict of `image`, `labels` `[batch, label_count]`, `uniforms`
                `[batch, candidates, sentences, words]`, and of the words' `temperature` and `top_p`
                `[batch]`. At temperature 0 the first candidate is the greedy report, and the others
                are drawn at temperature 1.

        Returns:
            Dict of `tokens` `[batch, sentences, words]`.
        """
        decoder, uniforms = self.decoder, inputs["uniforms"]
        count, shape = ops.shape(uniforms)[1], (decoder.sentences, decoder.words)
        features = ops.repeat(self.encoder(inputs["image"], training=False), count, axis=0)
        greedy = ops.cast(inputs["temperature"] == 0, "float32")[:, None]
        others = ops.cast(ops.arange(count) > 0, "float32")
        temperature = ops.reshape(inputs["temperature"][:, None] + greedy * others, (-1,))
        top_p = ops.repeat(inputs["top_p"], count, axis=0)
        tokens = decoder.sample(features, ops.reshape(uniforms, (-1, *shape)), temperature, top_p)
        written, length = report_log_likelihood(decoder, features, tokens)
        labels = ops.repeat(inputs["labels"], count, axis=0)
        read = label_log_likelihood(self.reader(*decoder.embed(tokens)), labels)
        written, length, read = (ops.reshape(x, (-1, count)) for x in (written, length, read))
        best = ops.argmax(read + greedy * at_one_length(written, length), axis=-1)
        greedy_says_it = read[:, 0] >= ops.max(read, axis=-1) - _AS_WELL
        best = ops.where((greedy[:, 0] > 0) & greedy_says_it, 0, best)
        tokens = ops.reshape(tokens, (-1, count, *shape))
        return {"tokens": ops.take_along_axis(tokens, best[:, None, None, None], axis=1)[:, 0]}


def report_log_likelihood(decoder, features, tokens):
    """Return ln p(report | film), and how many words and stops it is made of.

    Args:
        decoder: `ReportDecoder`.
        features: v `[batch, features]`.
        tokens: Word ids `[batch, sentences, words]`.

    Returns:
        `(log_likelihood, length)`, both `[batch]`.
    """
    stop_logits, word_logits = decoder.teacher_forcing(features, tokens)
    words, word_mask = word_targets(tokens)
    stops, stop_mask = stop_targets(tokens)
    chosen = ops.take_along_axis(
        ops.log_softmax(word_logits, axis=-1), ops.cast(words, "int32")[..., None], axis=-1
    )[..., 0]
    stopped = bernoulli_log_likelihood(stops, stop_logits)
    log_likelihood = ops.sum(chosen * word_mask, axis=(1, 2)) + ops.sum(stopped * stop_mask, axis=1)
    return log_likelihood, ops.sum(word_mask, axis=(1, 2)) + ops.sum(stop_mask, axis=1)


def at_one_length(log_likelihood, length):
    """Return what a report's log-likelihood would be at the mean length of the candidates.

    Args:
        log_likelihood: `[batch, candidates]`.
        length: `[batch, candidates]`, words and stops.

    Returns:
        `[batch, candidates]`.

    Example:

    >>> at_one_length(ops.array([[-4.0, -9.0]]), ops.array([[2.0, 6.0]])).numpy().tolist()
    [[-8.0, -6.0]]

    Reference: Wu et al., arXiv:1609.08144, section 7, "length normalization".
    """
    return log_likelihood / length * ops.mean(length, axis=-1, keepdims=True)


def label_log_likelihood(logits, labels):
    """Return ln p(labels | report) `[batch]` for logits and 0/1 labels `[batch, label_count]`."""
    return ops.sum(bernoulli_log_likelihood(labels, logits), axis=-1)
