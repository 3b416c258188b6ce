import keras
import numpy as np
import pytest
from keras import ops
from scipy.special import expit, log_softmax
from scipy.stats import bernoulli

from emixer_tf.models.networks import seeded_initialisers
from emixer_tf.models.report_chooser import (
    ReportChooser,
    at_one_length,
    label_log_likelihood,
    report_log_likelihood,
)
from emixer_tf.models.report_decoder import ReportDecoder
from emixer_tf.models.report_label_reader import ReportLabelReader

STUDIES, SENTENCES, WORDS, VOCABULARY, LABELS = 5, 2, 3, 9, 2


def decoder_of(sentences, words):
    decoder = ReportDecoder(
        VOCABULARY, sentences, words, embedding_dim=5, units=6, features=4, topic_units=8,
        word_layers=1, sentence_memory=True,
    )  # fmt: skip
    decoder(ops.zeros((1, 4)), ops.zeros((1, sentences, words), "int32"))
    return decoder


@pytest.fixture(scope="module")
def chooser():
    with seeded_initialisers(0):
        decoder, reader = decoder_of(SENTENCES, WORDS), ReportLabelReader(6, LABELS)
        reader(*decoder.embed(ops.zeros((1, SENTENCES, WORDS), "int32")))
    words = np.random.default_rng(1).normal(size=(VOCABULARY, 5))
    decoder.embedding.embeddings.assign(2.0 * words)  # the reader tells reports apart
    reader.head.kernel.assign(1000.0 * reader.head.kernel)
    return ReportChooser(keras.layers.Flatten(), decoder, reader)


def inputs_of(candidates, temperature):
    numbers = np.random.default_rng(0)
    return {
        "image": numbers.normal(size=(STUDIES, 2, 2, 1)).astype("float32"),
        "labels": numbers.integers(0, 2, (STUDIES, LABELS)).astype("float32"),
        "uniforms": numbers.random((STUDIES, candidates, SENTENCES, WORDS), dtype="float32"),
        "temperature": np.full(STUDIES, temperature, "float32"),
        "top_p": np.ones(STUDIES, "float32"),
    }


def test_labels_are_bernoulli_draws():
    logits = np.array([[2.0, -1.0], [0.0, 3.0]], "float32")
    labels = np.array([[1.0, 1.0], [0.0, 0.0]], "float32")
    expected = bernoulli.logpmf(labels, expit(logits)).sum(-1)
    np.testing.assert_allclose(label_log_likelihood(logits, labels), expected, rtol=1e-5)


def test_a_report_is_as_probable_as_its_words_and_its_end():
    decoder = decoder_of(sentences=2, words=2)
    features = np.random.default_rng(3).normal(size=(1, 4)).astype("float32")
    tokens = np.array([[[5, 0], [7, 8]]], "int32")
    stops, logits = (np.array(x)[0] for x in decoder.teacher_forcing(features, tokens))
    words = log_softmax(logits, axis=-1)
    end = 2
    expected = words[0, 0, 5] + words[0, 1, end] + words[1, 0, 7] + words[1, 1, 8]
    expected += np.log(expit(-stops[0])) + np.log(expit(stops[1]))
    found, length = report_log_likelihood(decoder, features, tokens)
    np.testing.assert_allclose(found[0], expected, rtol=1e-5)
    assert length[0] == 6


def test_a_long_report_is_not_less_probable_for_its_length():
    per_word = np.array([[-1.0, -0.5, -2.0]], "float32")
    length = np.array([[10.0, 80.0, 3.0]], "float32")
    scores = np.array(at_one_length(per_word * length, length))
    np.testing.assert_allclose(scores, 31 * per_word, rtol=1e-6)


def candidates_of(chooser, inputs, temperature):
    """The candidates, ln p(labels | each), and ln p(each | film) at their mean length."""
    decoder, features = chooser.decoder, inputs["image"].reshape(STUDIES, 4)
    tokens, read, said, lengths = [], [], [], []
    for k in range(inputs["uniforms"].shape[1]):
        own = np.full(STUDIES, temperature or float(k > 0), "f")  # greedy, then draws
        written = decoder.sample(features, inputs["uniforms"][:, k], own, inputs["top_p"])
        tokens.append(np.array(written))
        logits = chooser.reader(*decoder.embed(written))
        read.append(np.array(label_log_likelihood(logits, inputs["labels"])))
        log_likelihood, length = report_log_likelihood(decoder, features, written)
        said.append(np.array(log_likelihood))
        lengths.append(np.array(length))
    at_mean_length = np.array(said) / lengths * np.mean(lengths, axis=0)
    return np.stack(tokens), np.stack(read), at_mean_length


def test_of_draws_the_one_that_says_the_labels_best_is_kept(chooser):
    inputs = inputs_of(6, temperature=0.7)
    tokens, read, _ = candidates_of(chooser, inputs, 0.7)
    best = np.argmax(read, axis=0)
    assert len(set(best)) > 1
    np.testing.assert_array_equal(chooser(inputs)["tokens"], tokens[best, np.arange(STUDIES)])


def test_if_the_greedy_report_says_the_labels_badly_the_most_probable_one_is_kept(chooser):
    inputs = inputs_of(6, temperature=0.0)
    tokens, read, said = candidates_of(chooser, inputs, 0.0)
    best = np.where(read[0] >= read.max(axis=0) - 1.0, 0, np.argmax(read + said, axis=0))
    assert len(set(best)) > 1
    np.testing.assert_array_equal(chooser(inputs)["tokens"], tokens[best, np.arange(STUDIES)])


class ScriptedDecoder:
    """Writes the ids that it is given; the higher an id, the more probable it is."""

    sentences, words = 1, 2

    def sample(self, features, uniforms, temperature, top_p):
        return ops.cast(uniforms, "int32")

    def embed(self, tokens):
        return tokens, None

    def teacher_forcing(self, features, tokens):
        logits = ops.arange(VOCABULARY, dtype="float32")
        return ops.zeros((len(tokens), 1)), ops.tile(logits, (len(tokens), 1, 2, 1))


@pytest.mark.parametrize(("read_off_it", "kept"), [(2.0, 7), (-2.0, 8)])
def test_a_less_probable_greedy_report_is_kept_if_it_says_the_labels_as_well(read_off_it, kept):
    logits_of = {7: read_off_it, 8: 2.5}  # of the greedy report's words, and of a draw's

    def reader(tokens, mask):
        return ops.array([[logits_of[int(row[0, 0])]] for row in tokens])

    chosen = ReportChooser(keras.layers.Flatten(), ScriptedDecoder(), reader)({
        "image": np.zeros((1, 2, 2, 1), "float32"),
        "labels": np.ones((1, 1), "float32"),
        "uniforms": np.array([[[[7.0, 7.0]], [[8.0, 8.0]]]], "float32"),
        "temperature": np.zeros(1, "float32"),
        "top_p": np.ones(1, "float32"),
    })  # fmt: skip
    np.testing.assert_array_equal(chosen["tokens"], [[[kept, kept]]])


def test_a_single_candidate_is_the_greedy_report(chooser):
    inputs = inputs_of(1, temperature=0.0)
    greedy = chooser.decoder.sample(
        inputs["image"].reshape(STUDIES, 4),
        inputs["uniforms"][:, 0],
        np.zeros(STUDIES, "f"),
        np.ones(STUDIES, "f"),
    )
    np.testing.assert_array_equal(chooser(inputs)["tokens"], greedy)
