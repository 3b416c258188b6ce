import math

import pytest
from scipy import stats

from emixer_tf.experiments import comparison, limited_labels
from emixer_tf.experiments.cells.data import PhantomData
from emixer_tf.experiments.contests import contests
from emixer_tf.experiments.methods import titles_of
from emixer_tf.experiments.plan import Plan
from emixer_tf.experiments.result_files import write_results
from emixer_tf.experiments.results import ResultRow, Study
from emixer_tf.experiments.scales import scale_named

OWN, RIVAL, LATER = ("S", "EMIXER"), ("S", "SM-GAN"), ("S, equal time", "SM-GAN")


def a_study(*pairs):
    columns = {"auroc": "AUC", "fid": "FID"}
    return Study("s", "S", "?", "", columns, frozenset({"fid"}), contests=pairs)


def rows(arm, scores):
    return [ResultRow(*arm, seed, {"auroc": auroc}) for seed, auroc in scores.items()]


def test_a_contest_is_the_paired_test_of_the_seeds_that_both_have():
    own, rival = {0: 0.75, 1: 0.8, 2: 0.76, 3: 0.1}, {0: 0.7, 1: 0.76, 2: 0.75, 4: 0.9}
    found, undefined = contests(rows(OWN, own) + rows(RIVAL, rival), a_study((OWN, RIVAL)))
    shared = [[scores[seed] for seed in range(3)] for scores in (own, rival)]
    assert found.paired_seeds == 3
    assert found.difference == pytest.approx(0.1 / 3)
    assert found.p == pytest.approx(stats.ttest_rel(*shared).pvalue)
    assert undefined.paired_seeds == 0
    assert math.isnan(undefined.difference)


def test_contests_with_an_arm_that_is_not_there_are_not_held():
    assert contests(rows(OWN, {0: 0.7}), a_study((OWN, RIVAL), (LATER, OWN))) == []


def test_the_page_says_who_was_held_against_whom(tmp_path):
    scores = {0: 0.75, 1: 0.875, 2: 0.75}, {0: 0.25, 1: 0.5, 2: 0.375}
    study = a_study((OWN, RIVAL))
    made = [ResultRow(*arm, seed, {"auroc": auroc, "fid": None})
            for arm, by_seed in zip((OWN, RIVAL), scores, strict=True)
            for seed, auroc in by_seed.items()]  # fmt: skip
    write_results(tmp_path, study, made, [])
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert "## Arm against arm" in text
    assert "| Arm | Against | AUC | FID (lower is better) |" in text
    assert r"| S, EMIXER | S, SM-GAN | +0.417 (p = 0.010) \* | – |" in text


def test_without_contests_there_is_no_heading_for_them(tmp_path):
    made = [ResultRow(*OWN, 0, {"auroc": 0.5, "fid": 1.0})]
    write_results(tmp_path, a_study((OWN, RIVAL)), made, [])
    assert "Arm against arm" not in (tmp_path / "table.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("experiment", [comparison, limited_labels])
def test_contests_are_between_arms_that_there_are(experiment):
    scale = scale_named("small")
    data = PhantomData(scale.train, scale.val, scale.test, scale.resolution)
    films = (scale.resolution, 1)
    plan = Plan(scale, data, scale.train, films, titles_of(["all"]), scale.seeds)
    arms = {(arm.name, arm.method) for arm in experiment.arms(plan)}
    assert {arm for pair in experiment.STUDY.contests for arm in pair} <= arms


@pytest.mark.parametrize("study", [comparison.STUDY, limited_labels.STUDY])
def test_emixer_meets_every_rival(study):
    met = {second[1] for first, second in study.contests if first[1] == "EMIXER"}
    assert met >= {"CoGAN", "JointGAN", "SM-GAN"}
    assert len(set(study.contests)) == len(study.contests)
