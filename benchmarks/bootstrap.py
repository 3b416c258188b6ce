"""How long do bootstrap intervals of AUROC take, beside a plain loop over scikit-learn?

python benchmarks/bootstrap.py

The loop draws, takes rows and calls `roc_auc_score` for each resample and label. It is timed on few
resamples and scaled to as many as the vectorised form draws; both are timed in turn, and the best
of the rounds is taken.
"""

import argparse
import time

import numpy as np
from sklearn.metrics import roc_auc_score

from emixer_tf.metrics.bootstrap import auroc_interval, auroc_resamples, resample_counts

ROUNDS = 3
SHARES = (0.03, 0.4)  # of positives, from the rarest label to the commonest


def drawn_films(films, labels):
    """Draw labels, and scores that tell them about as well as a classifier does."""
    rng = np.random.default_rng(0)
    positive = rng.random((films, labels)) < np.linspace(*SHARES, labels)
    return positive.astype(float), (rng.normal(size=positive.shape) + positive).astype("float32")


def looped(labels, scores, resamples, seed=0):
    """Return AUROC of each resample and label, by a loop."""
    rows = np.arange(len(labels))
    values = []
    for counts in np.concatenate(list(resample_counts(len(labels), resamples, seed))):
        chosen = np.repeat(rows, counts)
        columns = zip(labels[chosen].T, scores[chosen].T, strict=True)
        values.append([roc_auc_score(label, score) for label, score in columns])
    return np.array(values)


def seconds(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", type=int, default=10_000)
    parser.add_argument("--labels", type=int, default=14)
    parser.add_argument("--resamples", type=int, default=1000)
    parser.add_argument("--looped-resamples", type=int, default=10)
    args = parser.parse_args()
    labels, scores = drawn_films(args.films, args.labels)
    few = args.looped_resamples
    gap = abs(auroc_resamples(labels, scores, resamples=few) - looped(labels, scores, few)).max()
    vectorised, loop = [], []
    for _ in range(ROUNDS):
        vectorised.append(seconds(lambda: auroc_interval(labels, scores, resamples=args.resamples)))
        loop.append(seconds(lambda: looped(labels, scores, few)))
    scaled = min(loop) * args.resamples / few
    print(f"{args.resamples} resamples of {args.films} films, {args.labels} labels")
    print(f"vectorised: {min(vectorised):.2f} s (all rounds: {np.round(vectorised, 2).tolist()})")
    print(f"a loop over scikit-learn: {scaled:.1f} s, scaled from {few} resamples")
    print(f"the loop takes {scaled / min(vectorised):.0f} times as long")
    print(f"largest difference of a value: {gap:.1e}")


if __name__ == "__main__":
    main()
