import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from emixer_tf.metrics.ratings import cohen_kappa, intraclass_correlation

WEIGHTS = [None, "linear", "quadratic"]
# Shrout and Fleiss 1979, table 2: six targets, four judges
SHROUT_FLEISS = [
    [9, 2, 5, 8],
    [6, 1, 3, 2],
    [8, 4, 6, 8],
    [7, 1, 2, 6],
    [10, 5, 6, 9],
    [6, 2, 4, 7],
]


@pytest.mark.parametrize("weights", WEIGHTS)
@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 10), st.integers(1, 10)), min_size=2, max_size=40))
def test_kappa_is_that_of_scikit_learn_on_the_whole_scale(weights, pairs):
    a, b = zip(*pairs, strict=True)
    if len({*a, *b}) > 1:
        expected = cohen_kappa_score(a, b, labels=range(1, 11), weights=weights)
        assert cohen_kappa(a, b, weights) == pytest.approx(expected, abs=1e-12)


def test_hand_worked():
    a, b = [1, 1, 2, 3], [1, 2, 2, 3]
    # unweighted: agree 3/4; by chance 1/2*1/4 + 1/4*1/2 + 1/4*1/4 = 5/16
    assert cohen_kappa(a, b) == pytest.approx((3 / 4 - 5 / 16) / (1 - 5 / 16))
    # linear: observed 1/4; expected 1/16 * (2*(0+2*1+2) + (1+0+1) + (2+2*1+0)) = 14/16
    assert cohen_kappa(a, b, "linear") == pytest.approx(1 - (1 / 4) / (14 / 16))
    # quadratic: observed 1/4; expected 1/16 * (2*(0+2*1+4) + (1+0+1) + (4+2*1+0)) = 20/16
    assert cohen_kappa(a, b, "quadratic") == pytest.approx(1 - (1 / 4) / (20 / 16))


def test_ratings_that_nobody_gave_keep_their_place():
    a, b = [1, 10, 1, 10, 9], [1, 10, 10, 1, 10]
    # observed (81 + 81 + 1) / 5; shares of 1, 9, 10: 2/5, 1/5, 2/5 of a and 2/5, 0, 3/5 of b
    expected = 0.4 * 0.6 * 81 + 0.4 * 0.4 * 81 + 0.2 * (0.4 * 64 + 0.6 * 1)
    assert cohen_kappa(a, b, "quadratic") == pytest.approx(1 - (163 / 5) / expected)
    squeezed = cohen_kappa_score(a, b, weights="quadratic")  # 9 and 10 next to 1
    assert abs(cohen_kappa(a, b, "quadratic") - squeezed) > 0.01


@pytest.mark.parametrize("weights", WEIGHTS)
def test_constant_equal_ratings_have_no_kappa(weights):
    with pytest.warns(UserWarning, match="one and the same rating"):
        assert np.isnan(cohen_kappa([7, 7, 7], [7, 7, 7], weights))


def test_constant_unequal_ratings_agree_no_more_than_by_chance():
    assert cohen_kappa([7, 7], [5, 5], "quadratic") == 0.0


def test_columns_of_ratings_in_another_order_are_refused():
    own = pd.Series([1, 5, 9], index=["x", "y", "z"])
    assert cohen_kappa(own, own) == 1
    with pytest.raises(ValueError, match="rows of both raters' ratings have one order"):
        cohen_kappa(own, own[::-1])


def test_one_thing_rated_has_no_agreement():
    with pytest.warns(UserWarning, match="two things"):
        assert np.isnan(cohen_kappa([7], [5]))
    with pytest.warns(UserWarning, match="two items"):
        assert np.isnan(intraclass_correlation([[7, 5]]))


@pytest.mark.parametrize(
    ("a", "b", "arguments", "sentence"),
    [
        ([1, 2], [1], {}, "Received: 2 and 1 ratings"),
        ([], [], {}, r"not empty. Received: shape \(0,\)"),
        ([1, 11], [1, 2], {}, "from 1 to 10. Received: 11.0"),
        ([1, 0], [1, 2], {}, "from 1 to 10. Received: 0.0"),
        ([1, 2.5], [1, 2], {}, "Received: 2.5"),
        ([1, np.nan], [1, 2], {}, "Received: nan"),
        ([[1, 2]], [[1, 2]], {}, r"shape \(1, 2\)"),
        (["good", "bad"], [1, 2], {}, "Ratings are numbers"),
        ([1, 6], [1, 2], {"scale": (1, 5)}, "from 1 to 5. Received: 6.0"),
        ([1, 2], [1, 2], {"weights": "squared"}, "Received: 'squared'"),
    ],
)
def test_what_are_no_ratings_is_told(a, b, arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        cohen_kappa(a, b, **arguments)


def test_the_intraclass_correlation_of_the_paper_that_defined_it():
    assert intraclass_correlation(SHROUT_FLEISS) == pytest.approx(0.29, abs=0.005)


def test_it_is_the_ratio_of_mean_squares():
    table = np.array(SHROUT_FLEISS, float)
    # the paper's table 3: between targets 11.24, between judges 32.49, residual 1.02
    between, judges, residual = 11.2417, 32.4861, 1.0194
    expected = (between - residual) / (between + 3 * residual + 4 * (judges - residual) / 6)
    assert intraclass_correlation(table) == pytest.approx(expected, abs=1e-4)


def test_a_rater_who_is_always_higher_lowers_it():
    base = np.array([1.0, 4.0, 6.0, 9.0])
    same = intraclass_correlation(np.stack([base, base], axis=1))
    higher = intraclass_correlation(np.stack([base, base + 2], axis=1))
    assert same == pytest.approx(1.0)
    # mean squares: items 2 * 34/3, raters 8, residual 0
    assert higher == pytest.approx((68 / 3) / (68 / 3 + 2 * 8 / 4))


@pytest.mark.parametrize("table", [[[3, 3], [3, 3]], [[0.1, 0.1]] * 3, [[1, 2], [2, 1]]])
def test_ratings_that_do_not_vary_have_none(table):
    with pytest.warns(UserWarning, match="do not vary enough"):
        assert np.isnan(intraclass_correlation(table))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([1, 2, 3], r"shape \(3,\)"),
        ([[1], [2]], r"shape \(2, 1\)"),
        (np.zeros((0, 2)), r"shape \(0, 2\)"),
        ([[1, np.nan], [2, 3]], "1 values that are no finite numbers"),
    ],
)
def test_what_is_no_table_of_ratings_is_told(table, sentence):
    with pytest.raises(ValueError, match=sentence):
        intraclass_correlation(table)
