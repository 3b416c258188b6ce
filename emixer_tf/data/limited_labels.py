"""Withholding labels: what a method can do with few of them."""

import numpy as np


def keep_labels(labels, share, seed):
    """Choose the studies that keep their labels.

    The choice is nested (what keeps its labels at 30 % keeps them at 50 %) and stratified: each
    distinct row of labels keeps about the same share.

    Args:
        labels: `[studies, label_count]`.
        share: Share of studies that keep their labels, above 0 and at most 1.
        seed: Of the choice.

    Returns:
        bool `[studies]`.

    Raises:
        ValueError: If the share is not above 0 and at most 1.

    Example:

    >>> int(keep_labels([[0, 1], [0, 1], [1, 0], [1, 0]], share=0.5, seed=0).sum())
    2
    """
    if not 0 < share <= 1:
        raise ValueError(
            f"The share of labelled studies is above 0 and at most 1. Received: {share}"
        )
    labels = np.asarray(labels)
    random = np.random.default_rng(seed)
    order = random.permutation(len(labels))
    _, strata = np.unique(labels[order], axis=0, return_inverse=True)
    strata = strata.reshape(-1)  # NumPy 2.0 keeps the axis
    grouped = np.argsort(strata, kind="stable")
    sizes = np.bincount(strata)
    starts = np.cumsum(sizes) - sizes
    places = np.empty(len(labels))
    places[grouped] = np.arange(len(labels)) - np.repeat(starts, sizes)  # within the stratum
    turns = (places + random.random(len(sizes))[strata]) / sizes[strata]  # spread over 0 to 1
    kept = np.zeros(len(labels), bool)
    kept[order[np.argsort(turns, kind="stable")[: max(1, round(share * len(labels)))]]] = True
    return kept
