import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from emixer_tf.metrics import manifold_overlap as module
from emixer_tf.metrics.manifold_overlap import precision_recall


def by_the_definitions(real, generated, neighbours):
    def squared(a, b):
        return sum((p - q) ** 2 for p, q in zip(a.tolist(), b.tolist(), strict=True))

    def radii(rows):
        return [
            sorted(squared(a, b) for j, b in enumerate(rows) if j != i)[neighbours - 1]
            for i, a in enumerate(rows)
        ]

    around_real, around_generated = radii(real), radii(generated)
    in_real = [
        [squared(a, b) <= radius for a, radius in zip(real, around_real, strict=True)]
        for b in generated
    ]
    in_generated = [
        [squared(a, b) <= radius for b, radius in zip(generated, around_generated, strict=True)]
        for a in real
    ]
    return {
        "precision": np.mean([any(balls) for balls in in_real]),
        "recall": np.mean([any(balls) for balls in in_generated]),
        "density": np.sum(in_real) / neighbours / len(generated),
        "coverage": np.mean([any(balls) for balls in zip(*in_real, strict=True)]),
    }


def sets(n, m, width, seed=0):
    random = np.random.default_rng(seed)
    return random.normal(size=(n, width)), random.normal(size=(m, width)) * 0.7 + 0.5


grids = st.integers(4, 9).flatmap(
    lambda count: arrays(np.int64, (count, 2), elements=st.integers(-3, 3))
)


@pytest.mark.parametrize("neighbours", [1, 3, 5])
@pytest.mark.parametrize(("n", "m", "width"), [(30, 20, 2), (12, 40, 8), (25, 25, 60)])
def test_the_numbers_are_those_of_the_definitions(n, m, width, neighbours):
    real, generated = sets(n, m, width)
    expected = by_the_definitions(real, generated, neighbours)
    assert 0 < expected["precision"] + expected["recall"] < 2
    assert precision_recall(real, generated, neighbours) == pytest.approx(expected)


@settings(deadline=None, max_examples=150)
@given(grids, grids, st.integers(1, 3), st.sampled_from([0, 1000, -(10**6)]))
def test_rows_on_the_edge_of_a_ball_are_inside(real, generated, neighbours, far):
    expected = by_the_definitions(real, generated, neighbours)
    assert precision_recall(real + far, generated + far, neighbours) == pytest.approx(expected)
    seventh = precision_recall(real / 7 + far, generated / 7 + far, neighbours)
    if not far:  # else the sevenths themselves are rounded
        assert seventh == pytest.approx(expected)


def test_a_set_against_itself_is_perfect_also_with_rounding():
    features = np.random.default_rng(0).normal(size=(300, 512)).astype("float32") + 5
    assert precision_recall(features, features[::-1], neighbours=4) == pytest.approx(
        {"precision": 1, "recall": 1, "density": 1.25, "coverage": 1}
    )


def test_sets_far_apart_share_nothing():
    real, generated = sets(30, 30, 4)
    apart = precision_recall(real, generated + 100)
    assert apart == {"precision": 0, "recall": 0, "density": 0, "coverage": 0}


def test_a_generator_of_one_kind_is_precise_and_recalls_half():
    random = np.random.default_rng(0)
    two_kinds = random.normal(size=(400, 4)) + 20 * (np.arange(400) % 2)[:, None]
    one_kind = random.normal(size=(400, 4))
    measured = precision_recall(two_kinds, one_kind)
    assert measured["precision"] > 0.9
    assert 0.4 < measured["recall"] <= 0.5
    assert 0.4 < measured["coverage"] <= 0.5


def test_one_real_outlier_raises_precision_but_hardly_density():
    real, _ = sets(100, 1, 4)
    far = np.random.default_rng(1).normal(size=(100, 4)) + 30
    with_outlier = np.concatenate([real, np.full((1, 4), 60.0)])
    measured = precision_recall(with_outlier, far)
    assert measured["precision"] == 1
    assert measured["density"] == pytest.approx(1 / 5)


@pytest.mark.parametrize("values_at_a_time", [1, 64, 1000])
def test_the_size_of_a_block_changes_nothing(monkeypatch, values_at_a_time):
    real, generated = sets(37, 23, 3)
    whole = precision_recall(real, generated)
    monkeypatch.setattr(module, "_VALUES_AT_A_TIME", values_at_a_time)
    assert precision_recall(real, generated) == whole


def test_too_few_films_for_the_neighbours_are_refused():
    real, generated = sets(6, 5, 3)
    with pytest.raises(ValueError, match="generated features have too few rows: 6 or more"):
        precision_recall(real, generated)
    with pytest.raises(ValueError, match="neighbours=0"):
        precision_recall(real, generated, neighbours=0)


def test_features_that_cannot_be_compared_are_refused():
    real, generated = sets(10, 10, 3)
    with pytest.raises(ValueError, match="3 and 2 columns"):
        precision_recall(real, generated[:, :2])
    with pytest.raises(ValueError, match="real features hold NaN"):
        precision_recall(real * np.nan, generated)
