"""How long do nearest neighbours take, and how much memory?

python benchmarks/neighbours.py --queries 5000 --references 100000 --width 1024
"""

import argparse
import resource
import time

import numpy as np

from emixer_tf.metrics.nearest_neighbours import nearest_neighbours

COPIES = 5


def features(rng, count, width):
    """Draw features as a network's pooled ReLUs are: non-negative, correlated, float32."""
    directions = np.random.default_rng(0).standard_normal((width // 8, width), "float32")
    drawn = rng.standard_normal((count, width // 8), "float32") @ directions
    return np.maximum(drawn, 0, out=drawn)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--queries", type=int, default=5_000)
    parser.add_argument("--references", type=int, default=100_000)
    parser.add_argument("--width", type=int, default=1_024)
    args = parser.parse_args()
    rng = np.random.default_rng(1)
    references = features(rng, args.references, args.width)
    queries = features(rng, args.queries, args.width)
    queries[:COPIES] = references[-COPIES:]
    begin = time.perf_counter()
    distances, _ = nearest_neighbours(queries, references)
    seconds = time.perf_counter() - begin
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{args.queries} x {args.references} x {args.width}: {seconds:.1f} s, {peak:.2f} GiB peak"
    )
    print(f"planted copies at distance 0: {(distances[:, 0] == 0).sum()} of {COPIES}")


if __name__ == "__main__":
    main()
