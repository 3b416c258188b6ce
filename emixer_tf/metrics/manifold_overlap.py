"""Do generated films look real, and do they show all that real films do?"""

import numpy as np

from emixer_tf.metrics.feature_arrays import check_same_width, checked_features

NEIGHBOURS = 5
_VALUES_AT_A_TIME = 2**23
_ROUNDING = 1e-12


def precision_recall(real, generated, neighbours=NEIGHBOURS):
    """Return improved precision and recall, density and coverage.

    Around each film lies a ball that reaches to its k-th nearest neighbour of its own kind, which
    is counted as inside.

    - precision: share of generated films inside some real film's ball.
    - recall: share of real films inside some generated film's ball.
    - density: number of real balls around a generated film, on average, divided by k. It may exceed
      1, and one real outlier weighs less in it than in precision.
    - coverage: share of real films with a generated film inside their ball.

    All four depend on the number of films: use the same number of both kinds, and compare only
    values of the same numbers. A set against itself has density `1 + 1/k` and the rest 1.

    Args:
        real: `[n, d]`, `n` above `neighbours`.
        generated: `[m, d]`, `m` above `neighbours`.
        neighbours: k; 5 in the reference for density and coverage, 3 in that for precision and
            recall.

    Returns:
        Dict of "precision", "recall", "density" and "coverage", floats.

    Raises:
        ValueError: If one is no finite matrix, has too few rows for k neighbours, the widths
            differ, or k is below 1.

    Example:

    >>> real = np.arange(8.0)[:, None]
    >>> precision_recall(real, real[:4], neighbours=2)
    {'precision': 1.0, 'recall': 0.75, 'density': 1.5, 'coverage': 0.625}

    Reference:
        Kynkäänniemi et al., "Improved precision and recall metric for assessing generative
        models", NeurIPS 2019. Naeem et al., "Reliable fidelity and diversity metrics for
        generative models", ICML 2020.
    """
    if neighbours < 1:
        raise ValueError(
            f"The number of neighbours is 1 or more. Received: neighbours={neighbours}. Remedy: "
            f"leave it at {NEIGHBOURS}."
        )
    real = checked_features(real, "real", least=neighbours + 1)
    generated = checked_features(generated, "generated", least=neighbours + 1)
    check_same_width(real, generated)
    centre = real.mean(axis=0, dtype=np.float64)  # digits are lost far from zero
    return _measure(real - centre, generated - centre, neighbours)


def _measure(real, generated, neighbours):
    real_radii = _squared_radii(real, neighbours)
    generated_radii = _squared_radii(generated, neighbours)
    balls_around = np.zeros(len(generated), np.int64)
    recalled = np.zeros(len(real), bool)
    covered = np.zeros(len(real), bool)
    for rows in _blocks(len(real), len(generated)):
        distances = _least_squared_distances(real[rows], generated)
        inside = distances <= real_radii[rows, None]
        balls_around += inside.sum(axis=0)
        covered[rows] = inside.any(axis=1)
        recalled[rows] = (distances <= generated_radii).any(axis=1)
    return {
        "precision": float((balls_around > 0).mean()),
        "recall": float(recalled.mean()),
        "density": float(balls_around.mean() / neighbours),
        "coverage": float(covered.mean()),
    }


def _squared_radii(features, neighbours):
    """Return `[n]`: each row's squared distance to its k-th nearest other row."""
    radii = np.empty(len(features))
    for rows in _blocks(len(features), len(features)):
        distances = _squared_distances(features[rows], features)
        distances[np.arange(len(distances)), np.arange(len(features))[rows]] = np.inf
        radii[rows] = np.partition(distances, neighbours - 1, axis=1)[:, neighbours - 1]
    return radii


def _squared_distances(a, b, norms_share=1.0):
    """Return `[n, m]`, from the squared norms, of which only a share is counted."""
    distances = a @ b.T
    distances *= -2
    distances += norms_share * np.einsum("ij,ij->i", a, a)[:, None]
    distances += norms_share * np.einsum("ij,ij->i", b, b)
    return distances


def _least_squared_distances(a, b):
    """Return the least that the squared distances may be but for rounding.

    A row on the edge of a ball, as a copy of a k-th neighbour is, then never falls outside by
    rounding.
    """
    return _squared_distances(a, b, norms_share=1 - _ROUNDING)


def _blocks(count, columns):
    """Yield slices of as many rows as may be held at a time."""
    rows = max(1, _VALUES_AT_A_TIME // columns)
    return (slice(start, start + rows) for start in range(0, count, rows))
