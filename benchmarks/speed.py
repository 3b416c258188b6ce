"""Images per second of a full training step, beside the same layers in plain PyTorch.

    pip install torch        # the CPU wheel
    python benchmarks/speed.py --config phantom_64

A full step has two updates of the discriminators, whatever the configuration says. Both run in
turns in one process tree on the same machine, the medians of several rounds are compared, and the
time from `fit` to the first finished step and the peak memory are printed. PyTorch upsamples and
pools as separate layers; ours are folded into the convolutions (`layers/resampling.py`).
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

import numpy as np

from emixer_tf.config import EmixerConfig


def fake_studies(config):
    """Return random studies of a step."""
    rng = np.random.default_rng(0)
    count, side = config.studies_per_step, config.resolution
    tokens = rng.integers(4, config.vocabulary_size, (count, config.sentences, config.words))
    tokens[:, 5:], tokens[:, :, 9:] = 0, 0
    return {
        "image": rng.uniform(-1, 1, (count, side, side, config.channels)).astype("float32"),
        "tokens": tokens.astype("int32"),
        "labels": (rng.random((count, len(config.labels))) < 0.2).astype("float32"),
        "labelled": np.ones(count, "float32"),
        "reported": np.ones(count, "float32"),
    }


def time_keras(config, steps):
    """Return seconds to the first step from `fit`, and seconds of each later one."""
    import keras
    import tensorflow as tf

    from emixer_tf.models.emixer import EMIXER

    class Clock(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.ends = []

        def on_train_batch_end(self, batch, logs=None):
            self.ends.append(time.perf_counter())

    model = EMIXER(config)
    model.compile()
    dataset = tf.data.Dataset.from_tensors(fake_studies(config)).cache().repeat()
    clock = Clock()
    begin = time.perf_counter()
    model.fit(dataset, steps_per_epoch=steps, callbacks=[clock], verbose=0)
    return clock.ends[0] - begin, np.diff(clock.ends).tolist()


def time_torch(config, steps):
    """Return seconds of the first step, and of each later one."""
    import torch
    from torch_emixer import TorchStep

    torch.set_num_threads(2)
    studies = {key: torch.from_numpy(value) for key, value in fake_studies(config).items()}
    studies["image"] = studies["image"].permute(0, 3, 1, 2).contiguous()
    studies["tokens"] = studies["tokens"].long()
    step = TorchStep(config)
    seconds = []
    for _ in range(steps):
        begin = time.perf_counter()
        step(studies)
        seconds.append(time.perf_counter() - begin)
    return seconds[0], seconds[1:]


def run_alone(framework, config_name, steps):
    """Time one framework in a process of its own."""
    command = [sys.executable, __file__, "--config", config_name, "--steps", str(steps)]
    output = subprocess.run([*command, "--only", framework], capture_output=True, text=True)
    if output.returncode:
        sys.exit(output.stderr)
    return json.loads(output.stdout.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", default="phantom_64")
    parser.add_argument("--steps", type=int, default=25)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=("keras", "torch"), help="time one, print JSON")
    args = parser.parse_args()
    # As PyTorch's twin has it: sentences in parallel, and nobody who reads labels off reports.
    config = EmixerConfig.named(
        args.config,
        discriminator_steps=2,
        sentence_memory=False,
        report_label_weight=0.0,
    )
    if args.only:
        first, later = {"keras": time_keras, "torch": time_torch}[args.only](config, args.steps)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
        print(json.dumps({"first": first, "step": statistics.median(later), "peak_gib": peak}))
        return
    rows = {"keras": [], "torch": []}
    for _ in range(args.rounds):
        for framework, results in rows.items():
            results.append(run_alone(framework, args.config, args.steps))
    images = config.batch_size * (config.discriminator_steps + 1)
    steps = {}
    for framework, results in rows.items():
        steps[framework] = statistics.median(result["step"] for result in results)
        first = statistics.median(result["first"] for result in results)
        peak = max(result["peak_gib"] for result in results)
        print(
            f"{framework:<6} step {steps[framework]:.3f} s, {images / steps[framework]:.0f} "
            f"images/s, first step after {first:.1f} s, peak {peak:.2f} GiB"
        )
    print(f"ratio {steps['torch'] / steps['keras']:.2f} (Keras images/s over PyTorch images/s)")


if __name__ == "__main__":
    main()
