import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import sqrtm
from scipy.stats import ortho_group

from emixer_tf.metrics.frechet import frechet_distance, frechet_distance_of


def gaussian(width, seed):
    random = np.random.default_rng(seed)
    root = random.normal(size=(width, 2 * width))
    return random.normal(size=width), root @ root.T / width


def features_of(count, width, seed):
    random = np.random.default_rng(seed)
    return random.normal(size=(count, width)) @ random.normal(size=(width, width)) + seed


def by_the_definition(mu1, sigma1, mu2, sigma2):
    shift = mu1 - mu2
    return shift @ shift + np.trace(sigma1 + sigma2 - 2 * sqrtm(sigma1 @ sigma2).real)


def moments(features):
    return features.mean(axis=0), np.cov(features, rowvar=False)


def in_more_dimensions(features, width, seed=0):
    directions = ortho_group.rvs(width, random_state=seed)[: features.shape[1]]
    return features @ directions


few = pytest.mark.filterwarnings("ignore:FID of")


@pytest.mark.parametrize("width", [1, 2, 16, 64])
def test_it_is_the_formula_with_a_matrix_root(width):
    one, two = gaussian(width, 1), gaussian(width, 2)
    assert frechet_distance(*one, *two) == pytest.approx(by_the_definition(*one, *two), rel=1e-8)


def test_of_independent_features_it_is_the_distance_of_means_and_of_deviations():
    random = np.random.default_rng(0)
    mu1, mu2, sd1, sd2 = random.uniform(0, 3, (4, 10))
    distance = frechet_distance(mu1, np.diag(sd1**2), mu2, np.diag(sd2**2))
    assert distance == pytest.approx(((mu1 - mu2) ** 2).sum() + ((sd1 - sd2) ** 2).sum())


def test_of_points_it_is_the_squared_distance():
    nothing = np.zeros((2, 2))
    assert frechet_distance([0.0, 0.0], nothing, [3.0, 4.0], nothing) == 25


def test_of_crossed_lines_only_the_variances_count():
    assert frechet_distance([0, 0], np.diag([4, 0]), [0, 0], np.diag([0, 9])) == pytest.approx(13)


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 8), st.integers(0, 2**32), st.integers(0, 2**32))
def test_it_is_symmetric_and_zero_for_the_same(width, seed1, seed2):
    one, two = gaussian(width, seed1), gaussian(width, seed2)
    assert frechet_distance(*one, *two) == pytest.approx(frechet_distance(*two, *one), abs=1e-10)
    assert 0 <= frechet_distance(*one, *one) < 1e-12 * np.trace(one[1])


@few
@settings(deadline=None, max_examples=30)
@given(st.integers(2, 30), st.integers(1, 12), st.integers(0, 2**32))
def test_moving_and_turning_both_sets_changes_nothing(count, width, seed):
    one, two = features_of(count, width, 1), features_of(count + 3, width, 2)
    random = np.random.default_rng(seed)
    turn, _ = np.linalg.qr(random.normal(size=(width, width)))
    shift = random.normal(size=width) * 100
    distance = frechet_distance_of(one, two)
    assert frechet_distance_of(one + shift, two + shift) == pytest.approx(distance, rel=1e-7)
    assert frechet_distance_of(one @ turn, two @ turn) == pytest.approx(distance, rel=1e-7)
    assert frechet_distance_of(3 * one, 3 * two) == pytest.approx(9 * distance, rel=1e-7)


def test_moving_one_set_adds_the_squared_distance():
    one, two = features_of(50, 4, 1), features_of(60, 4, 1)
    distance = frechet_distance_of(one, two - two.mean(axis=0) + one.mean(axis=0))
    moved = two - two.mean(axis=0) + one.mean(axis=0) + [2.0, 0.0, 0.0, 1.0]
    assert frechet_distance_of(one, moved) == pytest.approx(distance + 5)


@few
@pytest.mark.parametrize(("n", "m"), [(40, 30), (40, 200), (200, 40), (200, 300), (2, 2), (2, 200)])
def test_of_fewer_films_than_features_it_is_that_of_the_same_films_in_fewer_dimensions(n, m):
    one, two = features_of(n, 5, 1), features_of(m, 5, 2)
    embedded = in_more_dimensions(one, 60), in_more_dimensions(two, 60)
    small = frechet_distance(*moments(one), *moments(two))
    assert frechet_distance_of(*embedded) == pytest.approx(small, rel=1e-11)
    by_moments = frechet_distance(*moments(embedded[0]), *moments(embedded[1]))
    assert by_moments == pytest.approx(small, rel=1e-7)


