"""How long do the film metrics take, and how much memory? On random features.

python benchmarks/film_metrics.py [--films 10000] [--width 1024]
"""

import argparse
import resource
import sys
import time

import numpy as np

from emixer_tf.metrics.frechet import frechet_distance_of
from emixer_tf.metrics.kernel_discrepancy import kernel_distance
from emixer_tf.metrics.manifold_overlap import precision_recall

METRICS = {
    "FID, statistics included": frechet_distance_of,
    "KID, 100 subsets of 1,000": kernel_distance,
    "precision, recall, density, coverage": precision_recall,
}


def peak_gigabytes():
    """Return the most memory that this process has held so far."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", type=int, default=10_000, help="films of each kind")
    parser.add_argument("--width", type=int, default=1024, help="features of a film")
    args = parser.parse_args()
    random = np.random.default_rng(0)
    shape = (args.films, args.width)
    real, generated = (random.standard_normal(shape, "float32") for _ in range(2))
    print(f"{args.films} x {args.width} float32 features of each kind")
    print(f"peak memory before: {peak_gigabytes():.2f} GB")
    for name, metric in METRICS.items():
        begin = time.perf_counter()
        metric(real, generated)
        seconds = time.perf_counter() - begin
        print(f"{name}: {seconds:.2f} s, peak memory so far {peak_gigabytes():.2f} GB")


if __name__ == "__main__":
    main()
