"""Whether a film finds its own report among others."""

from numbers import Integral

import numpy as np

from emixer_tf.metrics.derangement import random_derangement
from emixer_tf.metrics.label_arrays import check_same_order, number_array

_TIE = 1e-9  # similarities of equal embeddings differ by rounding
_CELLS = 2**22  # numbers in memory at once, 32 MB


def retrieval(film_embeddings, report_embeddings, candidates=100, seed=0):
    """Return how often a film finds its own report among others by cosine similarity.

    Films and reports must be embedded in one space by what had no part in the generator's
    training: not by its joint discriminator, which it has learnt to please. A classifier's
    probabilities and the labels said will do, both `centred`, so that findings that are common
    to all tell nothing.

    Equally similar reports are in random order: where t others tie with the own report, its
    expected rank, and its chance to be among the first k, are given. An embedding of length 0 is
    as similar to all, so equal reports throughout score as chance.

    Args:
        film_embeddings: `[n, d]`, finite.
        report_embeddings: `[n, d]`, finite: of the same studies in the same order.
        candidates: Reports to rank for a film: its own, and others drawn at random without
            replacement; at most n.
        seed: Of the draws and of the shuffled pairs.

    Returns:
        Dict of `"own"` and `"shuffled"` (each film looks for another film's report: chance), each
        a dict of `"recall_at_1"`, `"recall_at_5"` and `"mean_rank"` (1 is best); and
        `"candidates"`, their number.

    Raises:
        ValueError: For embeddings of different shapes, that are not finite, of fewer than two
            studies, for tables in another order, or for candidates below 2 or above n.

    Example:

    >>> films = centred([[0.9, 0.1], [0.2, 0.9], [0.1, 0.2]])
    >>> retrieval(films, centred([[1, 0], [0, 1], [0, 0]]), candidates=3)["own"]["mean_rank"]
    1.0

    Reference:
        docs/metrics.md, "Is it what was asked?". An own text among 99 others: Xu et al., AttnGAN
        (arXiv:1711.10485), R-precision.
    """
    check_same_order(film_embeddings, report_embeddings, "film and report embeddings")
    films = number_array(film_embeddings, "Film embeddings")
    reports = number_array(report_embeddings, "Report embeddings")
    _check_embeddings(films, reports)
    if not isinstance(candidates, Integral) or not 2 <= candidates <= len(films):
        raise ValueError(
            f"Candidates are from 2 to the number of studies, {len(films)}. Received: "
            f"{candidates}. Remedy: generate more studies, or rank fewer candidates and say so."
        )
    films, reports = _of_length_one(films), _of_length_one(reports)
    shuffled = reports[random_derangement(len(reports), seed)]
    return {
        "own": _retrieved(films, reports, candidates, seed),
        "shuffled": _retrieved(films, shuffled, candidates, seed),
        "candidates": candidates,
    }


def centred(values):
    """Return columns less their mean; a constant column becomes 0 exactly.

    Args:
        values: `[n, d]`.

    Returns:
        float64 `[n, d]`.

    Example:

    >>> centred([[0.1, 1], [0.1, 3]])
    array([[ 0., -1.],
           [ 0.,  1.]])

    Reference:
        docs/metrics.md, "Is it what was asked?".
    """
    values = number_array(values, "Values")
    constant = (values == values[:1]).all(axis=0)
    return np.where(constant, 0.0, values - values.mean(axis=0))


def _check_embeddings(films, reports):
    if films.shape != reports.shape or films.ndim != 2 or not films.size:
        raise ValueError(
            "Films and reports are embedded in one space, [n, d] each. Received: films "
            f"{films.shape}, reports {reports.shape}. Remedy: embed the same studies, by labels of "
            "the same names."
        )
    for what, values in (("film", films), ("report", reports)):
        wrong = ~np.isfinite(values).all(axis=1)
        if wrong.any():
            raise ValueError(
                f"An embedding is of finite numbers. Received: {wrong.sum()} {what} embeddings "
                f"with NaN or infinity, the first in row {wrong.argmax()}. Remedy: leave out "
                "studies that could not be read, and say how many."
            )


def _of_length_one(values):
    largest = abs(values).max(axis=1, keepdims=True)
    values = values / np.where(largest > 0, largest, 1.0)  # squares of huge numbers overflow
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return values / np.where(length > 0, length, 1.0)


def _retrieved(films, reports, candidates, seed):
    better, tied = _competitors(films, reports, candidates, seed)
    return {
        "recall_at_1": float(_chance_among_first(1, better, tied).mean()),
        "recall_at_5": float(_chance_among_first(5, better, tied).mean()),
        "mean_rank": float((1 + better + tied / 2).mean()),
    }


def _chance_among_first(k, better, tied):
    return np.clip((k - better) / (tied + 1), 0.0, 1.0)


def _competitors(films, reports, candidates, seed):
    """Count for each film the other candidates that are more similar than its own report, and as
    similar.

    Args:
        films, reports: float64 `[n, d]`, of length 1 or 0.
        candidates: Int: the own report and others.
        seed: Int.

    Returns:
        Two int64 `[n]`.
    """
    rng = np.random.default_rng(seed)
    n, dimensions = films.shape
    own = np.einsum("nd,nd->n", films, reports)
    rows = max(1, _CELLS // (candidates * dimensions))
    counts = []
    for start in range(0, n, rows):
        block = np.arange(start, min(start + rows, n))
        others = _others(block, n, candidates - 1, rng)
        similar = np.einsum("nd,ncd->nc", films[block], reports[others])
        lead = similar - own[block, None]
        counts.append([(lead > _TIE).sum(axis=1), (abs(lead) <= _TIE).sum(axis=1)])
    return np.concatenate(counts, axis=1)


def _others(block, n, count, rng):
    """Draw `count` of n things for each in a block, without replacement and without itself."""
    drawn = np.stack([rng.choice(n - 1, count, replace=False, shuffle=False) for _ in block])
    return drawn + (drawn >= block[:, None])
