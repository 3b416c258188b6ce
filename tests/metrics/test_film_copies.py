import numpy as np
import pytest

from emixer_tf.metrics.film_copies import copied_features, copied_films
from emixer_tf.metrics.shifted_pixels import nearest_films


def test_features_are_called_by_the_distance_that_held_out_films_keep():
    training = np.array([[0.0, 0.0], [10.0, 0.0]])
    held_out = np.array([[0.0, 3.0], [10.0, 2.0]])
    generated = np.array([[0.0, 1.0], [10.0, -2.0], [5.0, 0.0]])
    calls = copied_features(generated, training, held_out)
    assert calls.threshold == 2
    assert calls.nearest.tolist() == [0, 1, 0]
    assert calls.distances.tolist() == [1, 2, 5]
    assert calls.copies.tolist() == [True, False, False]
    assert calls.held_out_nearest.tolist() == [0, 1]


def test_pixels_are_called_by_the_distance_that_held_out_films_keep():
    films = np.random.default_rng(0).integers(0, 256, (30, 32, 32, 1), "uint8")
    generated, training, held_out = films[[3, 25, 7]], films[:10], films[10:20]
    calls = copied_films(generated, training, held_out)
    assert calls.threshold == nearest_films(held_out, training)[0].min()
    assert calls.copies[[0, 2]].all()
    assert calls.nearest[[0, 2]].tolist() == [3, 7]


def test_features_of_two_extractors_are_refused():
    with pytest.raises(ValueError, match="differ in width"):
        copied_features(np.zeros((2, 3)), np.zeros((2, 4)), np.zeros((2, 4)))
