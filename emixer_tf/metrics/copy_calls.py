"""Which generated studies are called copies of a training one?"""

import warnings
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class CopyCalls:
    """Generated and held-out studies beside their nearest training studies.

    Args:
        nearest: int64 `[n]`: the training study nearest to each generated one.
        distances: float64 `[n]`: how far it is.
        held_out_nearest: int64 `[m]`: the same of held-out real studies.
        held_out_distances: float64 `[m]`.
        threshold: The distance below which a study is called a copy; NaN where held-out studies
            are copies themselves.
    """

    nearest: np.ndarray
    distances: np.ndarray
    held_out_nearest: np.ndarray
    held_out_distances: np.ndarray
    threshold: float

    @property
    def copies(self):
        """Which generated studies are called copies, bool `[n]`; none without a threshold."""
        return self.distances < self.threshold

    @property
    def rate(self):
        """Share of the generated studies called copies; NaN where the threshold is."""
        return self._share_below(self.distances)

    @property
    def held_out_rate(self):
        """Share of the held-out studies that the same threshold calls copies."""
        return self._share_below(self.held_out_distances)

    def _share_below(self, distances):
        known = not np.isnan(self.threshold)
        return float((distances < self.threshold).mean()) if known else float("nan")


def called_copies(generated, held_out, share=0.01):
    """Call copies what is nearer to a training study than real unseen studies are.

    The threshold is the k-th smallest distance of the m held-out studies, k = `share` * (m + 1)
    rounded down, so that of other unseen studies a share of k / (m + 1) is called on average.
    Where k would be 0 it is 1: below `1 / share` - 1 held-out studies more are called than asked.

    Args:
        generated: `(distances [n], indices [n])` of the nearest training study of each generated.
        held_out: `(distances [m], indices [m])` of each held-out real study.
        share: Of the held-out studies that may be called copies, from 0 to below 1.

    Returns:
        `CopyCalls`.

    Raises:
        ValueError: If a side is empty, a distance is NaN or negative, or the share out of range.

    Reference:
        Bates et al., "Testing for outliers with conformal p-values", Annals of Statistics 2023.

    Example:

    >>> calls = called_copies(([0.1, 0.7], [3, 0]), ([0.5, 0.6, 0.9], [1, 3, 2]))
    >>> calls.copies, calls.threshold
    (array([ True, False]), 0.5)
    """
    if not 0 <= share < 1:
        raise ValueError(
            "The share of held-out studies that may be called copies is at least 0 and below 1. "
            f"Received: share={share}. Remedy: pass, for example, 0.01."
        )
    distances = _checked_distances(generated[0], "generated")
    unseen = _checked_distances(held_out[0], "held-out")
    rank = max(1, int(share * (len(unseen) + 1) + 1e-9))  # 0.29 * 100 is a little below 29
    threshold = float(np.sort(unseen)[rank - 1])
    if threshold == 0:
        warnings.warn(
            f"No threshold tells copies: {(unseen == 0).sum()} of {len(unseen)} held-out studies "
            "are equal to a training study. Remedy: leave out duplicates, or split by patient.",
            stacklevel=2,
        )
        threshold = float("nan")
    return CopyCalls(
        nearest=np.asarray(generated[1]),
        distances=distances,
        held_out_nearest=np.asarray(held_out[1]),
        held_out_distances=unseen,
        threshold=threshold,
    )


def _checked_distances(distances, name):
    distances = np.asarray(distances, float)
    if distances.ndim != 1 or not distances.size or not (distances >= 0).all():
        raise ValueError(
            f"The {name} distances are one number of at least 0 a study. Received: "
            f"{distances.shape} with {np.isnan(distances).sum()} NaN. Remedy: pass what a search "
            "for nearest training studies returns."
        )
    return distances
