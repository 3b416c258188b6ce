"""How good generated films are, beside how good real ones would be."""

import numpy as np

from emixer_tf.metrics.film_scores import film_quality


def film_comparison(test, others, seed=0):
    """Return the film metrics of several sets of features against the test split's.

    Of all sets as many films are drawn as the smallest has, as every one of the metrics depends on
    their number.

    Args:
        test: `[n, d]`, features of real films that were held out.
        others: Dict from a name to features `[m, d]`.
        seed: Of the draw, and of the subsets of KID.

    Returns:
        Dict from name to a dict as `film_quality` returns it.

    Raises:
        ValueError: As `film_quality`.

    Example:

    >>> test, alike, others = np.random.default_rng(0).normal(size=(3, 1200, 2))
    >>> found = film_comparison(test, {"alike": alike, "others": others[:1100] + 3})
    >>> found["alike"]["generated_count"], found["alike"]["fid"] < found["others"]["fid"]
    (1100, True)
    """
    count = min(map(len, (test, *others.values())))
    return {
        name: film_quality(_drawn(test, count, seed), _drawn(features, count, seed), seed)
        for name, features in others.items()
    }


def _drawn(features, count, seed):
    return features[np.random.default_rng(seed).permutation(len(features))[:count]]
