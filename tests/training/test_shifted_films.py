import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.random_stream import RandomStream
from emixer_tf.training.shifted_films import shift_films


def test_films_move_by_up_to_an_eighth_and_their_edges_go_on():
    films = np.random.default_rng(0).uniform(-1, 1, (32, 16, 16, 1)).astype("float32")
    moved = np.array(shift_films(tf.constant(films), RandomStream(0, 0), purpose=5))
    met = set()
    for film, shifted in zip(films, moved, strict=True):
        padded = np.pad(film, ((2, 2), (2, 2), (0, 0)), mode="edge")
        places = [
            (row, column)
            for row in range(5)
            for column in range(5)
            if np.array_equal(padded[row : row + 16, column : column + 16], shifted)
        ]
        assert len(places) == 1
        met.update(places)
    assert len(met) > 12
    assert {row for row, _ in met} == {column for _, column in met} == set(range(5))


def test_gradients_flow_through_the_shift():
    films = tf.constant(np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, 1)))
    with tf.GradientTape() as tape:
        tape.watch(films)
        total = tf.reduce_sum(shift_films(films, RandomStream(0, 1), purpose=0))
    gradient = tape.gradient(total, films)
    assert float(tf.reduce_sum(gradient)) == pytest.approx(films.shape.num_elements())
