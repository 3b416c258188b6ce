"""Whether one method beats another over the same seeds."""

from collections.abc import Mapping
from itertools import product

import numpy as np
from scipy.special import stdtr

from emixer_tf.metrics.label_arrays import number_array

_MOST_ENUMERATED = 16  # 65,536 ways to set the signs


def paired_difference(scores, reference_scores):
    """Compare two methods that ran with the same seeds.

    `"p_value"` is that of the paired t-test, two-sided. `"sign_flip_p_value"` supposes nothing of
    the differences but that under no effect their signs are chance: it is the share of all ways
    to set the signs that give a mean as far from 0. With n seeds it cannot be below 2 / 2**n, so
    five seeds or fewer never reach 0.05; read it beside the other.

    Args:
        scores: Dict from seed to the method's score.
        reference_scores: Dict from the same seeds to the other method's score.

    Returns:
        Dict of `"mean_difference"` (scores minus reference), `"sd"` of the differences (ddof 1),
        `"n"`, `"p_value"`, `"sign_flip_p_value"` (NaN for more than 16 seeds) and `"notes"`, a
        list of sentences on what is undefined and therefore NaN.

    Raises:
        ValueError: If something is no dict, the seeds differ, there are none, or a score is
            infinite or no number.

    Example:

    >>> found = paired_difference({0: 0.82, 1: 0.85, 2: 0.84}, {0: 0.80, 1: 0.82, 2: 0.83})
    >>> {key: round(found[key], 3) for key in ("mean_difference", "p_value", "sign_flip_p_value")}
    {'mean_difference': 0.02, 'p_value': 0.074, 'sign_flip_p_value': 0.25}

    Reference:
        Student, "The probable error of a mean", Biometrika 1908. Signs that are chance: Fisher,
        "The design of experiments", 1935.
    """
    own, other = _joined(scores, reference_scores)
    differences = own - other
    n = len(differences)
    found = {
        "mean_difference": float(differences.mean()),
        "sd": float("nan"),
        "n": n,
        "p_value": float("nan"),
        "sign_flip_p_value": float("nan"),
        "notes": [],
    }
    if np.isnan(differences).any():
        seeds = [str(seed) for seed, gap in zip(scores, differences, strict=True) if np.isnan(gap)]
        found["notes"].append(f"A score is undefined with seed {', '.join(seeds)}, so all is.")
        return found
    if n < 2:
        found["notes"].append("One seed tells nothing of the spread: run more seeds.")
        return found
    found["sd"] = float(differences.std(ddof=1))
    rounding = 1e-12 * max(abs(own).max(), abs(other).max())
    if found["sd"] <= rounding:
        found["notes"].append("All differences are equal, so there is no t-test.")
    else:
        t = found["mean_difference"] / (found["sd"] / np.sqrt(n))
        found["p_value"] = float(2 * stdtr(n - 1, -abs(t)))
    if n > _MOST_ENUMERATED:
        found["notes"].append(f"Signs are not flipped for more than {_MOST_ENUMERATED} seeds.")
    else:
        found["sign_flip_p_value"] = sign_flip_p_value(differences, rounding)
    return found


def sign_flip_p_value(differences, rounding=0.0):
    """Return the share of all ways to set the signs that give a sum as far from 0.

    Args:
        differences: `[n]`, for n of 16 at most.
        rounding: Sums that differ by no more than `n * rounding` are as far.

    Returns:
        float, from `2 / 2**n` to 1.

    Example:

    >>> sign_flip_p_value([1.0, 2.0, 3.0])
    0.25
    """
    differences = np.asarray(differences, float)
    signs = np.array(list(product((-1.0, 1.0), repeat=len(differences))))
    slack = len(differences) * rounding
    return float((abs(signs @ differences) >= abs(differences.sum()) - slack).mean())


def _joined(scores, reference_scores):
    for given in (scores, reference_scores):
        if not isinstance(given, Mapping):
            raise ValueError(
                f"Scores are a dict from seed to score. Received: {type(given).__name__}. Remedy: "
                "dict(zip(seeds, scores)), so that the runs of one seed are paired."
            )
    if not scores or set(scores) != set(reference_scores):
        raise ValueError(
            "Both methods have a score for each of the same seeds, one at least. Received: "
            f"seeds {_listed(scores)} and {_listed(reference_scores)}. Remedy: run what is "
            "missing, or leave out what the other lacks."
        )
    own = number_array(list(scores.values()), "Scores")
    other = number_array([reference_scores[seed] for seed in scores], "Scores")
    if own.ndim != 1 or other.ndim != 1 or np.isinf(own).any() or np.isinf(other).any():
        raise ValueError(
            f"A score is a number, and not infinite. Received: {own.tolist()} and "
            f"{other.tolist()}. Remedy: give one finite number for each seed."
        )
    return own, other


def _listed(scores):
    return ", ".join(map(str, scores)) or "(none)"
