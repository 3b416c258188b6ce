import numpy as np
from keras import ops

from emixer_tf.config import END, PAD, START, UNK
from emixer_tf.models.word_choice import NucleusChoice, RelaxedChoice

VOCABULARY, DIM = 9, 5
NOTHING = np.zeros((3, 1), "int32")  # was said


class NoNoise:
    def gumbel(self, index, shape):
        return ops.zeros(shape)


def test_a_relaxed_choice_is_an_average_of_embeddings():
    table = np.random.default_rng(1).normal(size=(VOCABULARY, DIM)).astype("float32")
    choose = RelaxedChoice(table, NoNoise(), temperature=2.0, straight_through=False)
    logits = np.random.default_rng(2).normal(size=(3, VOCABULARY)).astype("float32")
    embedded, ids = choose(ops.convert_to_tensor(logits), choose.inputs(3, 1, 1)[:, 0, 0], NOTHING)
    allowed = logits.copy()
    allowed[:, [PAD, START]] = -np.inf
    weights = np.exp(allowed / 2.0)
    weights /= weights.sum(-1, keepdims=True)
    np.testing.assert_allclose(embedded, weights @ table, rtol=1e-4, atol=1e-6)
    np.testing.assert_array_equal(ids, allowed.argmax(-1))


def test_only_the_first_word_of_a_sentence_cannot_end_it():
    table = np.eye(VOCABULARY, dtype="float32")
    choose = NucleusChoice(table)
    zero, one = np.zeros(2, "float32"), np.ones(2, "float32")
    inputs = choose.inputs(np.full((2, 1, 2), 0.5, "float32"), zero, one)
    logits = np.zeros((2, VOCABULARY), "float32")
    logits[:, [END, PAD, START, UNK]] = [9.0, 10.0, 10.0, 10.0]
    logits[:, 6] = 5.0
    nothing = np.zeros((2, 2), "int32")
    first = choose(logits, inputs[:, 0, 0], nothing)
    np.testing.assert_array_equal(first.ids, [6, 6])
    np.testing.assert_array_equal(first.embedded, table[[6, 6]])
    np.testing.assert_array_equal(choose(logits, inputs[:, 0, 1], nothing).ids, [END, END])


def test_drawn_words_do_not_run_in_circles():
    choose = NucleusChoice(np.eye(VOCABULARY, dtype="float32"))
    one = np.ones(1, "float32")
    inputs = choose.inputs(np.full((1, 1, 2), 0.5, "float32"), 0 * one, one)[:, 0, 1]
    logits = np.zeros((1, VOCABULARY), "float32")
    logits[:, 6], logits[:, 7] = 9.0, 8.0
    assert choose(logits, inputs, np.array([[0, 4, 5, 8, 4, 5]], "int32")).ids[0] == 6
    assert choose(logits, inputs, np.array([[4, 5, 6, 8, 4, 5]], "int32")).ids[0] == 7
