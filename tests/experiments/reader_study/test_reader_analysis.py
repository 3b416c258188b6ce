import json
import math

import numpy as np
import pytest
from PIL import Image
from scipy import stats

from emixer_tf.experiments.reader_study.analysis import analyse, bootstrap_interval
from emixer_tf.experiments.reader_study.analysis_files import write_analysis
from emixer_tf.experiments.reader_study.key import item_names, write_key
from emixer_tf.experiments.reader_study.ratings import Ratings


def a_key(kinds):
    names = {"r": "real", "s": "synthetic"}
    return {item: names[kind] for item, kind in zip(item_names(len(kinds)), kinds, strict=True)}


def rated(rater, quality, guesses=None, comments=None):
    count = len(quality)
    guesses = tuple(guesses or [""] * count)
    return Ratings(rater, np.array(quality), guesses, tuple(comments or [""] * count))


@pytest.fixture
def two_raters():
    rng = np.random.default_rng(0)
    key = a_key("rs" * 20)
    base = rng.normal(7, 1.5, 40)
    return key, [
        rated(name, np.clip(np.rint(base + rng.normal(0, 1, 40)), 1, 10).astype(int))
        for name in ("A", "B")
    ]


def test_each_rater_is_compared_as_scipy_does(two_raters):
    key, ratings = two_raters
    study = analyse(key, ratings)
    real = np.array([kind == "real" for kind in key.values()])
    for comparison, rating in zip(study.comparisons, ratings, strict=False):
        ours, theirs = rating.quality[real], rating.quality[~real]
        assert comparison.who == rating.rater
        assert comparison.real == pytest.approx((ours.mean(), ours.std(ddof=1)))
        assert comparison.synthetic == pytest.approx((theirs.mean(), theirs.std(ddof=1)))
        assert comparison.difference == pytest.approx(ours.mean() - theirs.mean())
        assert comparison.p == pytest.approx(stats.mannwhitneyu(ours, theirs).pvalue)
        above = (ours[:, None] > theirs).mean() + 0.5 * (ours[:, None] == theirs).mean()
        assert comparison.real_above == pytest.approx(above)


def test_all_raters_pool_ratings_but_test_items(two_raters):
    key, ratings = two_raters
    together = analyse(key, ratings).comparisons[-1]
    real = np.array([kind == "real" for kind in key.values()])
    quality = np.stack([rating.quality for rating in ratings], axis=1)
    assert together.who == "all raters"
    assert together.real == pytest.approx((quality[real].mean(), quality[real].std(ddof=1)))
    means = quality.mean(axis=1)
    assert together.p == pytest.approx(stats.mannwhitneyu(means[real], means[~real]).pvalue)


def test_the_bootstrap_interval_equals_scipys():
    rng = np.random.default_rng(1)
    a, b = rng.normal(8, 1, 40), rng.normal(7, 1, 50)
    oracle = stats.bootstrap(
        (a, b),
        lambda a, b, axis: a.mean(axis) - b.mean(axis),
        method="percentile",
        n_resamples=10_000,
        rng=np.random.default_rng(2),
    ).confidence_interval
    assert bootstrap_interval(a, b, seed=0) == pytest.approx(tuple(oracle), abs=0.03)


def test_the_bootstrap_follows_its_seed():
    values = np.arange(10.0), np.arange(5.0)
    draws = [bootstrap_interval(*values, seed) for seed in (0, 0, 1)]
    assert draws[0] == draws[1] != draws[2]


def test_agreement_equals_scikit_learns(two_raters):
    from sklearn.metrics import cohen_kappa_score

    key, ratings = two_raters
    (pair,) = analyse(key, ratings).agreements
    a, b = (rating.quality for rating in ratings)
    for name, weights in (("unweighted", None), ("linear", "linear"), ("quadratic", "quadratic")):
        oracle = cohen_kappa_score(a, b, weights=weights, labels=list(range(1, 11)))
        assert pair.kappas[name] == pytest.approx(oracle)
    assert pair.raters == ("A", "B")


def test_three_raters_agree_in_three_pairs(two_raters):
    key, ratings = two_raters
    study = analyse(key, [*ratings, rated("C", ratings[0].quality)])
    assert [pair.raters for pair in study.agreements] == [("A", "B"), ("A", "C"), ("B", "C")]
    assert study.agreements[1].kappas == {"unweighted": 1.0, "linear": 1.0, "quadratic": 1.0}


def test_one_rater_has_no_agreement_and_a_note(two_raters):
    key, ratings = two_raters
    study = analyse(key, ratings[:1])
    assert study.agreements == []
    assert math.isnan(study.icc)
    assert "One rater" in study.notes[0]


