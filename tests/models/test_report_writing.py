import numpy as np
import pytest
from keras import ops

from emixer_tf.config import END, PAD, START, UNK
from emixer_tf.models.report_decoder import ReportDecoder

SENTENCES, WORDS, VOCABULARY, DIM = 3, 4, 9, 5


class Silence:
    """Gumbel noise that leaves the most probable word the most probable."""

    def gumbel(self, index, shape):
        return ops.zeros(shape)


@pytest.fixture(params=[True, False])
def decoder(request):
    decoder = ReportDecoder(
        VOCABULARY, SENTENCES, WORDS, embedding_dim=DIM, units=6, features=7, topic_units=8,
        word_layers=1, sentence_memory=request.param,
    )  # fmt: skip
    decoder(ops.zeros((1, 7)), ops.zeros((1, SENTENCES, WORDS), "int32"))
    never = np.zeros(VOCABULARY, "float32")
    never[[PAD, START, END, UNK]] = -50.0
    decoder.word_head.bias.assign(never)
    decoder.stop_head.bias.assign([-50.0])
    for layer in decoder.topic_layers:  # topics that tell sentences apart
        layer.kernel.assign(3.0 * layer.kernel)
    return decoder


def test_without_noise_relaxed_words_are_those_that_teacher_forcing_predicts(decoder):
    features = np.random.default_rng(0).normal(size=(2, 7)).astype("float32")
    embedded, mask = decoder.relaxed(features, Silence(), 1.0, straight_through=True)
    assert np.array(mask).all()
    table = np.array(decoder.embedding.embeddings)
    distance = np.abs(np.array(embedded)[..., None, :] - table).max(-1)
    tokens = distance.argmin(-1)
    assert distance.min(-1).max() < 1e-5
    _, logits = decoder.teacher_forcing(features, tokens)
    np.testing.assert_array_equal(np.array(logits).argmax(-1), tokens)


def test_every_word_of_a_report_has_noise_of_its_own(decoder):
    class NamesThePlace:
        def gumbel(self, index, shape):
            return 100.0 * ops.one_hot(ops.zeros(shape[:1], "int32") + 4 + index % 5, VOCABULARY)

    embedded, _ = decoder.relaxed(np.zeros((1, 7), "f"), NamesThePlace(), 1.0, True)
    table = np.array(decoder.embedding.embeddings)
    ids = np.abs(np.array(embedded)[0, ..., None, :] - table).max(-1).argmin(-1)
    # Decoded together, sentences are told apart by the row of the noise.
    sentence = np.arange(SENTENCES)[:, None] * decoder.sentence_memory
    np.testing.assert_array_equal(ids, 4 + (WORDS * sentence + np.arange(WORDS)) % 5)
