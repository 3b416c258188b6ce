"""Random numbers addressed by seed, step and purpose, so that no state has to be saved."""

import keras
from keras import ops

_GUMBEL_PURPOSE_START = 1 << 20


class _AddressedSeed(keras.random.SeedGenerator):
    """A seed for `keras.random` that is a value instead of a counter.

    `keras.random` takes an int or a `SeedGenerator`; a seed computed in the graph (from the step)
    fits only the latter's interface.
    """

    def __init__(self, value):
        self._value = value

    def next(self, ordered=True):
        return self._value


class RandomStream:
    """Noise for one replica at one training step.

    Every number is a pure function of `(seed, step, purpose, row of the global batch)`: training
    resumed at a step draws what uninterrupted training would have drawn, and a global batch gets
    the same noise on one replica as on several, each of which takes its own rows.

    Args:
        seed: Python int.
        step: Integer, or integer scalar tensor.
        replica_index: Integer (tensor), this replica's place.
        replica_count: Python int, replicas in sync.

    Example:

    >>> stream = RandomStream(seed=0, step=7)
    >>> stream.normal(purpose=0, shape=(2, 3)).shape
    TensorShape([2, 3])
    """

    def __init__(self, seed, step, replica_index=0, replica_count=1):
        self.seed = seed
        self.step = step
        self.replica_index = replica_index
        self.replica_count = replica_count

    def normal(self, purpose, shape):
        """Return standard normal numbers `[rows, ...]` for this replica's rows."""
        seed = self._address(ops.cast(purpose, "int32"))
        return self._own_rows(keras.random.normal(self._global(shape), seed=seed), shape[0])

    def uniform(self, purpose, shape):
        """Return numbers uniform in [0, 1) for this replica's rows."""
        seed = self._address(ops.cast(purpose, "int32"))
        return self._own_rows(keras.random.uniform(self._global(shape), seed=seed), shape[0])

    def gumbel(self, index, shape):
        """Return standard Gumbel numbers for word position `index` and this replica's rows."""
        purpose = _GUMBEL_PURPOSE_START + ops.cast(index, "int32")
        uniform = keras.random.uniform(
            self._global(shape), minval=1e-7, maxval=1.0 - 1e-7, seed=self._address(purpose)
        )
        return -ops.log(-ops.log(self._own_rows(uniform, shape[0])))

    def substream(self, index):
        """Return the stream of the `index`-th update (0..62) within this step."""
        step = ops.cast(self.step, "int32") * 64 + ops.cast(index, "int32") + 1
        return RandomStream(self.seed, step, self.replica_index, self.replica_count)

    def _address(self, purpose):
        # Knuth's multiplicative hash spreads neighbouring purposes; int32 may wrap, which is fine.
        return _AddressedSeed(
            ops.stack([self.seed + purpose * 40_503, ops.cast(self.step, "int32")])
        )

    def _global(self, shape):
        return (shape[0] * self.replica_count, *shape[1:])

    def _own_rows(self, values, rows):
        if self.replica_count == 1:
            return values
        start = ops.cast(self.replica_index * rows, "int32")
        return ops.slice(values, [start] + [0] * (len(values.shape) - 1), [rows, *values.shape[1:]])
