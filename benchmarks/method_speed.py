"""How long does a training step of each method take, beside one of EMIXER's?

    python benchmarks/method_speed.py --config phantom_32 --steps 16 --rounds 3

One process and one thread; the methods take turns, and processor time is counted, so that other
work on the machine disturbs little. Sixteen steps hold the reports' judges of EMIXER twice
(`report_judge_interval`). Prints seconds a step, and the ratios by which `comparison`
trains for equal time.
"""

import os

os.environ.update(TF_NUM_INTRAOP_THREADS="1", TF_NUM_INTEROP_THREADS="1", OMP_NUM_THREADS="1")

import argparse
import time

import numpy as np

import emixer_tf
from emixer_tf.baselines.methods import METHODS, method_class
from emixer_tf.config import EmixerConfig

PHANTOM_WORDS = 106  # that 2,000 phantom reports are written with


def random_studies(config):
    """Return arrays of one training step."""
    rng, count = np.random.default_rng(0), config.studies_per_step
    tokens = rng.integers(4, config.vocabulary_size, (count, config.sentences, config.words))
    tokens[:, :, 10:] = 0
    side = config.resolution
    return {
        "image": rng.uniform(-1, 1, (count, side, side, config.channels)).astype("float32"),
        "tokens": tokens.astype("int32"),
        "labels": (rng.random((count, len(config.labels))) < 0.2).astype("float32"),
        "labelled": np.ones(count, "float32"),
        "reported": np.ones(count, "float32"),
    }


def trainer(title, config_name):
    """Return a function that trains a number of steps and returns processor seconds a step."""
    method = method_class(title)
    config = method.adapted(EmixerConfig.named(config_name, vocabulary_size=PHANTOM_WORDS))
    model, studies = method(config), random_studies(config)
    model.compile()
    model.train_on_batch(studies)

    def train(steps):
        begin = time.process_time()
        for _ in range(steps):
            model.train_on_batch(studies)
        return (time.process_time() - begin) / steps

    return train


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", default="phantom_32")
    parser.add_argument("--steps", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    trainers = {title: trainer(title, args.config) for title in METHODS.values()}
    seconds = {title: [] for title in trainers}
    for _ in range(args.rounds):
        for title, train in trainers.items():
            seconds[title].append(train(args.steps))
    best = {title: min(values) for title, values in seconds.items()}
    print(f"emixer_tf {emixer_tf.__version__}, {args.config}: processor seconds a step, one thread")
    for title, value in best.items():
        print(f"{title:<10}{value:8.3f}{value / best['EMIXER']:8.2f}")


if __name__ == "__main__":
    main()
