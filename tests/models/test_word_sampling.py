import numpy as np
import pytest

from emixer_tf.models.word_sampling import without_repeated_trigrams

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
