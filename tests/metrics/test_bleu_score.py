import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocoevalcap.bleu.bleu_scorer import BleuScorer

from emixer_tf.metrics.bleu_score import bleu, bleu_items

NAMES = ("bleu_1", "bleu_2", "bleu_3", "bleu_4")


def text(least=0):
    return st.lists(st.sampled_from("abc"), min_size=least, max_size=7).map(" ".join)


references = st.tuples(text(least=1), st.lists(text(), max_size=2)).map(
    lambda texts: [texts[0], *texts[1]]
)
corpora = st.lists(st.tuples(references, text()), min_size=1, max_size=6)


def oracle(references, hypotheses):
    scorer = BleuScorer(n=4)
    for texts, hypothesis in zip(references, hypotheses, strict=True):
        scorer += (hypothesis, texts)
    corpus, items = scorer.compute_score(option="closest", verbose=0)
    return corpus, [list(item) for item in zip(*items, strict=True)]


def assert_like_the_coco_scorer(references, hypotheses):
    corpus, items = oracle(references, hypotheses)
    scores = bleu(references, hypotheses)
    assert list(scores) == list(NAMES)
    assert list(scores.values()) == pytest.approx(corpus, rel=1e-6, abs=1e-9)
    for ours, theirs in zip(bleu_items(references, hypotheses).values(), items, strict=True):
        assert list(ours.values()) == pytest.approx(theirs, rel=1e-6, abs=1e-9)


@settings(deadline=None, max_examples=200)
@given(corpora)
def test_scores_are_those_of_the_coco_scorer(corpus):
    assert_like_the_coco_scorer(*zip(*corpus, strict=True))


@pytest.mark.parametrize(
    ("references", "hypothesis"),
    [
        (["a b c d"], ""),
        (["a b c d e", "a b c"], "a b c d"),  # as close: the shorter
        (["a b c", "a b c d e"], "a b c d"),
        (["a b c"], "a b c"),  # no 4-gram
        (["a"], "a"),
        (["a b c d"], "e f g h"),
        (["a a b", "a b b"], "a a a b b b"),
        (["a b c d e f"], "a b"),
        (["", "a"], "a"),
    ],
)
def test_a_single_item_scores_as_with_the_coco_scorer(references, hypothesis):
    assert_like_the_coco_scorer([references], [hypothesis])


def test_a_hand_worked_pair():
    scores = bleu(["the cat is on the mat"], ["the the the cat on the mat"])
    words, pairs = 5 / 7, 3 / 6  # "the" counts twice; the cat, on the, the mat
    assert scores["bleu_1"] == pytest.approx(words, abs=1e-6)
    assert scores["bleu_2"] == pytest.approx(math.sqrt(words * pairs), abs=1e-6)


def test_a_short_hypothesis_pays_for_it():
    score = bleu(["a b c d e f"], ["a b c"])["bleu_1"]
    assert score == pytest.approx(math.exp(1 - 6 / 3), abs=1e-6)


def test_the_corpus_is_scored_by_its_sums():
    references, hypotheses = ["a b c d", "e f"], ["a b c d", "g h"]
    assert bleu(references, hypotheses)["bleu_1"] == pytest.approx(4 / 6)
    assert [item["bleu_1"] for item in bleu_items(references, hypotheses).values()] == (
        pytest.approx([1, 0], abs=1e-6)
    )


def test_items_have_the_ids_of_the_references():
    references, hypotheses = {"x": ["a b"], "y": ["c"]}, {"y": "c", "x": "b a"}
    items = bleu_items(references, hypotheses)
    assert list(items) == ["x", "y"]
    assert items["y"]["bleu_1"] == pytest.approx(1)
    assert items["x"]["bleu_2"] < 0.01


def test_different_ids_are_refused():
    with pytest.raises(ValueError, match="different ids"):
        bleu({"a": "x"}, {"b": "x"})
