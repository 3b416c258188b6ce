import math

import numpy as np
import pytest
from scipy import stats

from emixer_tf.experiments.results import ResultRow, Study, arms_in_order, score, summaries


def a_study(**changes):
    settings = {
        "name": "augmentation",
        "title": "Augmentation",
        "question": "Does it help?",
        "paper_table": "Table 1",
        "columns": {"auroc": "AUC", "fid": "FID"},
        "lower_is_better": frozenset({"fid"}),
        "reference_arm": "only real",
    }
    return Study(**{**settings, **changes})


def rows_of(arm, method, aurocs, fids=None, first_seed=0):
    fids = fids or [10.0] * len(aurocs)
    return [
        ResultRow(arm, method, first_seed + seed, {"auroc": auroc, "fid": fid})
        for seed, (auroc, fid) in enumerate(zip(aurocs, fids, strict=True))
    ]


def by_column(rows, column, study=None):
    found = summaries(rows, study or a_study())
    return {(item.arm, item.method): item for item in found if item.column == column}


def test_means_spreads_and_tests_equal_scipys():
    rng = np.random.default_rng(0)
    real, mixed = rng.random(5), rng.random(5)
    found = by_column(rows_of("only real", "", real) + rows_of("R + S", "EMIXER", mixed), "auroc")
    arm = found["R + S", "EMIXER"]
    assert arm.seeds == 5
    assert arm.mean == pytest.approx(mixed.mean())
    assert arm.sd == pytest.approx(np.std(mixed, ddof=1))
    assert arm.difference == pytest.approx((mixed - real).mean())
    assert arm.p == pytest.approx(stats.ttest_rel(mixed, real).pvalue)


def test_the_reference_arm_is_not_compared_with_itself():
    found = by_column(rows_of("only real", "", [0.8, 0.9]), "auroc")["only real", ""]
    assert math.isnan(found.difference)
    assert math.isnan(found.p)


def test_seeds_are_paired_by_number_whatever_their_order():
    real = rows_of("only real", "", [0.1, 0.5, 0.9])
    mixed = rows_of("R + S", "EMIXER", [0.2, 0.7, 0.95])[::-1]
    found = by_column(real + mixed, "auroc")["R + S", "EMIXER"]
    assert found.difference == pytest.approx((0.1 + 0.2 + 0.05) / 3)
    assert found.p == pytest.approx(stats.ttest_1samp([0.1, 0.2, 0.05], 0).pvalue)


def test_only_seeds_that_both_arms_have_are_compared():
    real = rows_of("only real", "", [0.1, 0.2], first_seed=0)
    mixed = rows_of("R + S", "EMIXER", [0.5, 0.9], first_seed=1)
    found = by_column(real + mixed, "auroc")["R + S", "EMIXER"]
    assert (found.seeds, found.mean) == (2, pytest.approx(0.7))
    assert found.difference == pytest.approx(0.3)
    assert math.isnan(found.p)


def test_one_seed_has_a_difference_but_no_spread_and_no_test():
    rows = rows_of("only real", "", [0.5]) + rows_of("R + S", "EMIXER", [0.75])
    found = by_column(rows, "auroc")["R + S", "EMIXER"]
    assert found.difference == 0.25
    assert math.isnan(found.sd)
    assert math.isnan(found.p)


def test_differences_that_are_all_the_same_have_no_test():
    rows = rows_of("only real", "", [0.1, 0.2, 0.3]) + rows_of("R + S", "EMIXER", [0.2, 0.3, 0.4])
    found = by_column(rows, "auroc")["R + S", "EMIXER"]
    assert found.difference == pytest.approx(0.1)
    assert math.isnan(found.p)


@pytest.mark.parametrize("undefined", [None, math.nan, math.inf])
def test_undefined_scores_are_left_out(undefined):
    rows = rows_of("only real", "", [0.5, undefined, 0.7])
    found = by_column(rows, "auroc")["only real", ""]
    assert (found.seeds, found.mean) == (2, pytest.approx(0.6))


def test_an_arm_without_a_score_is_nan_and_has_no_seeds():
    rows = [*rows_of("only real", "", [0.5]), ResultRow("S alone", "EMIXER", 0, {"auroc": 0.4})]
    found = by_column(rows, "fid")["S alone", "EMIXER"]
    assert found.seeds == 0
    assert math.isnan(found.mean)
    assert math.isnan(found.difference)


def test_without_the_reference_arm_nothing_is_compared():
    found = by_column(rows_of("R + S", "EMIXER", [0.5, 0.6]), "auroc")["R + S", "EMIXER"]
    assert math.isnan(found.difference)


def test_arms_and_columns_keep_their_order():
    rows = rows_of("z", "B", [1.0]) + rows_of("a", "A", [1.0]) + rows_of("z", "A", [1.0])
    assert arms_in_order(rows) == [("z", "B"), ("a", "A"), ("z", "A")]
    found = [(item.arm, item.method, item.column) for item in summaries(rows, a_study())]
    assert found[:3] == [("z", "B", "auroc"), ("z", "B", "fid"), ("a", "A", "auroc")]


def test_the_same_seed_twice_is_refused():
    rows = rows_of("R + S", "EMIXER", [0.5]) * 2
    with pytest.raises(ValueError, match="'R \\+ S', method 'EMIXER', has seed 0 2 times"):
        summaries(rows, a_study())


def test_a_column_in_no_row_is_refused():
    with pytest.raises(ValueError, match="No row has a score named 'auc'"):
        summaries(rows_of("only real", "", [0.5]), a_study(columns={"auc": "AUC"}))


def test_no_rows_are_refused():
    with pytest.raises(ValueError, match="has no rows"):
        summaries([], a_study())


def test_a_reference_arm_of_two_methods_is_refused():
    rows = rows_of("only real", "A", [0.5]) + rows_of("only real", "B", [0.5])
    with pytest.raises(ValueError, match="several methods: 'A', 'B'"):
        summaries(rows, a_study())


@pytest.mark.parametrize("value", ["0.5", True, [0.5]])
def test_a_score_that_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="A score is a number"):
        score(ResultRow("only real", "", 0, {"auroc": value}), "auroc")


def test_numpy_numbers_are_scores():
    row = ResultRow("only real", "", 0, {"auroc": np.float32(0.5), "fid": np.int64(3)})
    assert (score(row, "auroc"), score(row, "fid")) == (0.5, 3.0)
