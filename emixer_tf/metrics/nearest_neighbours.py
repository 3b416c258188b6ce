"""Nearest neighbours by Euclidean distance, exact and in bounded memory."""

import numpy as np
from scipy.spatial.distance import cdist

from emixer_tf.metrics.feature_arrays import check_same_width, checked_features

_QUERIES, _REFERENCES = 2048, 8192  # rows a block: 64 MiB of distances
_SPARE = 16
_GROUP = 16  # columns


def nearest_neighbours(queries, references, neighbours=1):
    """Find the nearest references of each query.

    A search in float32 by matrix products finds candidates, which are measured anew in float64 by
    differences, so that a copy is at distance 0. A bound on the search's rounding errors tells
    whether a reference left out could be as near; such a query is compared with all references.

    Args:
        queries: `[n, d]`.
        references: `[m, d]`.
        neighbours: How many to find, at most m.

    Returns:
        `(distances, indices)`: float64 and int64 `[n, neighbours]`, nearest first; of references
        at the same distance the one that stands first comes first.

    Raises:
        ValueError: If the features are no matrices of finite numbers of one width, or there are
            fewer references than neighbours.

    Example:

    >>> nearest_neighbours([[0.0, 0.0]], [[3.0, 4.0], [0.0, 1.0]], neighbours=2)
    (array([[1., 5.]]), array([[1, 0]]))

    Reference:
        Higham, "Accuracy and stability of numerical algorithms", 2002, section 3.1, for the bound.
    """
    if neighbours < 1:
        raise ValueError(
            f"At least one neighbour is to be found. Received: neighbours={neighbours}. Remedy: "
            "ask for 1 or more."
        )
    queries = checked_features(queries, "query", least=1)
    references = checked_features(references, "reference", least=neighbours)
    check_same_width(queries, references)
    search = _Search(queries, references)
    starts = range(0, len(queries), _QUERIES)
    found = [search.nearest(queries[i : i + _QUERIES], neighbours) for i in starts]
    return tuple(np.concatenate(arrays) for arrays in zip(*found, strict=True))


class _Search:
    """References with the origin and unit in which float32 loses least.

    The unit is a power of 2, so that dividing by it is exact.
    """

    def __init__(self, queries, references):
        self.references = references
        self.centre = references.mean(axis=0, dtype=np.float64)
        farthest = max(self._farthest(queries), self._farthest(references))
        self.unit = 2.0 ** np.frexp(farthest)[1]

    def _farthest(self, features):
        above, below = features.max(axis=0) - self.centre, self.centre - features.min(axis=0)
        return max(above.max(), below.max())

    def nearest(self, queries, neighbours):
        rough, candidates, bounds = self._candidates(queries, neighbours + _SPARE)
        distances = np.empty((len(queries), neighbours))
        indices = np.empty((len(queries), neighbours), np.int64)
        for row, query in enumerate(queries):
            places = np.sort(candidates[row])
            distances[row], indices[row] = self._measured(query, places, neighbours)
            left_out = len(places) < len(self.references)
            if left_out and (distances[row, -1] / self.unit) ** 2 >= rough[row] - bounds[row]:
                places = np.arange(len(self.references))
                distances[row], indices[row] = self._measured(query, places, neighbours)
        return distances, indices

    def _measured(self, query, places, neighbours):
        """Return the nearest of the references at ascending places, by differences in float64."""
        query = query[None] / self.unit
        blocks = (places[i : i + _REFERENCES] for i in range(0, len(places), _REFERENCES))
        distances = np.concatenate(
            [cdist(query, self.references[block] / self.unit)[0] for block in blocks]
        )
        nearest = np.argsort(distances, kind="stable")[:neighbours]
        return distances[nearest] * self.unit, places[nearest]

    def _candidates(self, queries, count):
        """Return what the float32 search finds.

        Returns:
            `(rough, candidates, bounds)`: the squared distance that all references left out reach
            by the search `[n]`, places `[n, count]`, and the largest error of the search `[n]`.
        """
        queries = self._centred(queries)
        squares = np.full((len(queries), 0), 0, np.float32)
        places = np.full((len(queries), 0), 0, np.int64)
        largest = 0.0
        for start in range(0, len(self.references), _REFERENCES):
            block = self._centred(self.references[start : start + _REFERENCES])
            norms = np.einsum("ij,ij->i", block, block)
            largest = max(largest, float(norms.max()))
            found = norms - 2 * (queries @ block.T)  # the query's own norm orders nothing
            nearest = _smallest(found, count)
            squares = np.hstack([squares, np.take_along_axis(found, nearest, axis=1)])
            places = np.hstack([places, nearest + start])
            kept = _smallest(squares, count)
            squares = np.take_along_axis(squares, kept, axis=1)
            places = np.take_along_axis(places, kept, axis=1)
        own = np.einsum("ij,ij->i", queries, queries, dtype=np.float64)
        rounding = (queries.shape[1] + 8) * np.finfo(np.float32).eps
        return (
            squares.max(axis=1) + own,
            places,
            rounding * (np.sqrt(own) + np.sqrt(largest)) ** 2,
        )

    def _centred(self, features):
        return ((features - self.centre) / self.unit).astype(np.float32)


def _smallest(values, count):
    """Return the places `[n, at most count]` of the smallest values of each row, in any order.

    They lie in the groups of columns with the smallest minima. To find these takes one pass, and
    only their columns need be sorted out.
    """
    width = values.shape[1]
    groups = width // _GROUP
    if groups <= count:
        return _smallest_of_few(values, count)
    grouped = values[:, : groups * _GROUP].reshape(-1, _GROUP, groups)
    near = _smallest_of_few(grouped.min(axis=1), count)[:, None, :]
    members = near + groups * np.arange(_GROUP)[:, None]
    rest = np.arange(groups * _GROUP, width)
    places = np.hstack([members.reshape(len(values), -1), np.tile(rest, (len(values), 1))])
    kept = _smallest_of_few(np.take_along_axis(values, places, axis=1), count)
    return np.take_along_axis(places, kept, axis=1)


def _smallest_of_few(values, count):
    count = min(count, values.shape[1])
    return np.argpartition(values, count - 1, axis=1)[:, :count]
