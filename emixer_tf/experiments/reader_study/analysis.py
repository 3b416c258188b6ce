"""What ratings say: of real and synthetic studies, of the raters, and of their guesses."""

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import stats

from emixer_tf.experiments.noted import noted
from emixer_tf.experiments.reader_study.key import REAL, SYNTHETIC
from emixer_tf.experiments.reader_study.ratings import HIGHEST, LOWEST
from emixer_tf.experiments.results import mean_and_sd
from emixer_tf.metrics.ratings import cohen_kappa, intraclass_correlation

WEIGHTS = {"unweighted": None, "linear": "linear", "quadratic": "quadratic"}
TOGETHER = "all raters"
_RESAMPLES = 10_000


@dataclass(frozen=True)
class Comparison:
    """Ratings of real against those of synthetic items.

    Args:
        who: A rater's name, or `TOGETHER`.
        real, synthetic: `(mean, sd)` over all ratings, sd with `ddof=1`.
        difference: Real minus synthetic mean.
        interval: Its 95 % bootstrap interval over items; raters stay the same.
        p: Two-sided, of the Mann-Whitney test over items (over the items' means for all raters);
            NaN if all are alike.
        real_above: Share of pairs of a real and a synthetic item in which the real one is rated
            higher, ties counting half.
    """

    who: str
    real: tuple
    synthetic: tuple
    difference: float
    interval: tuple
    p: float
    real_above: float


@dataclass(frozen=True)
class Agreement:
    """How far two raters agree.

    Args:
        raters: Their names.
        kappas: Cohen's kappa by its weighting, a key of `WEIGHTS`.
    """

    raters: tuple
    kappas: dict


@dataclass(frozen=True)
class Guessing:
    """How well a rater told real from synthetic.

    Args:
        rater: Name.
        guessed: Items with a guess.
        right: Share of right guesses; NaN without guesses.
        interval: Its 95 % Wilson interval.
        right_of_real, right_of_synthetic: Share of right guesses among either.
        p: Of Fisher's exact test of guess against truth, which neither a preference for one answer
            nor unequal numbers of both kinds can mislead; NaN without guesses of both kinds.
    """

    rater: str
    guessed: int
    right: float
    interval: tuple
    right_of_real: float
    right_of_synthetic: float
    p: float


@dataclass(frozen=True)
class ReaderStudy:
    """The analysis of a reader study.

    Args:
        counts: Number of real and of synthetic items.
        comparisons: List of `Comparison`: each rater, then `TOGETHER`.
        agreements: List of `Agreement`: each pair of raters.
        icc: Intraclass correlation of all raters, ICC(2, 1).
        guessing: List of `Guessing`, of raters who guessed.
        notes: Sentences on what is undefined.
    """

    counts: tuple
    comparisons: list
    agreements: list
    icc: float
    guessing: list
    notes: list


def analyse(key, ratings, seed=0):
    """Analyse the ratings of a reader study.

    Args:
        key: Dict of item name to "real" or "synthetic", as `read_key` returns it.
        ratings: List of `Ratings` of these items in this order.
        seed: Of the bootstrap.

    Returns:
        `ReaderStudy`.

    Raises:
        ValueError: If there are no ratings, or they are not as many as the items.
    """
    _check_sizes(key, ratings)
    real = np.array([kind == REAL for kind in key.values()])
    quality = np.stack([rating.quality for rating in ratings], axis=1)
    comparisons = [
        compare(rating.rater, quality[:, [place]], real, seed)
        for place, rating in enumerate(ratings)
    ]
    comparisons.append(compare(TOGETHER, quality, real, seed))
    notes = [] if len(ratings) > 1 else ["One rater: there is no agreement to measure."]
    with noted(notes):
        agreements = [agreement(*pair) for pair in combinations(ratings, 2)]
        icc = intraclass_correlation(quality) if len(ratings) > 1 else math.nan
    if any(np.ptp(rating.quality) == 0 for rating in ratings):
        notes.append("A rater gave one and the same rating throughout.")
    if min(real.sum(), (~real).sum()) < 2:
        notes.append("A kind with one item has no spread, and no interval is worth reading.")
    guessing = [guesses(rating, key) for rating in ratings if any(rating.guesses)]
    counts = (int(real.sum()), int((~real).sum()))
    return ReaderStudy(counts, comparisons, agreements, icc, guessing, notes)


