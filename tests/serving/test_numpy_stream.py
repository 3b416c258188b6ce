"""A graph draws what NumPy draws."""

import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.serving.numpy_stream import as_doubles, as_floats, random_bits

SEEDS = [0, 1, 7, 2**31 - 1, 2**32 - 1, 2**32, 2**32 + 5, 2**62 + 12345, 2**63 - 1]


@pytest.fixture(scope="module")
def bits():
    draw = tf.function(lambda seeds: random_bits(seeds, 900), autograph=False)
    return draw(tf.constant(SEEDS, tf.int64))


def test_bits_are_those_of_pcg64(bits):
    for row, seed in zip(bits.numpy(), SEEDS, strict=True):
        np.testing.assert_array_equal(row, np.random.PCG64(seed).random_raw(900))


def test_a_negative_seed_counts_as_itself_plus_two_to_the_64th():
    drawn = random_bits(tf.constant([-3], tf.int64), 5).numpy()[0]
    np.testing.assert_array_equal(drawn, np.random.PCG64(2**64 - 3).random_raw(5))


def test_a_seed_is_that_of_the_first_study_of_generate():
    """`generate` draws study i from `[seed, i]`, whose zero makes no difference."""
    drawn = random_bits(tf.constant([11], tf.int64), 5).numpy()[0]
    np.testing.assert_array_equal(drawn, np.random.PCG64([11, 0]).random_raw(5))


def test_doubles_and_floats_are_those_of_a_generator(bits):
    for place, seed in enumerate(SEEDS):
        numpy = np.random.default_rng(seed)
        np.testing.assert_array_equal(as_doubles(bits[:, :120])[place], numpy.random(120))
        np.testing.assert_array_equal(
            as_floats(bits[:, 120:])[place], numpy.random(1560, dtype="float32")
        )
