"""Do generated studies betray which studies a generator was trained on?"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from emixer_tf.metrics.feature_arrays import checked_features
from emixer_tf.metrics.nearest_neighbours import nearest_neighbours
from emixer_tf.metrics.ranking import auroc


@dataclass(frozen=True)
class Membership:
    """How well an attack tells members from others.

    Args:
        auroc: Probability that a training study lies nearer to the generated set than an unseen
            one; 0.5 betrays nothing.
        interval: Confidence interval of `auroc`. It takes studies as independent: with many
            films of few patients it is too narrow.
        advantage: The largest difference of true and false positive rate at any threshold. It is
            found on the same studies, so it lies above 0 by chance: by about 0.6 times the square
            root of `1 / members + 1 / non_members` where nothing is betrayed.
        members, non_members: How many studies of each were compared.
    """

    auroc: float
    interval: tuple
    advantage: float
    members: int
    non_members: int


def membership_inference(generated, members, non_members, level=0.95):
    """Attack: a study that lies near to a generated one was trained on.

    Args:
        generated: `[n, d]` features of generated studies.
        members: `[m, d]` features of training studies.
        non_members: `[k, d]` features of real studies of the same kind, whose patients are not in
            training. A difference between the two sources would pass for a leak.
        level: Of the interval.

    Returns:
        `Membership`.

    Raises:
        ValueError: If the features are no matrices of finite numbers of one width with at least
            two members and non-members, or the level is not between 0 and 1.

    Example:

    >>> generated = [[0.0], [5.0]]
    >>> attack = membership_inference(generated, [[0.1], [5.2]], [[2.0], [9.0], [5.15]])
    >>> round(attack.auroc, 3), round(attack.advantage, 3)
    (0.833, 0.667)

    Reference:
        Chen et al., "GAN-Leaks: a taxonomy of membership inference attacks against generative
        models", CCS 2020: the attack of those who see generated studies alone.
    """
    if not 0 < level < 1:
        raise ValueError(
            f"The level of an interval lies between 0 and 1. Received: level={level}. Remedy: "
            "pass, for example, 0.95."
        )
    groups = (
        checked_features(members, "member", least=2),
        checked_features(non_members, "non-member", least=2),
    )
    distances = [nearest_neighbours(group, generated)[0][:, 0] for group in groups]
    labels = np.repeat([1, 0], [len(group) for group in distances])
    area = auroc(labels, -np.concatenate(distances))
    return Membership(
        auroc=area,
        interval=newcombe_interval(area, *map(len, distances), level),
        advantage=_advantage(*distances),
        members=len(distances[0]),
        non_members=len(distances[1]),
    )


def newcombe_interval(area, positives, negatives, level=0.95):
    """Return the interval of all areas under the ROC curve that the one found does not contradict.

    It does not shrink to a point where the area found is 0 or 1; near these it is a little wide.

    Args:
        area: The area found.
        positives, negatives: How many of each.
        level: Of the interval.

    Returns:
        `(lower, upper)`.

    Example:

    >>> lower, upper = newcombe_interval(1.0, 10, 10)
    >>> round(lower, 2), upper
    (0.8, 1.0)

    Reference:
        Newcombe, "Confidence intervals for an effect size measure based on the Mann-Whitney
        statistic. Part 2", Statistics in Medicine 2006, method 5: the variance of Hanley and
        McNeil (1982) at the bounds.
    """
    counts = (positives, negatives, norm.ppf((1 + level) / 2))
    return _lower_bound(area, *counts), 1 - _lower_bound(1 - area, *counts)


def _lower_bound(area, positives, negatives, deviations):
    def excess(bound):
        others = (positives + negatives) / 2 - 1
        variance = bound * (1 - bound) / (positives * negatives)
        variance *= 1 + others * ((1 - bound) / (2 - bound) + bound / (1 + bound))
        return area - bound - deviations * np.sqrt(variance)

    return 0.0 if area == 0 else brentq(excess, 0, min(area, 1 - 1e-12))  # 1 solves it idly


def _advantage(members, non_members):
    """Return the largest excess of members among the studies within any distance."""
    thresholds = np.unique(np.concatenate([members, non_members]))
    within = [
        np.searchsorted(np.sort(group), thresholds, "right") / len(group)
        for group in (members, non_members)
    ]
    return float(max(0.0, (within[0] - within[1]).max()))
