from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from emixer_tf.metrics.ngram_counts import count_ngrams, counted_corpus

texts = st.lists(st.lists(st.sampled_from("abcd"), max_size=8), max_size=6)


@settings(deadline=None)
@given(texts)
def test_counts_are_those_of_a_counter(texts):
    for order, counts in enumerate(count_ngrams(texts), start=1):
        names = {}
        for text, ngram, count in zip(counts.text, counts.ngram, counts.count, strict=True):
            names.setdefault(ngram, set()).add((text, count))
        expected = {}
        for place, words in enumerate(texts):
            grams = zip(*(words[begin:] for begin in range(order)), strict=False)
            for gram, count in Counter(grams).items():
                expected.setdefault(gram, set()).add((place, count))
        assert sorted(map(sorted, names.values())) == sorted(map(sorted, expected.values()))
        assert counts.kinds == len(expected)


def test_rows_are_sorted_and_a_part_counts_its_texts_from_zero():
    words = count_ngrams([["a"], ["b", "a", "b"], [], ["a"]])[0]
    rows = list(zip(words.ngram, words.text, strict=True))
    assert rows == sorted(rows)
    part = words.part(1, 4)
    assert part.text.tolist() == [0, 2, 0]
    assert part.count.tolist() == [1, 1, 2]


def test_each_row_of_a_reference_knows_the_same_ngram_in_its_hypothesis():
    corpus = counted_corpus([["a b", "b c"], ["a"]], ["b b", "a c"])
    words = corpus.orders[0]
    in_hypothesis = np.where(words.row >= 0, words.hypotheses.count[words.row], 0)
    by_reference = [in_hypothesis[words.references.text == place] for place in range(3)]
    assert list(map(sorted, by_reference)) == [[0, 2], [0, 2], [1]]
    assert words.hypotheses.text[words.row[words.row >= 0]].tolist() == (
        words.item[words.row >= 0].tolist()
    )
    assert corpus.item.tolist() == [0, 0, 1]
    assert corpus.reference_lengths.tolist() == [2, 2, 1]
