import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from emixer_tf.metrics.feature_statistics import FeatureStatistics

matrices = st.tuples(st.integers(2, 12), st.integers(1, 5)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=st.floats(-1e3, 1e3, width=32))
)


def statistics_of(*batches):
    statistics = FeatureStatistics()
    for batch in batches:
        statistics.update(batch)
    return statistics


def assert_describes(statistics, features):
    assert statistics.count == len(features)
    np.testing.assert_allclose(statistics.mean, features.mean(axis=0), rtol=1e-12, atol=1e-9)
    expected = np.atleast_2d(np.cov(features, rowvar=False))
    np.testing.assert_allclose(statistics.covariance, expected, rtol=1e-10, atol=1e-8)


@settings(deadline=None, max_examples=50)
@given(matrices, st.data())
def test_batches_of_any_size_give_the_mean_and_covariance_of_all(features, data):
    cut = data.draw(st.integers(1, len(features) - 1))
    assert_describes(statistics_of(features[:cut], features[cut:]), features)
    assert_describes(statistics_of(*features[:, None]), features)


@settings(deadline=None, max_examples=50)
@given(matrices, st.data())
def test_merged_parts_give_the_mean_and_covariance_of_all(features, data):
    cut = data.draw(st.integers(1, len(features) - 1))
    part, rest = statistics_of(features[:cut]), statistics_of(features[cut:])
    part.merge(rest)
    assert_describes(part, features)


def test_a_batch_larger_than_what_is_summed_at_a_time_is_summed_whole():
    features = np.random.default_rng(0).normal(size=(10_000, 3))
    assert_describes(statistics_of(features), features)


def test_features_far_from_zero_lose_no_digits():
    near = np.random.default_rng(0).integers(0, 8, (100, 3)).astype(float)
    far = statistics_of(near[:40] + 1e9, near[40:] + 1e9)
    np.testing.assert_allclose(far.covariance, np.cov(near, rowvar=False), rtol=1e-6)


def test_float32_features_are_summed_in_float64():
    features = (np.random.default_rng(0).integers(0, 8, (5000, 2)) + 10_000).astype("float32")
    statistics = statistics_of(features)
    assert statistics.mean.dtype == statistics.covariance.dtype == np.float64
    assert_describes(statistics, features.astype("float64"))


def test_the_batch_stays_as_it_is():
    features = np.random.default_rng(0).normal(size=(8, 2))
    before = features.copy()
    statistics_of(features)
    np.testing.assert_array_equal(features, before)


def test_what_is_merged_or_read_stays_apart():
    features = np.random.default_rng(0).normal(size=(8, 2))
    other = statistics_of(features)
    whole = FeatureStatistics()
    whole.merge(other)
    whole.update(features + 1)
    whole.mean[:] = 0
    assert_describes(other, features)
    assert_describes(whole, np.concatenate([features, features + 1]))


def test_merging_what_has_seen_nothing_changes_nothing():
    features = np.random.default_rng(0).normal(size=(8, 2))
    statistics = statistics_of(features)
    statistics.merge(FeatureStatistics())
    assert_describes(statistics, features)


def test_too_few_rows_have_no_statistics():
    statistics = FeatureStatistics()
    with pytest.raises(ValueError, match=r"mean needs 1 or more rows of features\. Received: 0"):
        _ = statistics.mean
    statistics.update([[1.0, 2.0]])
    np.testing.assert_array_equal(statistics.mean, [1, 2])
    with pytest.raises(ValueError, match="covariance needs 2 or more rows"):
        _ = statistics.covariance


def test_features_of_another_width_are_refused_and_leave_no_trace():
    features = np.random.default_rng(0).normal(size=(8, 2))
    statistics = statistics_of(features)
    with pytest.raises(ValueError, match="2 and 3 columns"):
        statistics.update(np.zeros((4, 3)))
    with pytest.raises(ValueError, match="2 and 3 columns"):
        statistics.merge(statistics_of(np.zeros((4, 3))))
    assert_describes(statistics, features)


def test_features_that_are_not_finite_are_refused_and_leave_no_trace():
    features = np.random.default_rng(0).normal(size=(8, 2))
    statistics = statistics_of(features)
    with pytest.raises(ValueError, match="in row 1"):
        statistics.update([[0.0, 1.0], [np.nan, 0.0]])
    assert_describes(statistics, features)