@few
@pytest.mark.parametrize("count", [2, 20, 63, 64, 65, 500])
def test_a_set_is_at_no_distance_from_itself(count):
    features = features_of(count, 64, 3)
    assert frechet_distance_of(features, features[::-1]) < 1e-9 * features.var(axis=0).sum()


def test_float32_and_integer_features_are_computed_in_float64():
    features = np.random.default_rng(0).integers(0, 256, (2, 50, 4), "uint8")
    exact = frechet_distance(*moments(features[0].astype(float)), *moments(features[1] * 1.0))
    assert frechet_distance_of(*features) == pytest.approx(exact, rel=1e-10)
    assert frechet_distance_of(*features.astype("float32")) == pytest.approx(exact, rel=1e-10)
    far = features.astype("float32") + 1e6
    assert frechet_distance_of(*far) == pytest.approx(exact, rel=1e-6)


@few
def test_with_few_films_it_is_far_above_zero_for_one_distribution():
    random = np.random.default_rng(0)
    many, some = (random.normal(size=(2, count, 128)) for count in (5000, 500))
    assert frechet_distance_of(*some) == pytest.approx(17.2, abs=0.6)  # measured elsewhere
    assert frechet_distance_of(*many) == pytest.approx(1.67, abs=0.1)


def test_fewer_films_than_twice_the_features_are_warned_of():
    one, two = features_of(20, 10, 1), features_of(19, 10, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frechet_distance_of(one, one)
    for pair in ((one, two), (two, one)):
        with pytest.warns(match="FID of 19 films with 10 features is far too high.* 20 .*KID"):
            frechet_distance_of(*pair)


def test_the_covariance_of_one_column_is_taken_as_numpy_gives_it():
    one, two = features_of(30, 1, 1), features_of(40, 1, 2)
    expected = frechet_distance_of(one, two)
    assert frechet_distance(*moments(one), *moments(two)) == pytest.approx(expected)


def test_covariances_with_negative_eigenvalues_by_rounding_are_taken():
    features = features_of(30, 60, 1).astype("float32")
    mean = features.mean(axis=0)
    rounded = (features - mean).T @ (features - mean) / 29
    assert np.linalg.eigvalsh(rounded)[0] < 0
    assert frechet_distance(mean, rounded, mean, rounded) < 1e-4 * np.trace(rounded)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"mu1": np.zeros(3)}, r"sigma1 a matrix.*\(3,\) and \(2, 2\)"),
        ({"sigma2": np.eye(3)}, r"sigma2 a matrix.*\(2,\) and \(3, 3\)"),
        ({"mu2": np.zeros(3), "sigma2": np.eye(3)}, "2 and 3 columns"),
        ({"mu2": np.zeros((2, 2))}, "mu2 is a vector"),
        ({"mu1": [], "sigma1": []}, "mu1 is a vector"),
        ({"mu1": ["a", "b"]}, "Values of mu1 are numbers"),
        ({"sigma2": [[1, 0], [1]]}, "Values of sigma2 are numbers"),
        ({"mu1": [0, np.nan]}, "mu1 and sigma1 must be finite"),
        ({"sigma2": [[1, 0], [0, np.inf]]}, "mu2 and sigma2 must be finite"),
        ({"sigma1": [[1, 0.5], [0, 1]]}, "sigma1 that differs from its transpose by up to 0.5"),
        ({"sigma2": [[1, 2], [2, 1]]}, "sigma2 with eigenvalues from -1 to 3"),
    ],
)
def test_what_is_no_gaussian_is_refused(change, message):
    gaussians = {"mu1": [0, 0], "sigma1": np.eye(2), "mu2": [0, 0], "sigma2": np.eye(2)}
    with pytest.raises(ValueError, match=message):
        frechet_distance(**{**gaussians, **change})


def test_features_that_cannot_be_compared_are_refused():
    features = features_of(20, 3, 1)
    with pytest.raises(ValueError, match="3 and 2 columns"):
        frechet_distance_of(features, features[:, :2])
    with pytest.raises(ValueError, match="generated features have too few rows"):
        frechet_distance_of(features, features[:1])
    with pytest.raises(ValueError, match="real features hold NaN"):
        frechet_distance_of(features * np.nan, features)
