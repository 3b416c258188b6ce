"""The kernel distance between two sets of films, known as KID."""

import warnings

import numpy as np

from emixer_tf.metrics.feature_arrays import check_same_width, checked_features


def kernel_distance(real, generated, subsets=100, subset_size=1000, seed=0):
    """Return the kernel inception distance, KID, and its spread over random subsets.

    It is the squared maximum mean discrepancy under the kernel `(x · y / d + 1)^3`, in the unbiased
    form: of two sets of one distribution it is 0 on average, whatever their size, and so may be
    slightly negative. Each subset is drawn without replacement from both sets.

    A subset larger than the smaller set is reduced to that, with a warning. If that takes the whole
    of both sets, there is one estimate, and the standard deviation is NaN.

    Args:
        real: `[n, d]`, `n` of 2 or more.
        generated: `[m, d]`, `m` of 2 or more.
        subsets: Number of subsets.
        subset_size: Rows that a subset takes from each set.
        seed: Of the subsets.

    Returns:
        Dict of "mean" and "sd", floats: over the subsets; the sd is that of a sample.

    Raises:
        ValueError: If one is no finite matrix of two rows or more, the widths differ, there is no
            subset or fewer than two rows in each.

    Example:

    >>> features = np.random.default_rng(0).normal(size=(200, 8))
    >>> near = kernel_distance(features[:100], features[100:], subset_size=50)["mean"]
    >>> far = kernel_distance(features[:100], features[100:] + 1, subset_size=50)["mean"]
    >>> bool(abs(near) < 0.1 < 1 < far)
    True

    Reference:
        Bińkowski et al., "Demystifying MMD GANs", ICLR 2018.
    """
    real = checked_features(real, "real")
    generated = checked_features(generated, "generated")
    check_same_width(real, generated)
    if subsets < 1 or subset_size < 2:
        raise ValueError(
            "KID needs one subset or more, of two rows or more. Received: "
            f"subsets={subsets}, subset_size={subset_size}. Remedy: leave both at their defaults."
        )
    subset_size = _size_at_hand(subset_size, len(real), len(generated))
    if subset_size == len(real) == len(generated):
        return {"mean": squared_mean_discrepancy(real, generated), "sd": float("nan")}
    random = np.random.default_rng(seed)
    estimates = [
        squared_mean_discrepancy(
            real[random.choice(len(real), subset_size, replace=False)],
            generated[random.choice(len(generated), subset_size, replace=False)],
        )
        for _ in range(subsets)
    ]
    sd = float(np.std(estimates, ddof=1)) if subsets > 1 else float("nan")
    return {"mean": float(np.mean(estimates)), "sd": sd}


def squared_mean_discrepancy(x, y):
    """Return the unbiased squared maximum mean discrepancy under the kernel `(x · y / d + 1)^3`.

    Args:
        x: `[n, d]`, `n` of 2 or more.
        y: `[m, d]`, `m` of 2 or more.

    Returns:
        float, which may be below 0.

    Example:

    >>> squared_mean_discrepancy(np.zeros((2, 1)), np.ones((2, 1)))  # 1 + 8 - 2 * 1
    7.0

    Reference:
        Gretton et al., "A kernel two-sample test", JMLR 13, 2012, equation 3.
    """
    x, y = x.astype(np.float64), y.astype(np.float64)
    between = _cubic_kernel(x, y).mean()
    return float(_mean_of_pairs(x) + _mean_of_pairs(y) - 2 * between)


def _mean_of_pairs(x):
    """Return the mean kernel over the pairs of different rows."""
    kernel = _cubic_kernel(x, x)
    return (kernel.sum() - np.trace(kernel)) / (len(x) * (len(x) - 1))


def _cubic_kernel(x, y):
    base = x @ y.T
    base /= x.shape[1]
    base += 1
    cube = base * base
    cube *= base
    return cube


def _size_at_hand(subset_size, real_count, generated_count):
    smaller = min(real_count, generated_count)
    if subset_size <= smaller:
        return subset_size
    warnings.warn(
        f"KID with subsets of {subset_size} rows needs as many of each kind. Received: "
        f"{real_count} real and {generated_count} generated rows; subsets of {smaller} are taken, "
        "whose spread says little about the error. Remedy: pass a subset_size well below "
        f"{smaller}, or more films.",
        stacklevel=3,
    )
    return smaller
