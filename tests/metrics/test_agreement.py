import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.sources.phantom import studies
from emixer_tf.metrics import agreement
from emixer_tf.metrics.agreement import (
    another_of_each,
    by_phantom_grammar,
    by_rules,
    centred,
    film_report_agreement,
    labels_said,
    retrieval,
    said_as_asked,
    shown_as_asked,
)

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
    other = another_of_each(200, seed=0)
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


@pytest.mark.parametrize("n", [2, 3, 50])
def test_nothing_stays_in_its_place(n):
    for seed in range(20):
        other = another_of_each(n, seed)
        np.testing.assert_array_equal(np.sort(other), np.arange(n))
        assert (other != np.arange(n)).all()


def ranks_by_sorting(films, reports):
    """The mean rank and the hits of the own report among all, ties in every order."""
    similar = (films / np.linalg.norm(films, axis=1, keepdims=True)) @ (
        reports / np.linalg.norm(reports, axis=1, keepdims=True)
    ).T
    similar = np.round(similar, 9)
    ranks = [
        [1 + (row > row[i]).sum() + place for place in range((row == row[i]).sum())]
        for i, row in enumerate(similar)
    ]
    hits = {k: np.mean([np.mean(np.array(own) <= k) for own in ranks]) for k in (1, 5)}
    return np.mean([np.mean(own) for own in ranks]), hits


def test_among_all_reports_ranks_are_those_of_sorting_with_ties_shared():
    rng = np.random.default_rng(0)
    reports = rng.integers(-1, 2, (60, 4)) + np.eye(4)[0] / 2  # many equal
    films = reports + rng.normal(0, 0.5, (60, 4))
    found = retrieval(films, reports, candidates=60)
    mean_rank, hits = ranks_by_sorting(films, reports)
    assert found["own"]["mean_rank"] == pytest.approx(mean_rank)
    assert found["own"]["recall_at_1"] == pytest.approx(hits[1])
    assert found["own"]["recall_at_5"] == pytest.approx(hits[5])
    shuffled, _ = ranks_by_sorting(films, reports[another_of_each(60, seed=0)])
    assert found["shuffled"]["mean_rank"] == pytest.approx(shuffled)


def test_among_drawn_reports_own_pairs_beat_chance_and_shuffled_ones_do_not():
    rng = np.random.default_rng(0)
    reports = rng.normal(size=(500, 8))
    found = retrieval(reports + 0.3 * rng.normal(size=(500, 8)), reports, candidates=20)
    assert found["own"]["recall_at_1"] > 0.8
    assert found["shuffled"]["recall_at_1"] == pytest.approx(1 / 20, abs=0.03)
    assert found["shuffled"]["recall_at_5"] == pytest.approx(5 / 20, abs=0.06)
    assert found["shuffled"]["mean_rank"] == pytest.approx(21 / 2, abs=0.8)
    assert found["candidates"] == 20


def test_equal_reports_throughout_are_chance_exactly():
    films = np.random.default_rng(0).normal(size=(40, 3))
    found = retrieval(films, centred(np.tile([0.1, 0.7, 0.3], (40, 1))), candidates=10)
    assert found["own"] == pytest.approx({"recall_at_1": 0.1, "recall_at_5": 0.5, "mean_rank": 5.5})


def test_candidates_are_drawn_without_the_film_s_own_and_without_repeats():
    others = agreement._others(np.arange(6), 6, 5, np.random.default_rng(0))
    for film, row in enumerate(others):
        assert set(row) == set(range(6)) - {film}


def test_blocks_change_nothing_and_the_seed_draws(monkeypatch):
    rng = np.random.default_rng(0)
    films, reports = rng.normal(size=(30, 2)), rng.normal(size=(30, 2))
    at_once = retrieval(films, reports, candidates=5)
    assert at_once != retrieval(films, reports, candidates=5, seed=1)
    monkeypatch.setattr(agreement, "_CELLS", 40)
    assert at_once == retrieval(films, reports, candidates=5)


def test_the_scale_of_embeddings_does_not_matter():
    rng = np.random.default_rng(0)
    films, reports = rng.normal(size=(30, 4)), rng.normal(size=(30, 4))
    plain = retrieval(films, reports, candidates=30)
    assert retrieval(films * 1e200, reports * 1e-200, candidates=30) == plain


@pytest.mark.parametrize(
    ("films", "reports", "candidates", "sentence"),
    [
        (np.ones((3, 2)), np.ones((3, 4)), 2, r"films \(3, 2\), reports \(3, 4\)"),
        (np.ones(3), np.ones(3), 2, "one space"),
        (np.ones((0, 2)), np.ones((0, 2)), 2, "one space"),
        (np.ones((3, 2)), np.full((3, 2), np.nan), 2, "3 report embeddings.*first in row 0"),
        (np.ones((3, 2)), np.ones((3, 2)), 100, "number of studies, 3. Received: 100"),
        (np.ones((3, 2)), np.ones((3, 2)), 1, "from 2"),
        (np.ones((3, 2)), np.ones((3, 2)), 2.5, "Received: 2.5"),
    ],
)
def test_what_cannot_be_retrieved_is_told(films, reports, candidates, sentence):
    with pytest.raises(ValueError, match=sentence):
        retrieval(films, reports, candidates)


def test_the_phantom_s_reports_say_what_was_asked():
    made = list(studies(n=20, seed=0, resolution=32))
    asked = [[study.labels[name] for name in CHEXPERT_LABELS] for study in made]
    reports = [study.report for study in made]
    np.testing.assert_array_equal(labels_said(reports, CHEXPERT_LABELS, by_phantom_grammar), asked)


def test_what_the_grammar_could_not_have_written_is_unread():
    said = labels_said(["lungs lungs lungs.", ""], NAMES, by_phantom_grammar)
    assert np.isnan(said).all()


def test_rules_count_uncertain_and_unmentioned_labels_as_negative():
    names = ["Pneumonia", "Cardiomegaly", "Fracture", "No Finding"]
    reports = ["Cardiomegaly. Possible pneumonia.", "The lungs are clear.", " "]
    said = labels_said(reports, names, by_rules)
    np.testing.assert_array_equal(said[:2], [[0, 1, 0, 0], [0, 0, 0, 1]])
    assert np.isnan(said[2]).all()


@pytest.mark.parametrize(
    ("reports", "names", "sentence"),
    [
        ("Mild edema.", ["Edema"], "list of texts. Received: one text of 11 characters"),
        (["Mild edema."], ["Edma"], "no column 'Edma'. Did you mean 'Edema'"),
        (["Mild edema.", None], ["Edema"], "A report is text. Received: None in row 1"),
    ],
)
def test_what_cannot_be_read_is_told(reports, names, sentence):
    with pytest.raises(ValueError, match=sentence):
        labels_said(reports, names, by_rules)
