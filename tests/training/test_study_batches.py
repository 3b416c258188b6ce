from collections import Counter

import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.training.study_batches import batch_order, study_batches


@pytest.mark.parametrize(("count", "batch_size", "updates"), [(6, 2, 9), (7, 3, 7), (3, 5, 6)])
def test_every_study_comes_once_in_a_round(count, batch_size, updates):
    order = batch_order(count, batch_size, updates, seed=0)
    assert order.shape == (updates, batch_size)
    flat = order.ravel()
    whole = len(flat) // count * count
    for places in flat[:whole].reshape(-1, count):
        assert sorted(places.tolist()) == list(range(count))
    assert max(Counter(flat[whole:].tolist()).values(), default=1) == 1


def test_rounds_differ():
    first, second = batch_order(50, 50, 2, seed=0)
    assert (first != second).any()


def test_the_seed_gives_the_order():
    orders = [batch_order(50, 10, 5, seed) for seed in (3, 3, 4)]
    np.testing.assert_array_equal(orders[0], orders[1])
    assert (orders[0] != orders[2]).any()


def test_a_longer_training_begins_as_a_shorter_one():
    np.testing.assert_array_equal(batch_order(7, 3, 4, 0), batch_order(7, 3, 40, 0)[:4])


def test_no_studies_are_a_sentence():
    with pytest.raises(ValueError, match=r"no studies.*Remedy"):
        batch_order(count=0, batch_size=2, updates=3, seed=0)


@pytest.fixture
def films():
    return np.random.default_rng(0).normal(size=(7, 4, 4, 1)).astype("float32")


def test_batches_are_those_of_the_order_with_static_shapes(films):
    def batch_of(places):
        return {"image": films[places]}, places.astype("int32")[:, None]

    stream = study_batches(batch_of, count=7, batch_size=3, updates=5, seed=2)
    assert stream.element_spec == (
        {"image": tf.TensorSpec((3, 4, 4, 1), tf.float32)},
        tf.TensorSpec((3, 1), tf.int32),
    )
    order = batch_order(7, 3, 5, seed=2)
    seen = list(stream)
    assert len(seen) == 5
    for places, (inputs, targets) in zip(order, seen, strict=True):
        np.testing.assert_array_equal(targets[:, 0], places)
        np.testing.assert_array_equal(inputs["image"], films[places])


def test_same_seed_same_batches(films):
    streams = [study_batches(lambda places: films[places], 7, 3, 5, seed) for seed in (1, 1, 2)]
    first, again, other = (np.stack([batch.numpy() for batch in stream]) for stream in streams)
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_stream_can_be_read_again(films):
    stream = study_batches(lambda places: films[places], 7, 3, 2, seed=0)
    first, second = ([batch.numpy() for batch in stream] for _ in range(2))
    np.testing.assert_array_equal(first, second)
