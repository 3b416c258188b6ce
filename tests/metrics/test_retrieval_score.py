import numpy as np
import pandas as pd
import pytest

from emixer_tf.metrics import retrieval_score
from emixer_tf.metrics.derangement import random_derangement
from emixer_tf.metrics.retrieval_score import centred, retrieval


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
    shuffled, _ = ranks_by_sorting(films, reports[random_derangement(60, seed=0)])
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
    others = retrieval_score._others(np.arange(6), 6, 5, np.random.default_rng(0))
    for film, row in enumerate(others):
        assert set(row) == set(range(6)) - {film}


def test_blocks_change_nothing_and_the_seed_draws(monkeypatch):
    rng = np.random.default_rng(0)
    films, reports = rng.normal(size=(30, 2)), rng.normal(size=(30, 2))
    at_once = retrieval(films, reports, candidates=5)
    assert at_once != retrieval(films, reports, candidates=5, seed=1)
    monkeypatch.setattr(retrieval_score, "_CELLS", 40)
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
        (np.ones((3, 2)), np.ones((3, 2)), np.nan, "Received: nan"),
    ],
)
def test_what_cannot_be_retrieved_is_told(films, reports, candidates, sentence):
    with pytest.raises(ValueError, match=sentence):
        retrieval(films, reports, candidates)


def test_tables_in_another_order_are_refused():
    films = pd.DataFrame(np.eye(2), index=["a", "b"], columns=["Edema", "Fracture"])
    assert retrieval(films, films, candidates=2)["own"]["mean_rank"] == 1
    for axis, turned in (("rows", films[::-1]), ("columns", films[["Fracture", "Edema"]])):
        with pytest.raises(ValueError, match=f"{axis} of film and report embeddings"):
            retrieval(films, turned, candidates=2)