def test_ratings_that_are_all_the_same_are_undefined_with_notes():
    study = analyse(a_key("rrss"), [rated("A", [7] * 4), rated("B", [7] * 4)])
    assert all(math.isnan(comparison.p) for comparison in study.comparisons)
    assert all(comparison.real_above == 0.5 for comparison in study.comparisons)
    assert all(math.isnan(kappa) for kappa in study.agreements[0].kappas.values())
    assert any("undefined" in note for note in study.notes)
    assert any("throughout" in note for note in study.notes)


def test_a_kind_with_one_item_has_no_spread():
    study = analyse(a_key("rss"), [rated("A", [9, 5, 6])])
    assert math.isnan(study.comparisons[0].real[1])
    assert study.comparisons[0].difference == 3.5
    assert any("one item" in note for note in study.notes)


def test_guesses_are_counted_as_by_hand():
    key = a_key("rrrrssss")
    names = {"r": "real", "s": "synthetic", ".": ""}
    rating = rated("A", [5, 6] * 4, [names[guess] for guess in "rrrsssr."])
    (guessing,) = analyse(key, [rating, rated("B", [5, 6] * 4)]).guessing
    assert guessing.rater == "A"
    assert guessing.guessed == 7
    assert guessing.right == pytest.approx(5 / 7)
    assert guessing.right_of_real == pytest.approx(3 / 4)
    assert guessing.right_of_synthetic == pytest.approx(2 / 3)
    assert guessing.p == pytest.approx(stats.fisher_exact([[3, 1], [1, 2]]).pvalue)
    z = stats.norm.ppf(0.975)
    middle = (5 / 7 + z**2 / 14) / (1 + z**2 / 7)
    half = z / (1 + z**2 / 7) * math.sqrt(5 / 7 * 2 / 7 / 7 + z**2 / 4 / 49)
    assert guessing.interval == pytest.approx((middle - half, middle + half))


def test_a_rater_who_always_says_real_has_told_nothing():
    rating = rated("A", [5, 6, 7], ["real"] * 3)
    (guessing,) = analyse(a_key("rrs"), [rating]).guessing
    assert guessing.right == pytest.approx(2 / 3)
    assert guessing.right_of_synthetic == 0
    assert math.isnan(guessing.p)


def test_ratings_of_another_study_are_refused():
    with pytest.raises(ValueError, match="another number by A"):
        analyse(a_key("rrs"), [rated("A", [5, 6])])
    with pytest.raises(ValueError, match="no raters"):
        analyse(a_key("rrs"), [])


def put_study(folder, kinds, *sheets):
    key = a_key(kinds)
    write_key(folder, key.values(), range(len(key)))
    for rater, lines in sheets:
        rows = "".join(f"{item},{line}\n" for item, line in zip(key, lines, strict=True))
        (folder / f"ratings-{rater}.csv").write_text("item,quality,guess,comment\n" + rows)


def test_the_page_shows_tables_comments_and_the_papers_numbers(tmp_path):
    put_study(
        tmp_path,
        "rsrs",
        ("A", ["8,real,", "6,synthetic,odd <rib> | left", "9,real,", "7,real,"]),
        ("B|b", ["8,,", "5,,", "10,,", "7,,"]),
    )
    page = write_analysis(tmp_path, notes=["Raters are <programs>."])
    text = (tmp_path / "analysis" / "table.md").read_text(encoding="utf-8")
    assert "| A | 8.50 ± 0.71 | 6.50 ± 0.71 | +2.00 (+1.00 to +3.00) | p = 0.333 | 1.000 |" in text
    assert "| the paper, two radiologists | 7.825 ± 1.17 | 7.34 ± 1.321 | +0.485 | – | – |" in text
    assert "Cohen's kappa 0.832, its weighting not stated" in text
    assert r"| A and B\|b |" in text
    assert r"Raters are \<programs\>." in text
    assert "odd" not in text
    shown = page.read_text(encoding="utf-8")
    assert "<td>002</td><td>synthetic</td><td>A</td><td>6</td><td>odd &lt;rib&gt; | left" in shown
    with Image.open(tmp_path / "analysis" / "plot.png") as image:
        assert image.size[0] > 1000
    numbers = json.loads((tmp_path / "analysis" / "analysis.json").read_text())
    assert numbers["counts"] == [2, 2]
    assert numbers["comparisons"][0]["difference"] == 2.0


def test_one_rater_makes_a_page_with_a_note(tmp_path):
    put_study(tmp_path, "rs", ("A", ["8,,", "8,,"]))
    write_analysis(tmp_path, tmp_path / "out")
    text = (tmp_path / "out" / "table.md").read_text(encoding="utf-8")
    assert "| A | 8.00 | 8.00 | +0.00 (+0.00 to +0.00) | p – | 0.500 |" in text
    assert "One rater: there is no agreement to measure." in text
    numbers = json.loads((tmp_path / "out" / "analysis.json").read_text())
    assert numbers["icc"] is None
