"""Mean and covariance of features that arrive in batches."""

import numpy as np

from emixer_tf.metrics.feature_arrays import check_same_width, checked_features

_ROWS = 4096


class FeatureStatistics:
    """Mean and covariance of features, batch by batch, without keeping them.

    Everything is summed in float64 and about the mean, so that features far from zero lose no
    digits. Statistics of parts, made by several processes say, merge into those of the whole.

    Attributes:
        count: Rows seen.

    Example:

    >>> statistics = FeatureStatistics()
    >>> statistics.update([[1.0, 0.0], [2.0, 0.0]])
    >>> statistics.update([[3.0, 3.0]])
    >>> statistics.mean
    array([2., 1.])
    >>> statistics.covariance
    array([[1. , 1.5],
           [1.5, 3. ]])

    Reference:
        Chan, Golub and LeVeque, "Algorithms for computing the sample variance", The American
        Statistician 37(3), 1983.
    """

    def __init__(self):
        self.count = 0
        self._mean = None
        self._scatter = None

    def update(self, features):
        """Add a batch.

        Args:
            features: `[n, d]`, `n` of 1 or more.

        Raises:
            ValueError: If the features are no finite matrix, or of another width than before.
        """
        features = checked_features(features, "given", least=1)
        for start in range(0, len(features), _ROWS):
            rows = features[start : start + _ROWS].astype(np.float64)
            mean = rows.mean(axis=0)
            rows -= mean
            self._add(len(rows), mean, rows.T @ rows)

    def merge(self, other):
        """Add what another object has seen.

        Args:
            other: `FeatureStatistics`, which stays as it is.

        Raises:
            ValueError: If the other has seen features of another width.
        """
        if other.count:
            self._add(other.count, other._mean, other._scatter)

    @property
    def mean(self):
        """float64 `[d]`.

        Raises:
            ValueError: If no row was seen.
        """
        self._require(1, "mean")
        return self._mean.copy()

    @property
    def covariance(self):
        """float64 `[d, d]`, of the sample: divided by one less than the count.

        Raises:
            ValueError: If fewer than two rows were seen.
        """
        self._require(2, "covariance")
        return self._scatter / (self.count - 1)

    def _add(self, count, mean, scatter):
        if not self.count:
            self.count, self._mean, self._scatter = count, mean.copy(), scatter.copy()
            return
        check_same_width(self._mean[None], mean[None])
        total = self.count + count
        shift = mean - self._mean
        self._scatter += scatter + np.outer(shift, shift) * (self.count * count / total)
        self._mean += shift * (count / total)
        self.count = total

    def _require(self, least, name):
        if self.count < least:
            raise ValueError(
                f"A {name} needs {least} or more rows of features. Received: {self.count}. "
                "Remedy: update the statistics with the features of more films."
            )
