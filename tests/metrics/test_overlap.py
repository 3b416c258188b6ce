import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emixer_tf.metrics.overlap import meteor, rouge_l


def longest_common_subsequence(a, b):
    if not a or not b:
        return 0
    if a[0] == b[0]:
        return 1 + longest_common_subsequence(a[1:], b[1:])
    return max(longest_common_subsequence(a[1:], b), longest_common_subsequence(a, b[1:]))


words = st.lists(st.sampled_from(["a", "B", ".", "2.5", "mid-lung"]), max_size=5)


@settings(deadline=None, max_examples=60)
@given(words.filter(bool), words)
def test_rouge_l_is_the_f1_of_the_longest_common_subsequence_of_the_words_given(reference, words):
    common = longest_common_subsequence(reference, words)
    scores = rouge_l([" ".join(reference)], [" ".join(words)])
    assert scores["score"] == pytest.approx(2 * common / (len(reference) + len(words)))


@pytest.mark.parametrize("score", [rouge_l, meteor])
def test_the_best_reference_counts_and_the_score_is_the_mean(score):
    scores = score({"x": ["c d", "a b"], "y": "a"}, {"y": "", "x": "a b"})
    best = score(["a b"], ["a b"])["score"]
    assert scores["items"] == {"x": best, "y": 0.0}
    assert scores["score"] == pytest.approx(best / 2)


@pytest.mark.parametrize("score", [rouge_l, meteor])
def test_different_ids_are_refused(score):
    with pytest.raises(ValueError, match="different ids"):
        score({"a": "x"}, {"b": "x"})


def test_without_rouge_score_a_sentence_names_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "rouge_score.rouge_scorer", None)
    with pytest.raises(ImportError, match=r"pip install .*\[rouge\]"):
        rouge_l(["a"], ["a"])


def test_meteor_of_a_hand_worked_pair():
    scores = meteor(["no large effusions seen"], ["no effusion seen today"])
    precision = recall = 3 / 4  # "effusions" by its stem
    mean = precision * recall / (0.9 * precision + 0.1 * recall)
    chunks = 2  # "no", and "effusion seen"
    assert scores["score"] == pytest.approx(mean * (1 - 0.5 * (chunks / 3) ** 3))


def test_meteor_leaves_case_to_the_tokenizer_but_stems_in_lower_case():
    assert meteor(["Of"], ["of"])["score"] == meteor(["of"], ["of"])["score"]


class Lemma:
    def name(self):
        return "heart"


class Synset:
    def lemmas(self):
        return [Lemma()]


class WordNet:
    def synsets(self, word):
        return [Synset()] if word == "cor" else []


def test_synonyms_match_only_with_a_wordnet():
    assert meteor(["the heart"], ["the cor"])["score"] < 0.5
    with_synonyms = meteor(["the heart"], ["the cor"], wordnet=WordNet())
    assert with_synonyms["score"] == pytest.approx(1 - 0.5 * (1 / 2) ** 3)
