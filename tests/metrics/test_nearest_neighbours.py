import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from emixer_tf.metrics import nearest_neighbours as module
from emixer_tf.metrics.nearest_neighbours import nearest_neighbours


def brute_force(queries, references, neighbours):
    differences = np.asarray(queries, float)[:, None] - np.asarray(references, float)[None]
    distances = np.sqrt((differences**2).sum(axis=-1))
    order = np.argsort(distances, axis=1, kind="stable")[:, :neighbours]
    return np.take_along_axis(distances, order, axis=1), order


def test_distances_and_places_equal_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    queries, references = rng.standard_normal((50, 64)), rng.standard_normal((9003, 64))
    oracle = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(references)
    expected, places = oracle.kneighbors(queries)
    distances, indices = nearest_neighbours(queries, references, neighbours=5)
    np.testing.assert_array_equal(indices, places)
    np.testing.assert_allclose(distances, expected, rtol=1e-12)


def test_blocks_do_not_change_the_result(monkeypatch):
    rng = np.random.default_rng(1)
    queries, references = rng.random((23, 5), "float32"), rng.random((101, 5), "float32")
    whole = nearest_neighbours(queries, references, neighbours=3)
    monkeypatch.setattr(module, "_QUERIES", 7)
    monkeypatch.setattr(module, "_REFERENCES", 10)
    np.testing.assert_array_equal(nearest_neighbours(queries, references, 3), whole)


def test_a_copy_far_from_the_origin_is_at_distance_zero():
    rng = np.random.default_rng(2)
    references = (1e4 + rng.random((300, 32))).astype("float32")
    distances, indices = nearest_neighbours(references[[7, 250]], references)
    np.testing.assert_array_equal(distances, 0)
    np.testing.assert_array_equal(indices[:, 0], [7, 250])


def test_neighbours_that_float32_cannot_tell_apart_are_told_apart():
    rng = np.random.default_rng(3)
    references = rng.standard_normal((400, 8)) * 1e-6
    references[:, 0] += np.where(np.arange(400) < 200, 1e4, -1e4)
    queries = references[::10] + rng.standard_normal((40, 8)) * 1e-7
    distances, indices = nearest_neighbours(queries, references, neighbours=2)
    expected, places = brute_force(queries, references, 2)
    np.testing.assert_array_equal(indices, places)
    np.testing.assert_allclose(distances, expected, rtol=1e-6)


def test_of_many_equal_references_the_first_is_the_nearest():
    references = np.ones((100, 4))
    references[:40] = 2
    distances, indices = nearest_neighbours(np.ones((2, 4)), references, neighbours=2)
    np.testing.assert_array_equal(indices, [[40, 41], [40, 41]])
    np.testing.assert_array_equal(distances, 0)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.integers(1, 4), st.sampled_from(["float32", "float64", "int16"]))
def test_any_numbers_give_what_brute_force_gives(data, width, dtype):
    finite = {"min_value": -1000, "max_value": 1000}
    if dtype.startswith("float"):
        finite |= {"width": int(dtype[-2:])}
    element = (st.floats if dtype.startswith("float") else st.integers)(**finite)
    queries, references = (
        data.draw(arrays.arrays(dtype, (rows, width), elements=element)) for rows in (3, 25)
    )
    distances, _ = nearest_neighbours(queries, references, neighbours=2)
    np.testing.assert_allclose(
        distances, brute_force(queries, references, 2)[0], rtol=1e-9, atol=1e-150
    )


def test_a_view_and_the_largest_unit_do_no_harm():
    rng = np.random.default_rng(4)
    references = rng.random((60, 20))[:, ::2]
    wide, far = nearest_neighbours(references[::7], references * 2)
    huge, same = nearest_neighbours(references[::7] * 2.0**400, references * 2.0**401)
    np.testing.assert_array_equal(same, far)
    np.testing.assert_allclose(huge / 2.0**400, wide, rtol=1e-12)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="differ in width"):
        nearest_neighbours(np.zeros((2, 3)), np.zeros((2, 4)))
    with pytest.raises(ValueError, match="query features hold NaN"):
        nearest_neighbours([[np.nan]], [[0.0]])
    with pytest.raises(ValueError, match="reference features have too few rows: 3"):
        nearest_neighbours(np.zeros((2, 3)), np.zeros((2, 3)), neighbours=3)
    with pytest.raises(ValueError, match="At least one neighbour"):
        nearest_neighbours(np.zeros((2, 3)), np.zeros((2, 3)), neighbours=0)
