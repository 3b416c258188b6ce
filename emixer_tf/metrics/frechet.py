"""The Fréchet distance between two sets of films, known as FID."""

import warnings

import numpy as np

from emixer_tf.metrics.feature_arrays import check_same_width, checked_features
from emixer_tf.metrics.feature_statistics import FeatureStatistics
from emixer_tf.metrics.label_arrays import number_array

_NEGATIVE_BY_ROUNDING = 1e-3
_ASYMMETRIC_BY_ROUNDING = 1e-5


def frechet_distance(mu1, sigma1, mu2, sigma2):
    """Return the squared Fréchet distance between two Gaussians.

    It is `|mu1 - mu2|^2 + Tr(sigma1 + sigma2 - 2 (sigma1 sigma2)^(1/2))`. The trace of the root is
    computed as the sum of the singular values of `sigma1^(1/2) sigma2^(1/2)`, which are the roots
    of the eigenvalues of `sigma1^(1/2) sigma2 sigma1^(1/2)`. It is therefore always real, also
    where a covariance is singular, needs no matrix root, and is more exact than those eigenvalues.

    Args:
        mu1: `[d]`, mean.
        sigma1: `[d, d]`, covariance.
        mu2: `[d]`, mean.
        sigma2: `[d, d]`, covariance.

    Returns:
        float of 0 or more.

    Raises:
        ValueError: If the shapes do not fit, a value is NaN or infinite, or a covariance is not
            symmetric or has an eigenvalue clearly below 0.

    Example:

    >>> frechet_distance([0.0, 0.0], np.eye(2), [3.0, 4.0], 4 * np.eye(2))
    27.0

    Reference:
        Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
        equilibrium", NeurIPS 2017.
    """
    mu1, sigma1 = _checked_gaussian(mu1, sigma1, "1")
    mu2, sigma2 = _checked_gaussian(mu2, sigma2, "2")
    check_same_width(sigma1, sigma2)
    return _distance(mu1, _root(sigma1, "sigma1"), mu2, _root(sigma2, "sigma2"))


def frechet_distance_of(real_features, generated_features):
    """Return the Fréchet distance between the Gaussians fitted to two sets of features (FID).

    Values of different extractors say nothing about each other, nor do those of different numbers
    of films: the fewer films, the larger the value, most of all for fewer than twice the number of
    features.

    Args:
        real_features: `[n, d]`, `n` of 2 or more.
        generated_features: `[m, d]`, `m` of 2 or more.

    Returns:
        float of 0 or more.

    Raises:
        ValueError: If one is no finite matrix of two rows or more, or the widths differ.

    Example:

    >>> features = np.random.default_rng(0).normal(size=(100, 2))
    >>> round(frechet_distance_of(features, features + [3.0, 4.0]), 6)
    25.0

    Reference:
        Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
        equilibrium", NeurIPS 2017. On few films: Chong and Forsyth, "Effectively unbiased FID and
        Inception Score and where to find them", CVPR 2020.
    """
    real = checked_features(real_features, "real")
    generated = checked_features(generated_features, "generated")
    check_same_width(real, generated)
    _warn_if_few(min(len(real), len(generated)), real.shape[1])
    return _distance(*_mean_and_root(real), *_mean_and_root(generated))


def _distance(mu1, root1, mu2, root2):
    """Return the distance, given covariances as `root.T @ root`. The roots are `[any, d]`."""
    shift = mu1 - mu2
    spreads = np.sum(root1**2) + np.sum(root2**2)
    shared = np.linalg.norm(root1 @ root2.T, "nuc")
    return max(float(shift @ shift + spreads - 2 * shared), 0.0)


def _mean_and_root(features):
    """Return `[d]` and `[min(n, d), d]`: with few rows, the centred rows are themselves a root."""
    count, width = features.shape
    if count < width:
        features = features.astype(np.float64)
        mean = features.mean(axis=0)
        return mean, (features - mean) / np.sqrt(count - 1)
    statistics = FeatureStatistics()
    statistics.update(features)
    return statistics.mean, _root(statistics.covariance, "covariance")


def _root(sigma, name):
    """Return `[d, d]` whose product `root.T @ root` is the covariance."""
    variances, directions = np.linalg.eigh(sigma)
    largest = variances[-1]
    if variances[0] < -_NEGATIVE_BY_ROUNDING * abs(largest):
        raise ValueError(
            "A covariance has no negative eigenvalue. Received: "
            f"{name} with eigenvalues from {variances[0]:.3g} to {largest:.3g}. Remedy: use the "
            "covariance of FeatureStatistics."
        )
    rounding = len(sigma) * np.finfo(np.float64).eps * largest
    variances = np.where(variances > rounding, variances, 0.0)
    return np.sqrt(variances)[:, None] * directions.T


def _checked_gaussian(mu, sigma, number):
    mu = np.atleast_1d(number_array(mu, f"Values of mu{number}"))
    # np.cov of one column has no axis
    sigma = np.atleast_2d(number_array(sigma, f"Values of sigma{number}"))
    if mu.ndim != 1 or not mu.size or sigma.shape != (mu.size, mu.size):
        raise ValueError(
            f"mu{number} is a vector [d] and sigma{number} a matrix [d, d]. Received: shapes "
            f"{mu.shape} and {sigma.shape}. Remedy: use the mean and covariance of "
            "FeatureStatistics."
        )
    if not (np.isfinite(mu).all() and np.isfinite(sigma).all()):
        raise ValueError(
            f"mu{number} and sigma{number} must be finite. Received: NaN or infinity. Remedy: find "
            "the films whose features are not finite, and leave them out."
        )
    if not np.allclose(sigma, sigma.T, rtol=0, atol=_ASYMMETRIC_BY_ROUNDING * np.abs(sigma).max()):
        raise ValueError(
            f"A covariance is symmetric. Received: sigma{number} that differs from its transpose "
            f"by up to {np.abs(sigma - sigma.T).max():.3g}. Remedy: use the covariance of "
            "FeatureStatistics."
        )
    return mu, sigma


def _warn_if_few(count, width):
    if count < 2 * width:
        warnings.warn(
            f"FID of {count} films with {width} features is far too high: it needs {2 * width} "
            "films or more, twice the number of features. Remedy: use more films, compare only "
            "values of the same number of films, or use KID (kernel_distance), which has no such "
            "bias.",
            stacklevel=3,
        )
