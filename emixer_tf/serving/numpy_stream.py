"""The numbers of `numpy.random.default_rng(seed)`, in a TensorFlow graph.

A server has no NumPy, and what it makes of a seed has to be what `generate` makes of it.

Reference:
    O'Neill, PCG (HMC-CS-2014-0905), XSL-RR 128/64, and "Developing a seed_seq alternative" (2015),
    as `numpy.random.PCG64` and `numpy.random.SeedSequence` fixed them.
"""

import numpy as np
import tensorflow as tf

_MULTIPLIER = 0x2360ED051FC65DA44385DF649FCCF645
_POOL_HASH, _POOL_HASH_MULTIPLIER = 0x43B0D7E5, 0x931E8875
_STATE_HASH, _STATE_HASH_MULTIPLIER = 0x8B51F9DD, 0x58F38DED
_MIX_LEFT, _MIX_RIGHT = 0xCA01F9DD, 0x4973F715
_POOL = 4


def random_bits(seeds, count):
    """Return the first draws of 64 bits of `numpy.random.default_rng(seed)` for every seed.

    Args:
        seeds: int64 `[n]`; a negative one counts as itself plus 2^64.
        count: Python int, draws a seed.

    Returns:
        uint64 `[n, count]`.

    Example:

    >>> ours = random_bits(tf.constant([7], tf.int64), 3).numpy()[0]
    >>> bool((ours == np.random.PCG64(7).random_raw(3)).all())
    True
    """
    state, increment = _initial_state(tf.cast(seeds, tf.uint64))
    powers, sums = _jumps(count)
    high, low = _add(_multiply(_column(state), powers), _multiply(_column(increment), sums))
    return _rotated_right(high ^ low, _shifted_right(high, 58))


def as_doubles(bits):
    """Return float64 in [0, 1) as `Generator.random` makes them, one of 64 bits.

    Args:
        bits: uint64, any shape.

    Returns:
        float64 of that shape.

    Example:

    >>> as_doubles(tf.constant([2**62, 2**63], tf.uint64)).numpy()
    array([0.25, 0.5 ])
    """
    return tf.cast(_shifted_right(bits, 11), tf.float64) * 2.0**-53


def as_floats(bits):
    """Return float32 in [0, 1) as `Generator.random` makes them, two of 64 bits.

    Args:
        bits: uint64 `[n, count]`.

    Returns:
        float32 `[n, 2 * count]`, the lower half of 64 bits first.

    Example:

    >>> as_floats(tf.constant([[2**63 + 2**30]], tf.uint64)).numpy()
    array([[0.25, 0.5 ]], dtype=float32)
    """
    halves = tf.stack([bits & _uint64(2**32 - 1), _shifted_right(bits, 32)], axis=-1)
    halves = tf.reshape(_shifted_right(halves, 8), (-1, 2 * bits.shape[1]))
    return tf.cast(tf.cast(halves, tf.int64), tf.float32) * 2.0**-24


# === Seeding ===


def _initial_state(seeds):
    """Return state and increment of PCG64 for seeds `[n]`, each `(high, low)` of uint64 `[n]`."""
    words = [tf.cast(word, tf.uint64) for word in _seed_sequence(seeds)]
    high_state, low_state, high_stream, low_stream = (
        words[i] + words[i + 1] * _uint64(2**32) for i in range(0, 8, 2)
    )
    stream = (high_stream, low_stream)
    increment = _add(_add(stream, stream), (_uint64(0), _uint64(1)))
    return _add(increment, (high_state, low_state)), increment


def _seed_sequence(seeds):
    """Return eight words of uint32 `[n]` for seeds, as `numpy.random.SeedSequence` does."""
    entropy = [tf.cast(seeds & _uint64(2**32 - 1), tf.uint32)]
    entropy += [tf.cast(_shifted_right(seeds, 32), tf.uint32)]
    entropy += [tf.zeros_like(entropy[0])] * (_POOL - 2)
    pool_hash = _hashes(_POOL_HASH, _POOL_HASH_MULTIPLIER)
    pool = [_hashed(word, next(pool_hash)) for word in entropy]
    for source in range(_POOL):
        for target in range(_POOL):
            if source != target:
                hashed = _hashed(pool[source], next(pool_hash))
                pool[target] = _mixed(pool[target], hashed)
    state_hash = _hashes(_STATE_HASH, _STATE_HASH_MULTIPLIER)
    return [_hashed(pool[i % _POOL], next(state_hash)) for i in range(8)]


def _hashes(first, multiplier):
    """Yield pairs of constants, each the one before times the multiplier."""
    while True:
        second = first * multiplier % 2**32
        yield first, second
        first = second


def _hashed(word, constants):
    flip, multiplier = constants
    return _folded((word ^ _uint32(flip)) * _uint32(multiplier))


def _mixed(word, other):
    return _folded(word * _uint32(_MIX_LEFT) - other * _uint32(_MIX_RIGHT))


def _folded(word):
    return word ^ tf.bitwise.right_shift(word, _uint32(16))


def _uint32(number):
    return tf.constant(number, tf.uint32)


# === Numbers of 128 bits, as pairs (high, low) of uint64 ===


def _jumps(count):
    """Return what draw k is made of, for k = 1..count, so that all are made at once.

    After k steps the state is `m^k * start + (1 + m + … + m^(k-1)) * increment`, and seeding takes
    a step of its own.
    """
    power, total, powers, sums = _MULTIPLIER, 1, [], []
    for _ in range(count):
        total = (total + power) % 2**128
        power = power * _MULTIPLIER % 2**128
        powers.append(power)
        sums.append(total)
    return _pairs(powers), _pairs(sums)


def _pairs(numbers):
    high = np.array([number >> 64 for number in numbers], "uint64")
    low = np.array([number % 2**64 for number in numbers], "uint64")
    return tf.constant(high), tf.constant(low)


def _column(pair):
    return tuple(part[:, None] for part in pair)


def _add(left, right):
    low = left[1] + right[1]
    carry = tf.cast(low < left[1], tf.uint64)
    return left[0] + right[0] + carry, low


def _multiply(left, right):
    """Return the product modulo 2^128."""
    high = _high_of_product(left[1], right[1])
    return high + left[0] * right[1] + left[1] * right[0], left[1] * right[1]


def _high_of_product(left, right):
    """Return the upper 64 bits of products of 64 bits, by halves of 32."""
    left_high, left_low = _shifted_right(left, 32), left & _uint64(2**32 - 1)
    right_high, right_low = _shifted_right(right, 32), right & _uint64(2**32 - 1)
    lowest, crossed = left_low * right_low, left_high * right_low
    middle = left_low * right_high + _shifted_right(lowest, 32) + (crossed & _uint64(2**32 - 1))
    return left_high * right_high + _shifted_right(crossed, 32) + _shifted_right(middle, 32)


def _rotated_right(bits, places):
    left = tf.bitwise.left_shift(bits, (_uint64(64) - places) & _uint64(63))
    return tf.bitwise.right_shift(bits, places) | left


def _shifted_right(bits, places):
    return tf.bitwise.right_shift(bits, _uint64(places))


def _uint64(number):
    return tf.constant(number, tf.uint64)
