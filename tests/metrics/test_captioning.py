import numpy as np
import pytest

from emixer_tf.metrics.bleu_score import bleu
from emixer_tf.metrics.captioning import report_scores
from emixer_tf.metrics.cider_score import cider, cider_d


def test_each_score_is_that_of_its_own_function():
    rng = np.random.default_rng(0)
    references, hypotheses = (
        {i: " ".join(rng.choice(list("abcde"), rng.integers(1, 12))) for i in range(20)}
        for _ in range(2)
    )
    assert report_scores(references, hypotheses) == {
        **bleu(references, hypotheses),
        "cider_d": cider_d(references, hypotheses)["score"],
        "cider": cider(references, hypotheses)["score"],
    }


def test_few_items_are_warned_of_once():
    with pytest.warns(UserWarning, match="here are 2") as caught:
        scores = report_scores(["a b", "c"], ["a b", "c"])
    assert len(caught) == 1
    assert scores["cider_d"] > 0


def test_an_empty_corpus_is_refused():
    with pytest.raises(ValueError, match="no texts to compare"):
        report_scores([], [])
