"""How long does an exported model take for a request, beside `generate` in the same process?

    python benchmarks/serving.py --preset emixer_phantom_64 --rounds 20

The two take turns, so that other work on the machine disturbs both alike. Prints the median and
the 95th percentile of milliseconds a request, and studies a second, for 1, 8 and 32 studies.
"""

import argparse
import os
import tempfile
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

import emixer_tf
from emixer_tf.serving import export_saved_model

REQUESTS = (1, 8, 32)


def seconds(function):
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def request(labels, first_seed):
    count = len(labels)
    return {
        "labels": tf.constant(labels),
        "seed": tf.range(first_seed, first_seed + count, dtype=tf.int64),
        "temperature": tf.zeros([count]),
        "truncation": tf.zeros([count]),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", default="emixer_phantom_64")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--candidates", type=int, help="as of `emixer export`")
    args = parser.parse_args()

    model = emixer_tf.EMIXER.from_preset(args.preset)
    labels = model.generate(None, n=max(REQUESTS), seed=0).label_values
    with tempfile.TemporaryDirectory() as folder:
        exporting = seconds(
            lambda: export_saved_model(model, f"{folder}/emixer", candidates=args.candidates)
        )
        loaded = tf.saved_model.load(f"{folder}/emixer/1")
        served = loaded.signatures["serving_default"]
        print(f"export {exporting:.1f} s, first request ", end="")
        print(f"{seconds(lambda: served(**request(labels[:1], 0))):.1f} s")
        print("| studies | exported, ms | 95 % | studies a second | generate, ms | 95 % | ratio |")
        print("|---|---|---|---|---|---|---|")
        for count in REQUESTS:
            ours, theirs = [], []
            for turn in range(args.rounds + 1):
                rows, asked = labels[:count], request(labels[:count], turn)
                start = time.perf_counter()
                served(**asked)
                between = time.perf_counter()
                model.generate(rows, seed=turn, candidates=args.candidates)
                ours.append(between - start)
                theirs.append(time.perf_counter() - between)
            ours, theirs = np.array(ours[1:]) * 1e3, np.array(theirs[1:]) * 1e3
            print(
                f"| {count} | {np.median(ours):.0f} | {np.percentile(ours, 95):.0f} | "
                f"{count / np.median(ours) * 1e3:.0f} | {np.median(theirs):.0f} | "
                f"{np.percentile(theirs, 95):.0f} | {np.median(theirs) / np.median(ours):.2f} |"
            )


if __name__ == "__main__":
    main()