def _check_sizes(key, ratings):
    wrong = [rating.rater for rating in ratings if len(rating.quality) != len(key)]
    if not ratings or wrong:
        raise ValueError(
            f"Each of the {len(key)} items needs a rating of each rater. Received: "
            + (f"another number by {', '.join(wrong)}" if wrong else "no raters")
            + ". Remedy: read the sheets with read_ratings and the key of this study."
        )


def compare(who, quality, real, seed):
    """Compare ratings of real and synthetic items.

    Args:
        who: Name.
        quality: int `[items, raters]`.
        real: bool `[items]`, both kinds among them.
        seed: Of the bootstrap.

    Returns:
        `Comparison`.

    Example:

    >>> quality = np.array([[9], [8], [7], [5], [6], [4]])
    >>> result = compare("A", quality, np.array([True, True, True, False, False, False]), seed=0)
    >>> result.difference, result.real_above, round(result.p, 3)
    (3.0, 1.0, 0.1)
    """
    of_items = quality.mean(axis=1)
    ours, theirs = of_items[real], of_items[~real]
    return Comparison(
        who,
        mean_and_sd(quality[real].ravel()),
        mean_and_sd(quality[~real].ravel()),
        float(ours.mean() - theirs.mean()),
        bootstrap_interval(ours, theirs, seed),
        *_mann_whitney(ours, theirs),
    )


def bootstrap_interval(a, b, seed, resamples=_RESAMPLES):
    """Return the 95 % percentile bootstrap interval of the difference of two means.

    Args:
        a, b: float `[n]` and `[m]`, drawn anew with replacement each on its own.
        seed: Of the draws.
        resamples: Number of draws.

    Returns:
        `(low, high)`.
    """
    random = np.random.default_rng(seed)
    means = [
        values[random.integers(0, len(values), (resamples, len(values)))].mean(axis=1)
        for values in (np.asarray(a), np.asarray(b))
    ]
    low, high = np.quantile(means[0] - means[1], [0.025, 0.975])
    return float(low), float(high)


def _mann_whitney(a, b):
    if np.ptp(np.concatenate([a, b])) == 0:
        return math.nan, 0.5
    result = stats.mannwhitneyu(a, b, alternative="two-sided")
    return float(result.pvalue), float(result.statistic) / (len(a) * len(b))


def agreement(a, b):
    """Return the `Agreement` of two `Ratings`."""
    scale = (LOWEST, HIGHEST)
    kappas = {
        name: cohen_kappa(a.quality, b.quality, weights=weights, scale=scale)
        for name, weights in WEIGHTS.items()
    }
    return Agreement((a.rater, b.rater), kappas)


def guesses(rating, key):
    """Return the `Guessing` of one rater; items without a guess are left out.

    Args:
        rating: `Ratings`.
        key: As in `analyse`.
    """
    pairs = [pair for pair in zip(rating.guesses, key.values(), strict=True) if pair[0]]
    table = np.array([[pairs.count((g, k)) for k in (REAL, SYNTHETIC)] for g in (REAL, SYNTHETIC)])
    right, guessed = int(np.trace(table)), len(pairs)
    if not guessed:
        undefined = (math.nan, math.nan)
        return Guessing(rating.rater, 0, math.nan, undefined, math.nan, math.nan, math.nan)
    interval = stats.binomtest(right, guessed).proportion_ci(method="wilson")
    both = table.sum(axis=0).all() and table.sum(axis=1).all()
    return Guessing(
        rating.rater,
        guessed,
        right / guessed,
        (float(interval.low), float(interval.high)),
        *(float(table[i, i] / n) if (n := table[:, i].sum()) else math.nan for i in (0, 1)),
        float(stats.fisher_exact(table).pvalue) if both else math.nan,
    )
