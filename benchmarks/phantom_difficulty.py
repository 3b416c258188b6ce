"""How hard is the phantom? AUROC of a small CNN on held-out films, for growing training sets.

python benchmarks/phantom_difficulty.py --resolution 64 --sizes 1000 5000
"""

import argparse
import json
import time

import numpy as np
from film_classifier import aurocs, phantom_films, train_classifier

from emixer_tf.data.sources import phantom

HELD_OUT = 3000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--epochs", type=int, default=12)
    args = parser.parse_args()
    begin = time.perf_counter()
    films, labels, _ = phantom_films(max(args.sizes), 1, args.resolution)
    print(f"{len(films) / (time.perf_counter() - begin):.0f} studies drawn a second")
    held_films, held_labels, _ = phantom_films(HELD_OUT, 2, args.resolution)
    for size in args.sizes:
        model = train_classifier(films[:size], labels[:size], args.epochs)
        scores = aurocs(model, held_films, held_labels, phantom.LABELS)
        rounded = {name: round(float(score), 3) for name, score in scores.items()}
        macro = np.mean([score for name, score in scores.items() if name != "No Finding"])
        print(f"{size} films: macro AUROC {macro:.4f} {json.dumps(rounded)}", flush=True)


if __name__ == "__main__":
    main()
