import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from emixer_tf.metrics.ranking import auroc

few = settings(deadline=None, max_examples=40)
studies = st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=40).filter(
    lambda rows: len({label for label, _ in rows}) == 2
)


def drawn(n=400, labels=5, seed=0):
    rng = np.random.default_rng(seed)
    positive = rng.random((n, labels)) < np.linspace(0.02, 0.6, labels)
    scores = np.round(rng.normal(size=(n, labels)) + positive, 1)  # many ties
    return positive.astype("float32"), scores, rng.random((n, labels)) < 0.7


def test_it_is_that_of_scikit_learn_with_ties_and_masks():
    labels, scores, mask = drawn()
    expected = [
        roc_auc_score(label[own], score[own])
        for label, score, own in zip(labels.T, scores.T, mask.T, strict=True)
    ]
    np.testing.assert_allclose(auroc(labels, scores, mask), expected, rtol=1e-12)
    assert auroc(labels[:, 4], scores[:, 4], mask[:, 4]) == pytest.approx(expected[4], rel=1e-12)


def test_hand_worked_with_a_tie():
    # pairs (positive, negative): .4 > .1, .4 = .4, .8 > .1, .8 > .4: 3.5 of 4
    assert auroc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8]) == 3.5 / 4


def test_one_class_only_has_none_and_leaves_the_others_be():
    values = auroc([[1, 0], [1, 1], [1, 0]], [[0.1, 0.1], [0.2, 0.9], [0.3, 0.5]])
    np.testing.assert_array_equal(values, [np.nan, 1.0])
    assert np.isnan(auroc([0, 0], [0.1, 0.2]))
    assert np.isnan(auroc([1], [0.5]))
    assert np.isnan(auroc([1, 0], [0.9, 0.1], mask=[1, 0]))


@few
@given(studies)
def test_only_the_order_of_scores_matters(rows):
    labels, scores = map(np.array, zip(*rows, strict=True))
    assert auroc(labels, scores) == auroc(labels, np.exp(scores / 2) - 7)


@few
@given(studies)
def test_reversed_scores_and_swapped_classes_give_the_complement(rows):
    labels, scores = map(np.array, zip(*rows, strict=True))
    assert auroc(labels, -scores) == pytest.approx(1 - auroc(labels, scores), abs=1e-12)
    assert auroc(~labels, scores) == pytest.approx(1 - auroc(labels, scores), abs=1e-12)


@few
@given(studies)
def test_it_is_the_share_of_pairs_won(rows):
    positives = [score for label, score in rows if label]
    negatives = [score for label, score in rows if not label]
    won = sum((p > n) + (p == n) / 2 for p in positives for n in negatives)
    labels, scores = zip(*rows, strict=True)
    assert auroc(labels, scores) == pytest.approx(won / (len(positives) * len(negatives)))
