import numpy as np
import pytest

from emixer_tf.metrics.kernel_discrepancy import kernel_distance, squared_mean_discrepancy


def pairs(count, width, seed=0):
    return np.random.default_rng(seed).normal(size=(2, count, width))


def by_the_definition(x, y):
    def kernel(a, b):
        return (sum(p * q for p, q in zip(a, b, strict=True)) / len(a) + 1) ** 3

    same_x = [kernel(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j]
    same_y = [kernel(a, b) for i, a in enumerate(y) for j, b in enumerate(y) if i != j]
    between = [kernel(a, b) for a in x for b in y]
    return np.mean(same_x) + np.mean(same_y) - 2 * np.mean(between)


@pytest.mark.parametrize(("n", "m", "width"), [(2, 2, 1), (7, 11, 3), (20, 5, 40)])
def test_the_discrepancy_is_that_of_the_definition(n, m, width):
    random = np.random.default_rng(n)
    x, y = random.normal(size=(n, width)), random.normal(size=(m, width)) + 0.5
    assert squared_mean_discrepancy(x, y) == pytest.approx(by_the_definition(x, y), rel=1e-10)


def test_mean_and_sd_are_those_of_the_subsets():
    x, y = np.array([[0.0], [1.0], [2.0]]), np.array([[1.0], [2.0], [3.0]])
    two = [(0, 1), (0, 2), (1, 2)]
    values = [by_the_definition(x[list(i)], y[list(j)]) for i in two for j in two]
    distance = kernel_distance(x, y, subsets=4000, subset_size=2, seed=3)
    assert distance["mean"] == pytest.approx(np.mean(values), abs=4 * np.std(values) / 4000**0.5)
    assert distance["sd"] == pytest.approx(np.std(values), rel=0.1)


def test_the_sd_is_that_of_a_sample():
    x, y = pairs(60, 4)
    one, two = (kernel_distance(x, y, subsets=n, subset_size=20) for n in (1, 2))
    second = 2 * two["mean"] - one["mean"]
    assert two["sd"] == pytest.approx(abs(second - one["mean"]) / 2**0.5)


def test_a_subset_takes_no_row_twice():
    x, y = np.eye(2), np.zeros((3, 2))  # two equal rows of x would have a larger kernel
    distance = kernel_distance(x, y, subsets=50, subset_size=2)
    assert distance["mean"] == pytest.approx(by_the_definition(x, y[:2]))
    assert distance["sd"] == pytest.approx(0, abs=1e-12)


def test_for_one_distribution_it_is_zero_on_average_however_few_the_films():
    values = [squared_mean_discrepancy(*pairs(10, 8, seed)) for seed in range(2000)]
    error = np.std(values) / 2000**0.5
    assert abs(np.mean(values)) < 3 * error
    assert min(values) < 0


def test_it_grows_with_the_difference():
    x, y = pairs(300, 8)
    values = [kernel_distance(x, y + d, subset_size=100)["mean"] for d in (0, 0.1, 0.3, 1)]
    assert abs(values[0]) < 0.02
    assert values == sorted(values)


def test_float32_features_are_computed_in_float64():
    x, y = (pairs(50, 16) * 10 + 30).astype("float32")
    exact = squared_mean_discrepancy(x.astype("float64"), y.astype("float64"))
    assert squared_mean_discrepancy(x, y) == exact


def test_the_seed_chooses_the_subsets():
    x, y = pairs(60, 4)
    same, again, other = (
        kernel_distance(x, y, subsets=5, subset_size=20, seed=seed) for seed in (0, 0, 1)
    )
    assert same == again
    assert same["mean"] != other["mean"]


def test_of_the_whole_of_both_sets_there_is_one_value_and_no_spread():
    x, y = pairs(20, 4)
    distance = kernel_distance(x, y, subset_size=20)
    assert distance["mean"] == pytest.approx(by_the_definition(x, y))
    assert np.isnan(distance["sd"])


def test_one_subset_has_no_spread():
    x, y = pairs(20, 4)
    distance = kernel_distance(x, y, subsets=1, subset_size=10)
    assert np.isfinite(distance["mean"])
    assert np.isnan(distance["sd"])


def test_larger_subsets_than_films_are_reduced_with_a_warning():
    x, y = pairs(20, 4)
    with pytest.warns(match="subsets of 1000 .* 20 real and 12 generated rows; subsets of 12"):
        reduced = kernel_distance(x, y[:12])
    assert reduced == kernel_distance(x, y[:12], subset_size=12)


def test_subsets_without_pairs_are_refused():
    x, y = pairs(20, 4)
    with pytest.raises(ValueError, match="subset_size=1"):
        kernel_distance(x, y, subset_size=1)
    with pytest.raises(ValueError, match="subsets=0"):
        kernel_distance(x, y, subsets=0)


def test_features_that_cannot_be_compared_are_refused():
    x, y = pairs(20, 4)
    with pytest.raises(ValueError, match="4 and 3 columns"):
        kernel_distance(x, y[:, :3])
    with pytest.raises(ValueError, match="real features have too few rows"):
        kernel_distance(x[:1], y)
    with pytest.raises(ValueError, match="generated features hold NaN"):
        kernel_distance(x, y * np.nan)
