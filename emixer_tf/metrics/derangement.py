"""Pairs shuffled so that none stays together, to compare true pairs with."""

import numpy as np


def random_derangement(n, seed):
    """Return a permutation that leaves nothing in its place, drawn at random.

    Args:
        n: Number of things, 2 at least.
        seed: Int.

    Returns:
        int64 `[n]`.

    Raises:
        ValueError: For fewer than two things.

    Example:

    >>> random_derangement(2, seed=0)
    array([1, 0])
    """
    if n < 2:
        raise ValueError(
            f"There is no other pair to compare with. Received: {n} study. Remedy: give two "
            "studies at least, better hundreds."
        )
    order = np.random.default_rng(seed).permutation(n)
    other = np.empty(n, np.int64)
    other[order] = np.roll(order, 1)
    return other
