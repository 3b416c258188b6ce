import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from emixer_tf.metrics.classification import best_thresholds, classification_scores

NAMES = ["Edema", "Fracture", "Pneumothorax"]


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(0)
    labels = (rng.random((300, 3)) < [0.1, 0.3, 0.5]).astype(float)
    scores = np.clip(rng.normal(0.4 + 0.2 * labels, 0.2), 0, 1)
    return labels, scores, rng.random((300, 3)) < 0.8


def test_each_score_is_that_of_scikit_learn(drawn):
    labels, scores, mask = drawn
    cuts = [0.5, 0.45, 0.6]
    found = classification_scores(labels, scores, NAMES, mask, thresholds=cuts)
    for place, name in enumerate(NAMES):
        own = mask[:, place]
        truth, score = labels[own, place], scores[own, place]
        called = score >= cuts[place]
        expected = {
            "auroc": roc_auc_score(truth, score),
            "accuracy": accuracy_score(truth, called),
            "sensitivity": recall_score(truth, called),
            "ppv": precision_score(truth, called),
            "f1": f1_score(truth, called),
            "positives": truth.sum(),
            "known": own.sum(),
        }
        assert found["by_label"][name] == pytest.approx(expected, rel=1e-12)
    for metric, value in found["macro"].items():
        rows = found["by_label"].values()
        assert value == pytest.approx(np.mean([row[metric] for row in rows]))
    assert found["notes"] == []


def test_the_threshold_is_one_half_and_reached_counts_as_positive():
    labels, scores = [[1], [0], [1], [0]], [[0.5], [0.49], [0.9], [0.7]]
    found = classification_scores(labels, scores, ["Edema"])
    assert found == classification_scores(labels, scores, ["Edema"], thresholds=0.5)
    edema = found["by_label"]["Edema"]
    assert (edema["sensitivity"], edema["ppv"], edema["accuracy"]) == (1.0, 2 / 3, 0.75)


def test_what_is_undefined_is_nan_with_a_note_and_left_out_of_the_mean():
    labels = [[1, 0, 1], [0, 0, 1], [1, 0, 0]]
    scores = [[0.9, 0.1, 0.2], [0.1, 0.2, 0.3], [0.8, 0.3, 0.1]]
    found = classification_scores(labels, scores, NAMES)
    fracture, pneumothorax = found["by_label"]["Fracture"], found["by_label"]["Pneumothorax"]
    assert all(np.isnan(fracture[metric]) for metric in ("auroc", "sensitivity", "ppv", "f1"))
    assert fracture["accuracy"] == 1.0
    assert np.isnan(pneumothorax["ppv"])
    assert (pneumothorax["sensitivity"], pneumothorax["f1"]) == (0.0, 0.0)
    assert found["macro"]["auroc"] == 1.0
    assert found["macro"]["sensitivity"] == 0.5
    assert found["notes"] == [
        "auroc is undefined for Fracture (all known labels are of one class); its macro score is "
        "the mean of 2 of 3.",
        "sensitivity is undefined for Fracture (no study is positive, or no threshold is known); "
        "its macro score is the mean of 2 of 3.",
        "ppv is undefined for Fracture, Pneumothorax (no study is called positive); its macro "
        "score is the mean of 1 of 3.",
        "f1 is undefined for Fracture (no study is positive, and none is called so); its macro "
        "score is the mean of 2 of 3.",
    ]


def test_a_label_that_nobody_knows_has_no_score():
    found = classification_scores([[1], [0]], [[0.9], [0.1]], ["Edema"], mask=[[0], [0]])
    assert all(np.isnan(value) for value in found["macro"].values())
    assert found["by_label"]["Edema"]["known"] == 0
    assert all("undefined too" in note for note in found["notes"])
    assert len(found["notes"]) == 5


def test_tables_are_joined_by_name(drawn):
    labels, scores, mask = drawn
    labels = pd.DataFrame(labels, columns=NAMES)
    scores = pd.DataFrame(scores, columns=NAMES)[NAMES[::-1]]
    expected = classification_scores(labels.to_numpy(), drawn[1], NAMES, mask)
    assert classification_scores(labels, scores, NAMES, mask) == expected
    turned = pd.DataFrame(mask, columns=NAMES)[NAMES[::-1]]
    assert classification_scores(labels, scores, NAMES, turned) == expected
    assert classification_scores(drawn[0], drawn[1], NAMES, turned) == expected


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (([[1], [0]], [[1, 0], [0, 1]], ["Edema"]), r"shape \(2, 2\) and 1 names"),
        (([1, 0], [1, 0], ["Edema"]), r"shape \(2,\) and 1 names"),
        (([[1, 0]], [[1, 0]], ["Edema", "Edema"]), "stands 2 times"),
        (([[1, 0]], [[1, 0]], NAMES[:2], None, [0.5] * 3), r"each of 2. Received: shape \(3,\)"),
    ],
)
def test_what_cannot_be_scored_is_told(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        classification_scores(*arguments)


def test_the_best_threshold_has_the_best_balanced_accuracy(drawn):
    labels, scores, mask = drawn
    scores = np.round(scores, 2)
    cuts = best_thresholds(labels, scores, mask)
    for place, cut in enumerate(cuts):
        truth, score = labels[mask[:, place], place], scores[mask[:, place], place]
        tried = [balanced_accuracy_score(truth, score >= other) for other in np.unique(score)]
        assert balanced_accuracy_score(truth, score >= cut) == pytest.approx(max(tried))
        best = np.unique(score)[np.argmax(np.round(tried, 12))]  # the lowest of the best
        np.testing.assert_array_equal(score >= cut, score >= best)
    assert best_thresholds(labels[:, 1], scores[:, 1], mask[:, 1]) == cuts[1]


def test_the_best_threshold_lies_midway_and_low_among_equals():
    assert best_thresholds([0, 1], [0.25, 0.75]) == 0.5
    assert best_thresholds([0, 1, 0, 1], [0.0, 1.0, 2.0, 3.0]) == 0.5  # 2.5 is as good
    assert best_thresholds([1, 0], [0.25, 0.75]) == 0.25  # no better than to call all
    assert best_thresholds([1, 0], [0.5, 0.5]) == 0.5


def test_a_threshold_between_neighbouring_floats_still_separates():
    low, high = 0.1, np.nextafter(0.1, 1)
    cut = best_thresholds([0, 1], [low, high])
    assert low < cut <= high
    huge = best_thresholds([0, 1], [1e308, 1.7e308])
    assert 1e308 < huge <= 1.7e308


def test_without_a_best_threshold_decisions_are_undefined_but_not_the_ranking():
    cuts = best_thresholds([[1, 1], [1, 0]], [[0.9, 0.8], [0.1, 0.3]])
    np.testing.assert_array_equal(np.isnan(cuts), [True, False])
    found = classification_scores(
        [[1, 1], [0, 0]], [[0.9, 0.8], [0.1, 0.3]], NAMES[:2], thresholds=cuts
    )
    edema = found["by_label"]["Edema"]
    assert edema["auroc"] == 1.0
    assert np.isnan([edema[metric] for metric in ("accuracy", "sensitivity", "ppv", "f1")]).all()
    assert found["by_label"]["Fracture"]["accuracy"] == 1.0
