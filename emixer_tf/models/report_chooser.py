"""Choosing among several reports of a generated film the one that says what was asked."""

import keras
from keras import ops

from emixer_tf.models.report_targets import stop_targets, word_targets
from emixer_tf.training.losses import bernoulli_log_likelihood


@keras.saving.register_keras_serializable(package="emixer_tf")
class ReportChooser(keras.Model):
    """Writes several reports of a film and keeps the most probable one, given film and labels.

    By Bayes' rule p(report | film, labels) is proportional to p(report | film) p(labels | report):
    the decoder writes candidates and says the first, the reader of reports the second. At
    temperature 0 the candidate with the highest product is kept; above it, where candidates are
    draws from the first factor, the one with the highest second.

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
        written = report_log_likelihood(decoder, features, tokens)
        labels = ops.repeat(inputs["labels"], count, axis=0)
        read = label_log_likelihood(self.reader(*decoder.embed(tokens)), labels)
        written, read = (ops.reshape(score, (-1, count)) for score in (written, read))
        best = ops.argmax(read + greedy * written, axis=-1)
        tokens = ops.reshape(tokens, (-1, count, *shape))
        return {"tokens": ops.take_along_axis(tokens, best[:, None, None, None], axis=1)[:, 0]}


def report_log_likelihood(decoder, features, tokens):
    """Return ln p(report | film) `[batch]`, words and stops together.

    Args:
        decoder: `ReportDecoder`.
        features: v `[batch, features]`.
        tokens: Word ids `[batch, sentences, words]`.
    """
    stop_logits, word_logits = decoder.teacher_forcing(features, tokens)
    words, word_mask = word_targets(tokens)
    stops, stop_mask = stop_targets(tokens)
    chosen = ops.take_along_axis(
        ops.log_softmax(word_logits, axis=-1), ops.cast(words, "int32")[..., None], axis=-1
    )[..., 0]
    stopped = bernoulli_log_likelihood(stops, stop_logits)
    return ops.sum(chosen * word_mask, axis=(1, 2)) + ops.sum(stopped * stop_mask, axis=1)


def label_log_likelihood(logits, labels):
    """Return ln p(labels | report) `[batch]` for logits and 0/1 labels `[batch, label_count]`."""
    return ops.sum(bernoulli_log_likelihood(labels, logits), axis=-1)
