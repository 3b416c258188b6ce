import math
import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocoevalcap.cider.cider_scorer import CiderScorer

from emixer_tf.metrics.cider_score import FEWEST_ITEMS, cider, cider_d


def text(least=0):
    return st.lists(st.sampled_from("abcdef"), min_size=least, max_size=8).map(" ".join)


references = st.tuples(text(least=1), st.lists(text(), max_size=2)).map(
    lambda texts: [texts[0], *texts[1]]
)
corpora = st.lists(st.tuples(references, text()), min_size=1, max_size=8)


@pytest.fixture
def few_are_fine():
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "CIDEr weighs")
        yield


def coco_scorer(references, hypotheses):
    scorer = CiderScorer()
    for texts, hypothesis in zip(references, hypotheses, strict=True):
        scorer += (hypothesis, texts)
    corpus, items = scorer.compute_score()
    return float(corpus), list(items)


def ngrams(text, order):
    words = text.split()
    return Counter(tuple(words[i : i + order]) for i in range(len(words) - order + 1))


def cosine(h, r):
    norms = math.hypot(*h.values()) * math.hypot(*r.values())
    return sum(weight * r.get(gram, 0) for gram, weight in h.items()) / norms if norms else 0


def cider_by_its_definition(references, hypotheses):
    """Plain CIDEr, n-gram by n-gram: no clipping, no length penalty, raw counts."""
    cosines = [[] for _ in references]
    for order in range(1, 5):
        items_with = Counter()
        for texts in references:
            items_with.update(set().union(*(ngrams(text, order) for text in texts)))

        def weights(text, order=order, items_with=items_with):
            return {
                gram: count * math.log(len(references) / max(1, items_with[gram]))
                for gram, count in ngrams(text, order).items()
            }

        for place, texts in enumerate(references):
            cosines[place] += [cosine(weights(hypotheses[place]), weights(t)) for t in texts]
    items = [10 * sum(each) / len(each) for each in cosines]
    return sum(items) / len(items), items


def assert_equal(scores, oracle):
    corpus, items = oracle
    assert scores["score"] == pytest.approx(corpus, abs=1e-9)
    assert list(scores["items"].values()) == pytest.approx(items, abs=1e-9)


@pytest.mark.usefixtures("few_are_fine")
@settings(deadline=None, max_examples=200)
@given(corpora)
def test_cider_d_is_that_of_the_coco_scorer(corpus):
    references, hypotheses = zip(*corpus, strict=True)
    assert_equal(cider_d(references, hypotheses), coco_scorer(references, hypotheses))


@pytest.mark.usefixtures("few_are_fine")
@settings(deadline=None, max_examples=60)
@given(corpora)
def test_cider_is_that_of_the_definition(corpus):
    references, hypotheses = zip(*corpus, strict=True)
    assert_equal(cider(references, hypotheses), cider_by_its_definition(references, hypotheses))


def test_a_corpus_of_reports_scores_as_with_both_oracles():
    rng = np.random.default_rng(0)
    words = np.array([f"w{i}" for i in range(30)])
    draw = lambda low: " ".join(words[rng.zipf(1.5, rng.integers(low, 40)) % 30])  # noqa: E731
    references = [[draw(1) for _ in range(rng.integers(1, 4))] for _ in range(60)]
    hypotheses = [draw(0) for _ in range(60)]
    hypotheses[3], hypotheses[4], hypotheses[5] = "", "w1", references[5][0]
    assert_equal(cider_d(references, hypotheses), coco_scorer(references, hypotheses))
    assert_equal(cider(references, hypotheses), cider_by_its_definition(references, hypotheses))
    assert cider_d(references, hypotheses)["items"][3] == 0


def test_a_hand_worked_item():
    references = ["left edema", *["clear"] * 9]
    hypotheses = ["left effusion", *["clear"] * 9]
    # "left" and "edema" are as rare as "effusion", which no reference has: log 10 each.
    one_of_two_words, no_pair = 1 / 2, 0
    expected = 10 * (one_of_two_words + no_pair) / 4
    assert cider(references, hypotheses)["items"][0] == pytest.approx(expected)
    assert cider_d(references, hypotheses)["items"][0] == pytest.approx(expected)


def test_repeating_a_telling_word_pays_in_cider_only():
    references = ["edema seen today here", *["clear"] * 9]
    hypotheses = ["edema edema edema edema", *["clear"] * 9]
    plain, clipped = (score(references, hypotheses)["items"][0] for score in (cider, cider_d))
    assert plain == pytest.approx(10 / 4 * 4 / (4 * 2))
    assert clipped == pytest.approx(10 / 4 * 1 / (4 * 2))


def test_a_longer_hypothesis_pays_in_cider_d():
    references = ["edema", *["clear"] * 9]
    hypotheses = ["edema" + " clear" * 6, *["clear"] * 9]
    plain, penalised = (score(references, hypotheses)["items"][0] for score in (cider, cider_d))
    assert penalised == pytest.approx(plain * math.exp(-(6**2) / 72))


@pytest.mark.parametrize("score", [cider, cider_d])
def test_a_single_item_scores_zero_and_a_warning_says_so(score):
    with pytest.warns(UserWarning, match="here are 1: the score is 0 for a single item"):
        scores = score({"a": ["no edema is seen"]}, {"a": "no edema is seen"})
    assert scores == {"score": 0.0, "items": {"a": 0.0}}


@pytest.mark.parametrize("score", [cider, cider_d])
def test_few_items_are_warned_of(score):
    texts = [f"a b c {i}" for i in range(FEWEST_ITEMS)]
    assert score(texts, texts)["score"] == pytest.approx(10)
    with pytest.warns(UserWarning, match="here are 9"):
        score(texts[:-1], texts[:-1])


@pytest.mark.parametrize("score", [cider, cider_d])
def test_different_ids_are_refused(score):
    with pytest.raises(ValueError, match="different ids"):
        score({"a": "x"}, {"b": "x"})


def test_open_i_findings_score_as_with_the_coco_scorer(real_data):
    import pandas as pd

    table = pd.read_csv(real_data / "iu_reports" / "metadata.csv")
    texts = table.findings.dropna().str.lower().str.replace(".", " . ").tolist()[:400]
    references, hypotheses = [[text] for text in texts], texts[1:] + texts[:1]
    assert_equal(cider_d(references, hypotheses), coco_scorer(references, hypotheses))
