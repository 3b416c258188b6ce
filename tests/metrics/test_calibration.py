import numpy as np
import pytest
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from emixer_tf.metrics.calibration import (
    brier_score,
    expected_calibration_error,
    reliability_table,
)


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(0)
    probabilities = np.round(rng.random((500, 3)), 2)  # many on the edges of bins
    labels = rng.random((500, 3)) < probabilities ** [1.0, 2.0, 0.5]
    return labels.astype(int), probabilities, rng.random((500, 3)) < 0.6


def error_by_loop(labels, probabilities, bins):
    total = 0.0
    for place in range(bins):
        low, high = place / bins, (place + 1) / bins
        own = (probabilities > low) & (probabilities <= high)
        own |= (place == 0) & (probabilities == 0)
        if own.any():
            total += own.sum() * abs(labels[own].mean() - probabilities[own].mean())
    return total / len(labels)


@pytest.mark.parametrize("bins", [1, 8, 15])
def test_the_error_is_the_weighted_gap_of_the_bins(drawn, bins):
    labels, probabilities, mask = drawn
    expected = [
        error_by_loop(labels[own, k], probabilities[own, k], bins) for k, own in enumerate(mask.T)
    ]
    found = expected_calibration_error(labels, probabilities, mask, bins)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    one = expected_calibration_error(labels[:, 0], probabilities[:, 0], mask[:, 0], bins)
    assert one == found[0]


def test_the_calibrated_label_has_the_smallest_error(drawn):
    errors = expected_calibration_error(*drawn[:2])
    assert errors.argmin() == 0


def test_the_table_is_that_of_scikit_learn(drawn):
    labels, probabilities, _ = drawn
    table = reliability_table(labels[:, 1], probabilities[:, 1], bins=8)
    share, mean = calibration_curve(labels[:, 1], probabilities[:, 1], n_bins=8)
    np.testing.assert_allclose(table["share_positive"], share)
    np.testing.assert_allclose(table["mean_probability"], mean)
    assert table["count"].sum() == 500
    np.testing.assert_allclose(table["lower"][1:], table["upper"][:-1])


def test_edges_belong_to_the_bin_below_and_empty_bins_are_nan():
    table = reliability_table([0, 1, 1, 0], [0.0, 0.25, 1.0, 0.2], mask=[1, 1, 1, 0], bins=4)
    np.testing.assert_array_equal(table["count"], [2, 0, 0, 1])
    np.testing.assert_array_equal(table["share_positive"], [0.5, np.nan, np.nan, 1.0])
    np.testing.assert_array_equal(table["mean_probability"], [0.125, np.nan, np.nan, 1.0])


def test_the_brier_score_is_that_of_scikit_learn(drawn):
    labels, probabilities, mask = drawn
    expected = [
        brier_score_loss(labels[own, k], probabilities[own, k]) for k, own in enumerate(mask.T)
    ]
    np.testing.assert_allclose(brier_score(labels, probabilities, mask), expected)
    one = brier_score(labels[:, 2], probabilities[:, 2], mask[:, 2])
    assert one == pytest.approx(expected[2])


def test_without_known_labels_both_are_nan():
    assert np.isnan(brier_score([1], [0.5], mask=[0]))
    assert np.isnan(expected_calibration_error([1], [0.5], mask=[0]))
    found = brier_score([[1, 1]], [[0.5, 0.5]], mask=[[0, 1]])
    np.testing.assert_array_equal(found, [np.nan, 0.25])


@pytest.mark.parametrize("score", [brier_score, expected_calibration_error, reliability_table])
def test_logits_are_refused(score):
    with pytest.raises(ValueError, match=r"from 0 to 1. Received: 1.5, and 1 more.*sigmoid"):
        score([1, 0, 1], [1.5, -0.1, 0.5])


@pytest.mark.parametrize("bins", [0, -1, 2.5])
def test_a_number_of_bins_that_is_none_is_refused(bins):
    with pytest.raises(ValueError, match=f"Received: {bins}"):
        expected_calibration_error([1, 0], [0.5, 0.5], bins=bins)


def test_a_reliability_table_is_about_one_label(drawn):
    with pytest.raises(ValueError, match=r"about one label. Received: labels \(500, 3\)"):
        reliability_table(*drawn)
