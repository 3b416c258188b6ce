import numpy as np
import pytest

from emixer_tf.models.word_sampling import (
    least_of_nucleus,
    nucleus_choice,
    without_repeated_trigrams,
)

VOCABULARY = 7


def third_words(sentence):
    """Words that would make a trigram of the sentence anew."""
    *_, before, last = sentence
    trigrams = zip(sentence, sentence[1:], sentence[2:], strict=False)
    return {third for first, second, third in trigrams if (first, second) == (before, last)}


@pytest.mark.parametrize("places", [2, 3, 12])
def test_words_that_would_repeat_three_in_a_row_are_never_chosen(places):
    random = np.random.default_rng(0)
    logits = random.normal(size=(200, VOCABULARY)).astype("float32")
    said = random.integers(4, VOCABULARY, (200, places))
    said *= np.arange(places) >= random.integers(0, places - 1, (200, 1))  # padding, then words
    found = np.array(without_repeated_trigrams(logits, said.astype("int32")))
    banned = found < -1e8
    expected = np.zeros_like(banned)
    for row, words in enumerate(said):
        expected[row, list(third_words([word for word in words if word]))] = True
    np.testing.assert_array_equal(banned[:, 1:], expected[:, 1:])  # padding is no word
    np.testing.assert_array_equal(found[~banned], logits[~banned])
    assert banned[:, 1:].any() == (places > 2)


def test_a_sentence_of_one_word_has_nothing_to_repeat():
    logits = np.ones((2, VOCABULARY), "float32")
    np.testing.assert_array_equal(
        without_repeated_trigrams(logits, np.array([[5], [0]], "int32")), logits
    )


def random_probabilities(rows):
    logits = 4 * np.random.default_rng(rows).normal(size=(rows, 50)).astype("float32")
    weights = np.exp(logits)
    return weights / weights.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize("top_p", [0.05, 0.5, 0.9, 0.999])
def test_the_nucleus_is_the_smallest_set_that_reaches_its_mass(top_p):
    probabilities = random_probabilities(300)
    logs = np.log(probabilities)
    least = np.exp(least_of_nucleus(logs, np.full(300, top_p, "float32")))
    for row, end in zip(probabilities, least, strict=True):
        assert row[row >= end].sum() >= top_p - 1e-6
        assert row[row > end * np.exp(0.00031)].sum() < top_p + 1e-6


def test_words_are_drawn_as_probable_as_they_are():
    probabilities = random_probabilities(1)
    uniforms = (np.arange(20000, dtype="float32") + 0.5) / 20000
    rows = np.repeat(np.log(probabilities), len(uniforms), axis=0)
    one = np.ones(len(uniforms), "float32")
    ids = np.array(nucleus_choice(rows, uniforms, one, one))
    shares = np.bincount(ids, minlength=50) / len(ids)
    np.testing.assert_allclose(shares, probabilities[0], atol=1e-4)


def test_a_draw_does_not_depend_on_the_other_rows():
    rows = np.log(random_probabilities(40))
    uniforms = np.random.default_rng(1).random(40, dtype="float32")
    one = np.ones(40, "float32")
    mixed = np.where(np.arange(40) % 2, one, np.float32(0.6))
    alone = np.array(nucleus_choice(rows, uniforms, one, one))
    beside = np.array(nucleus_choice(rows, uniforms, one, mixed))
    np.testing.assert_array_equal(alone[1::2], beside[1::2])
    assert (alone[::2] != beside[::2]).any()


@pytest.mark.parametrize("others", [0.0, 0.7])
def test_greedy_words_are_the_most_probable_ones_alone_and_beside_drawn_ones(others):
    probabilities = random_probabilities(40)
    uniforms = np.random.default_rng(1).random(40, dtype="float32")
    temperature = np.where(np.arange(40) % 2, np.float32(others), np.float32(0))
    ids = np.array(
        nucleus_choice(np.log(probabilities), uniforms, temperature, np.ones(40, "float32"))
    )
    greedy = probabilities.argmax(axis=1)
    np.testing.assert_array_equal(ids[temperature == 0], greedy[temperature == 0])
    assert (ids != greedy).any() == (others > 0)


@pytest.mark.parametrize("top_p", [0.3, 1.0])
def test_what_can_never_be_chosen_is_not_at_either_end(top_p):
    logits = np.array([[-1e9, 0.0, -1e9, 0.0, -1e9]] * 2, "float32")
    ends = np.array([0.0, 1 - 2**-24], "float32")
    one = np.ones(2, "float32")
    ids = np.array(nucleus_choice(logits, ends, one, top_p * one))
    assert ids.tolist() == [1, 3]
