"""How much does the FID of the same films depend on the training of its extractor?

    export TF_ENABLE_ONEDNN_OPTS=1
    python benchmarks/extractor_spread.py --method all --seed 0 --judges 5 --work runs/cells
    python benchmarks/extractor_spread.py --set joint_weight=0 --seed 0 --judges 5 --work runs/cells

Takes films of the generators that `emixer experiment comparison --scale small` compares (or trains
them, where `--work` has none) and measures them by classifiers of real films that differ in nothing
but their seeds. Prints FID by each, mean and standard deviation, and how often generators change
places: the share of pairs of generators, and pairs of classifiers, that put the two the other way
round.
"""

import argparse
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np

from emixer_tf.document import Numbers
from emixer_tf.experiments.cell_store import CellStore
from emixer_tf.experiments.planning import plan_of
from emixer_tf.experiments.runner import run_cells


def swapped_share(distances):
    """Return the share of pairs of rows, and of columns, that are ordered differently.

    Args:
        distances: `[generators, judges]`.

    Example:

    >>> swapped_share(np.array([[1.0, 2.0, 1.0], [2.0, 1.0, 3.0]]))
    0.6666666666666666
    """
    orders = [one < other for one, other in combinations(distances, 2)]
    swaps = [a != b for order in orders for a, b in combinations(order, 2)]
    return float(np.mean(swaps))


def distances_by(results, wanted):
    """Return FID `[generators, judges]`."""
    return np.array(
        [[results[cell.key]["scores"]["fid"] for cell in cells] for cells in wanted.values()]
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--method", action="append", help="may be repeated (emixer)")
    parser.add_argument("--seed", action="append", type=int, help="may be repeated (0)")
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
    parser.add_argument("--judges", type=int, default=5)
    parser.add_argument("--work", type=Path, default=Path("runs/cells"))
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/extractor_spread"))
    args = parser.parse_args()
    plan = plan_of("small", None, args.method or ["emixer"], args.seed or [0], args.set)
    judges = [plan.judge(number) for number in range(args.judges)]
    wanted = {}
    for method in plan.methods:
        for seed in plan.seeds:
            quality = plan.quality(plan.synthetic(method, seed, ratio=1))
            wanted[f"{method}, seed {seed}"] = [
                replace(quality, judges=(judge,)) for judge in judges
            ]
    store = CellStore(args.work, args.out / "cells")
    results = run_cells([cell for cells in wanted.values() for cell in cells], store, args.workers)
    distances = distances_by(results, wanted)
    rows = [
        (name, *(f"{value:.1f}" for value in row), f"{row.mean():.1f}", f"{row.std(ddof=1):.1f}")
        for name, row in zip(wanted, distances, strict=True)
    ]
    headings = ("films of", *(f"judge {judge.seed}" for judge in judges), "mean", "sd")
    print(Numbers(headings, rows).markdown())
    if len(wanted) > 1:
        print(f"Pairs that two judges order differently: {swapped_share(distances):.0%}")


if __name__ == "__main__":
    main()
