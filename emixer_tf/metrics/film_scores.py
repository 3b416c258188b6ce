"""The numbers that `emixer evaluate` prints about generated films."""

from emixer_tf.metrics.feature_arrays import check_same_width, checked_features
from emixer_tf.metrics.frechet import frechet_distance_of
from emixer_tf.metrics.kernel_discrepancy import kernel_distance
from emixer_tf.metrics.manifold_overlap import NEIGHBOURS, precision_recall


def film_quality(real_features, generated_features, seed=0):
    """Return all film metrics of one set of features against another.

    Args:
        real_features: `[n, d]`, `n` of 6 or more, of one extractor.
        generated_features: `[m, d]`, `m` of 6 or more, of the same extractor.
        seed: Of the subsets of KID.

    Returns:
        Dict of floats "fid", "kid", "kid_sd", "precision", "recall", "density" and "coverage", and
        ints "real_count" and "generated_count". "kid_sd" is NaN where both sets are as small as one
        subset.

    Raises:
        ValueError: If one is no finite matrix of six rows or more, or the widths differ.

    Example:

    >>> import numpy as np
    >>> features = np.random.default_rng(0).normal(size=(2000, 2))
    >>> quality = film_quality(features[::2], features[1::2])
    >>> [name for name, value in quality.items() if abs(value - 1) < 0.1]
    ['precision', 'recall', 'density', 'coverage']

    Reference:
        docs/metrics.md, "Films"; for each measure `frechet_distance_of`, `kernel_distance` and
        `precision_recall` name theirs.
    """
    real = checked_features(real_features, "real", least=NEIGHBOURS + 1)
    generated = checked_features(generated_features, "generated", least=NEIGHBOURS + 1)
    check_same_width(real, generated)
    kernel = kernel_distance(real, generated, seed=seed)
    return {
        "fid": frechet_distance_of(real, generated),
        "kid": kernel["mean"],
        "kid_sd": kernel["sd"],
        **precision_recall(real, generated),
        "real_count": len(real),
        "generated_count": len(generated),
    }
