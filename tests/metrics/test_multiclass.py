import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
)

from emixer_tf.metrics.multiclass import multiclass_scores

NAMES = ["normal", "bacterial", "viral", "COVID-19"]


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(0)
    classes = rng.choice(4, 250, p=[0.5, 0.3, 0.15, 0.05])
    logits = rng.normal(size=(250, 4)) + 1.5 * np.eye(4)[classes]
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return classes, probabilities


def test_each_score_is_that_of_scikit_learn(drawn):
    classes, probabilities = drawn
    found = multiclass_scores(classes, probabilities, NAMES)
    assigned = probabilities.argmax(axis=1)
    precision, recall, f1, support = precision_recall_fscore_support(classes, assigned)
    for place, name in enumerate(NAMES):
        expected = {
            "auroc": roc_auc_score(classes == place, probabilities[:, place]),
            "sensitivity": recall[place],
            "ppv": precision[place],
            "f1": f1[place],
            "studies": support[place],
            "assigned": (assigned == place).sum(),
        }
        assert found["by_class"][name] == pytest.approx(expected, rel=1e-12)
    assert found["macro"]["auroc"] == pytest.approx(
        roc_auc_score(classes, probabilities, multi_class="ovr", average="macro")
    )
    assert found["macro"]["f1"] == pytest.approx(f1.mean())
    assert found["accuracy"] == accuracy_score(classes, assigned)
    assert found["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(classes, assigned))
    np.testing.assert_array_equal(found["confusion"], confusion_matrix(classes, assigned))
    assert found["notes"] == []


def test_a_class_that_does_not_occur_is_nan_with_a_note():
    probabilities = [[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.5, 0.4, 0.1]]
    found = multiclass_scores([0, 1, 1], probabilities, NAMES[:3])
    viral = found["by_class"]["viral"]
    assert np.isnan([viral[metric] for metric in ("auroc", "sensitivity", "ppv", "f1")]).all()
    assert found["balanced_accuracy"] == 0.75
    assert found["confusion"] == [[1, 0, 0], [1, 1, 0], [0, 0, 0]]
    assert found["notes"][0] == (
        "auroc is undefined for viral (no study is of the class, or all are); its macro score is "
        "the mean of 2 of 3."
    )


def test_ties_go_to_the_first_class_and_are_told():
    found = multiclass_scores([0, 1, 1], [[0.5, 0.5], [0.5, 0.5], [0.1, 0.9]], NAMES[:2])
    assert found["confusion"] == [[1, 0], [1, 1]]
    assert found["by_class"]["normal"]["auroc"] == 0.75
    assert found["notes"] == [
        "2 of 3 studies have several likeliest classes and are assigned to the first."
    ]


def test_a_table_is_joined_by_name(drawn):
    classes, probabilities = drawn
    table = pd.DataFrame(probabilities, columns=NAMES)[NAMES[::-1]]
    assert multiclass_scores(classes, table, NAMES) == multiclass_scores(*drawn, NAMES)


def test_half_precision_probabilities_and_whole_floats_are_taken(drawn):
    classes, probabilities = drawn
    found = multiclass_scores(classes.astype(float), probabilities.astype("float16"), NAMES)
    assert found["accuracy"] == pytest.approx(
        multiclass_scores(*drawn, NAMES)["accuracy"], abs=0.02
    )


@pytest.mark.parametrize(
    ("classes", "probabilities", "sentence"),
    [
        ([0], [[2.0, -1.0]], r"add up to 1. Received: \[2.0, -1.0\] in row 0"),
        ([0], [[0.9, 0.9]], "add up to 1.*softmax"),
        ([0, 1], [[0.5, 0.5], [np.nan, 1.0]], "Received.*nan.*in row 1"),
        ([0, 2], [[0.5, 0.5]] * 2, "from 0 to 1. Received: 2.0 in row 1"),
        ([0, 0.5], [[0.5, 0.5]] * 2, "Received: 0.5 in row 1"),
        ([0, -1], [[0.5, 0.5]] * 2, "Received: -1.0 in row 1"),
        ([0, np.nan], [[0.5, 0.5]] * 2, "Received: nan in row 1"),
        ([0], [[0.5, 0.5]] * 2, r"one class for each study. Received: classes of shape \(1,\)"),
        ([], np.zeros((0, 2)), "at least one study"),
    ],
)
def test_what_cannot_be_scored_is_told(classes, probabilities, sentence):
    with pytest.raises(ValueError, match=sentence):
        multiclass_scores(classes, probabilities, ["normal", "viral"])


def test_one_class_is_no_choice():
    with pytest.raises(ValueError, match="at least two classes"):
        multiclass_scores([0], [[1.0]], ["normal"])
