import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

from emixer_tf.metrics.agreement import film_report_agreement, said_as_asked, shown_as_asked
from emixer_tf.metrics.derangement import random_derangement

NAMES = ["Edema", "Fracture", "Pneumothorax"]


@pytest.fixture(scope="module")
def generated():
    """Labels asked, what reports say of them (a tenth wrong), and a classifier's scores."""
    rng = np.random.default_rng(0)
    asked = (rng.random((200, 3)) < [0.2, 0.4, 0.5]).astype(float)
    said = np.where(rng.random((200, 3)) < 0.1, 1 - asked, asked)
    return asked, said, rng.normal(size=(200, 3)) + 2 * asked


def test_films_are_scored_against_what_was_asked(generated):
    asked, _, scores = generated
    found = shown_as_asked(scores, asked, NAMES)
    expected = [roc_auc_score(asked[:, k], scores[:, k]) for k in range(3)]
    assert [row["auroc"] for row in found["by_label"].values()] == pytest.approx(expected)
    assert found["macro"]["auroc"] == pytest.approx(np.mean(expected))
    assert found["by_label"]["Fracture"]["positives"] == asked[:, 1].sum()
    masked = shown_as_asked(scores, asked, NAMES, mask=np.arange(200) < 100)
    assert masked["by_label"] == shown_as_asked(scores[:100], asked[:100], NAMES)["by_label"]


def test_a_label_that_was_never_asked_for_is_noted(generated):
    asked, _, scores = generated
    asked = asked * [1, 0, 1]
    found = shown_as_asked(scores, asked, NAMES)
    assert np.isnan(found["by_label"]["Fracture"]["auroc"])
    assert "Fracture" in found["notes"][0]
    json.dumps(found)


def test_reports_are_scored_as_scikit_learn_does(generated):
    asked, said, _ = generated
    found = said_as_asked(said, asked, NAMES)
    columns = zip(*precision_recall_fscore_support(asked, said)[:3], strict=True)
    for name, expected in zip(NAMES, columns, strict=True):
        row = found["by_label"][name]
        assert (row["precision"], row["recall"], row["f1"]) == pytest.approx(expected)
    for average in ("macro", "micro"):
        expected = precision_recall_fscore_support(asked, said, average=average)[:3]
        assert tuple(found[average].values()) == pytest.approx(expected)
    assert found["by_label"]["Edema"]["said"] == said[:, 0].sum()
    assert (found["unread"], found["notes"]) == (0.0, [])


def test_unread_reports_are_left_out_and_counted(generated):
    asked, said, _ = generated
    said = said.copy()
    said[150:] = np.nan
    found = said_as_asked(said, asked, NAMES)
    read = said_as_asked(said[:150], asked[:150], NAMES)
    assert (found["by_label"], found["micro"]) == (read["by_label"], read["micro"])
    assert found["unread"] == 0.25
    assert found["notes"] == ["150 of 600 labels could not be read, and are left out."]


def test_masked_labels_do_not_count_and_are_not_called_unread(generated):
    asked, said, _ = generated
    asked, said, mask = asked.astype(float), said.astype(float), np.ones(asked.shape)
    expected = said_as_asked(said[:150], asked[:150], NAMES)
    mask[150:], asked[150:] = 0, np.nan
    said[150:170] = np.nan
    found = said_as_asked(said, asked, NAMES, mask)
    assert (found["by_label"], found["micro"]) == (expected["by_label"], expected["micro"])
    assert (found["unread"], found["notes"]) == (0.0, [])


def test_reports_that_say_nothing_have_no_precision():
    found = said_as_asked([[0, 0], [0, 0]], [[1, 0], [0, 0]], NAMES[:2])
    assert np.isnan(found["by_label"]["Edema"]["precision"])
    assert found["by_label"]["Edema"]["recall"] == 0.0
    assert np.isnan(found["micro"]["precision"])
    assert [note.split(" is")[0] for note in found["notes"]] == ["precision", "recall", "f1"]


def test_own_pairs_agree_and_shuffled_ones_do_not(generated):
    _, said, scores = generated
    found = film_report_agreement(scores, said, NAMES)
    expected = [roc_auc_score(said[:, k], scores[:, k]) for k in range(3)]
    assert [row["auroc"] for row in found["own"]["by_label"].values()] == pytest.approx(expected)
    assert found["own"]["macro"]["auroc"] > 0.8
    assert abs(found["shuffled"]["macro"]["auroc"] - 0.5) < 0.1
    other = random_derangement(200, seed=0)
    expected = [roc_auc_score(said[other, k], scores[:, k]) for k in range(3)]
    shuffled = found["shuffled"]["by_label"].values()
    assert [row["auroc"] for row in shuffled] == pytest.approx(expected)


def test_an_unread_report_is_unread_with_another_film_too(generated):
    _, said, scores = generated
    said = said.copy()
    said[:50] = np.nan
    found = film_report_agreement(scores, said, NAMES)
    for pairs in found.values():
        assert {row["known"] for row in pairs["by_label"].values()} == {150}


def test_a_mask_that_is_a_table_is_joined_by_name(generated):
    asked, _, scores = (pd.DataFrame(values, columns=NAMES) for values in generated)
    mask = pd.DataFrame(np.random.default_rng(1).random((200, 3)) < 0.5, columns=NAMES)
    own = shown_as_asked(scores, asked, NAMES, mask)
    assert own == shown_as_asked(scores, asked, NAMES, mask[NAMES[::-1]])
    assert own == shown_as_asked(*generated[::-2], NAMES, mask.to_numpy())


def test_tables_are_joined_by_name(generated):
    asked, said, scores = (pd.DataFrame(values, columns=NAMES) for values in generated)
    turned = NAMES[::-1]
    assert shown_as_asked(scores[turned], asked, NAMES) == shown_as_asked(scores, asked, NAMES)
    assert said_as_asked(said[turned], asked, NAMES) == said_as_asked(said, asked, NAMES)
    own = film_report_agreement(scores[turned], said, NAMES)
    assert own == film_report_agreement(generated[2], generated[1], NAMES)
    with pytest.raises(ValueError, match="rows of labels and scores have one order"):
        film_report_agreement(scores[::-1], said, NAMES)


@pytest.mark.parametrize(
    ("score", "arguments", "sentence"),
    [
        (shown_as_asked, ([[1.0]], [[1], [0]]), r"labels \(2, 1\), scores \(1, 1\)"),
        (shown_as_asked, ([[np.nan]], [[1]]), "score is a finite number"),
        (said_as_asked, ([[-1]], [[1]]), "Received: -1.0"),
        (said_as_asked, ([[0.5], [1]], [[1], [0]]), "Received: 0.5"),
        (said_as_asked, ([[1]], [[np.nan]]), "0 or 1. Received: nan"),
        (film_report_agreement, ([[1.0]], [[1]]), "Received: 1 study"),
        (film_report_agreement, ([[1.0], [np.inf]], [[1], [np.nan]]), "finite number"),
        (film_report_agreement, ([[1.0], [0.5]], [[1], [2]]), "0 or 1. Received: 2.0"),
    ],
)
def test_what_cannot_be_scored_is_told(score, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        score(*arguments, ["Edema"])
