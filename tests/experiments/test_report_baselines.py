import numpy as np
import pandas as pd
import pytest

from emixer_tf.experiments import report_baselines
from emixer_tf.experiments.report_baselines import (
    constant_report,
    label_matched_reports,
    most_common_report,
    nearest_reports,
    random_reports,
)
from emixer_tf.metrics.bleu_score import bleu


def random_texts(count, seed=0):
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(list("abcd"), rng.integers(1, 9))) for _ in range(count)]


def test_the_most_common_report_is_the_first_of_several():
    assert most_common_report(["a", "b", "b", "c", "c"]) == "b"


@pytest.mark.parametrize("seed", range(3))
def test_the_constant_report_scores_best_of_all_training_reports(seed):
    texts = random_texts(60, seed)
    scores = {text: bleu(texts, [text] * len(texts))["bleu_4"] for text in texts}
    assert scores[constant_report(texts, seed=0)] == pytest.approx(max(scores.values()))


def test_a_large_training_set_is_sampled_by_the_seed(monkeypatch):
    monkeypatch.setattr(report_baselines, "JUDGES", 10)
    texts = random_texts(200)
    chosen = [constant_report(texts, seed) for seed in (0, 0, 1, 2, 3)]
    assert chosen[0] == chosen[1]
    assert len(set(chosen)) > 1
    assert set(chosen) <= set(texts)


def test_texts_of_one_word_have_a_constant_report():
    assert constant_report(["a", "b", "b"], seed=0) == "b"


def test_random_reports_follow_their_frequencies_and_the_seed():
    drawn = random_reports(["a", "b", "b", "b"], 4_000, seed=0)
    assert drawn.count("b") / len(drawn) == pytest.approx(0.75, abs=0.03)
    assert drawn == random_reports(["a", "b", "b", "b"], 4_000, seed=0)
    assert drawn != random_reports(["a", "b", "b", "b"], 4_000, seed=1)
    assert random_reports(["a"], 0, seed=0) == []


def test_reports_have_the_labels_asked_for():
    rng = np.random.default_rng(0)
    training = rng.integers(0, 2, (200, 3))
    reports = ["".join(map(str, row)) for row in training]
    wanted = rng.integers(0, 2, (40, 3))
    matched = label_matched_reports(reports, training, wanted, seed=0)
    assert matched == ["".join(map(str, row)) for row in wanted]


def test_all_reports_with_the_labels_are_drawn_from():
    training = [[0, 1], [0, 1], [1, 0]]
    drawn = label_matched_reports(["a", "b", "c"], training, [[0, 1]] * 100, seed=0)
    assert set(drawn) == {"a", "b"}
    assert drawn != label_matched_reports(["a", "b", "c"], training, [[0, 1]] * 100, seed=1)


def test_labels_that_no_report_has_take_the_nearest():
    training = [[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 0, 1]]
    drawn = label_matched_reports(list("abcd"), training, [[1, 1, 1]] * 100, seed=0)
    assert set(drawn) == {"b", "c"}


def test_the_nearest_report_is_that_of_brute_force(monkeypatch):
    monkeypatch.setattr(report_baselines, "_BLOCK", 7)
    rng = np.random.default_rng(0)
    training, features = 1e6 + rng.normal(size=(50, 4)), 1e6 + rng.normal(size=(30, 4))
    distances = np.linalg.norm(features[:, None] - training, axis=-1)
    expected = [str(place) for place in distances.argmin(axis=1)]
    assert nearest_reports([str(i) for i in range(50)], training, features) == expected


def test_a_column_of_a_table_is_read_by_place():
    reports = pd.Series(["a", "b"], index=[1, 0])
    assert nearest_reports(reports, [[0.0], [1.0]], [[0.9]]) == ["b"]
    assert label_matched_reports(reports, [[0], [1]], [[1]], seed=0) == ["b"]
    assert set(random_reports(reports, 50, seed=0)) == {"a", "b"}


@pytest.mark.parametrize(
    ("reports", "sentence"),
    [([], "at least one"), ("no edema", "at least one"), ([""], "report 0"), ([None], "report 0")],
)
def test_no_reports_are_refused(reports, sentence):
    for choose in (
        most_common_report,
        lambda reports: constant_report(reports, seed=0),
        lambda reports: random_reports(reports, 1, seed=0),
        lambda reports: nearest_reports(reports, [[0]], [[0]]),
    ):
        with pytest.raises(ValueError, match=f"(?i){sentence}.*Remedy"):
            choose(reports)


@pytest.mark.parametrize(
    ("training", "wanted", "sentence"),
    [
        ([[0, 1]], [[0, 1]], r"Received shapes \(1, 2\) and \(1, 2\)"),
        ([[0], [1]], [[0, 1]], "the same columns"),
        ([0, 1], [0, 1], "the same columns"),
        ([[0], [np.nan]], [[0]], "not finite"),
        ([[0], [1]], [[np.inf]], "not finite"),
    ],
)
def test_rows_that_do_not_fit_are_refused(training, wanted, sentence):
    with pytest.raises(ValueError, match=sentence):
        label_matched_reports(["a", "b"], training, wanted, seed=0)
    with pytest.raises(ValueError, match=sentence):
        nearest_reports(["a", "b"], training, wanted)
