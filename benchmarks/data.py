"""How fast data are prepared, in how much memory, and whether training waits for them.

    python benchmarks/data.py scale       # 2,000 and 20,000 small films, 20 and 200 of full size
    python benchmarks/data.py wait        # share of a phantom_64 step that waits for data

Each size of `scale` runs in a process of its own, so that its peak of memory is its own.
"""

import argparse
import contextlib
import csv
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
from PIL import Image

SMALL, FULL = (40, 32), (3056, 2544)
SIZES = ((SMALL, 2_000), (SMALL, 20_000), (FULL, 20), (FULL, 200))
RESOLUTION = 128


def write_tree(root, shape, count):
    """Write films of noise as JPEG, and their table."""
    rng = np.random.default_rng(0)
    with open(root / "films.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "finding", "report"])
        for i in range(count):
            coarse = rng.integers(0, 255, (shape[0] // 8, shape[1] // 8), "uint8")
            film = Image.fromarray(coarse).resize(shape[::-1], Image.Resampling.BICUBIC)
            film.save(root / f"{i}.jpg", quality=90)
            writer.writerow([f"{i}.jpg", ("edema", "normal")[i % 2], f"Film {i}. No edema."])


class PeaksOfProcesses:
    """Watches the greatest resident memory of this process and of its children (Linux)."""

    def __init__(self):
        self._greatest = {"own": 0, "child": 0}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self):
        """Return `(own, greatest of a child)` in MiB."""
        self._done.set()
        self._thread.join()
        return self._greatest["own"], self._greatest["child"]

    def _watch(self):
        while not self._done.wait(0.1):
            for path in Path("/proc").glob("[0-9]*/status"):
                with contextlib.suppress(OSError):
                    self._note(path.read_text())

    def _note(self, status):
        fields = dict(line.split(":", 1) for line in status.splitlines())
        mebibytes = int(fields.get("VmHWM", "0 kB").split()[0]) / 2**10
        if int(fields["Pid"]) == os.getpid():
            self._greatest["own"] = max(self._greatest["own"], mebibytes)
        elif int(fields["PPid"]) == os.getpid():
            self._greatest["child"] = max(self._greatest["child"], mebibytes)


def prepare_tree(root, count, workers):
    """Prepare the tree, and print films a second and the peaks of memory."""
    from emixer_tf.data import prepare
    from emixer_tf.data.flow import Flow
    from emixer_tf.data.preparation import Preparation
    from emixer_tf.data.sources import table

    peaks = PeaksOfProcesses()
    begin = time.perf_counter()
    listing = table.listing(
        Flow(), root / "films.csv", text_column="report", class_column="finding"
    )
    listing.drawn_by_program = True  # noise, of which nothing is a copy
    prepare(listing, root / "out", Preparation(RESOLUTION, workers=workers))
    seconds = time.perf_counter() - begin
    own, worker = peaks.stop()
    print(
        f"{count:>7,} films: {seconds:7.1f} s, {count / seconds:8.1f} films/s with {workers} "
        f"workers; peak {own:,.0f} MiB, of a worker {worker:,.0f} MiB"
    )


def scale(workers):
    """Prepare trees of several sizes."""
    for shape, count in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            write_tree(Path(folder), shape, count)
            print(f"{shape[0]} x {shape[1]} px", end=" ", flush=True)
            command = [sys.executable, __file__, "one", "--root", folder]
            command += ["--count", str(count), "--workers", str(workers)]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            print(done.stdout.splitlines()[-1], flush=True)


def wait(steps):
    """Train phantom_64 and print the share of time between asking for a batch and having it."""
    from emixer_tf import EMIXER
    from emixer_tf.data import load_dataset, prepare
    from emixer_tf.data.flow import Flow
    from emixer_tf.data.preparation import Preparation
    from emixer_tf.data.sources import phantom_studies
    from emixer_tf.training.configure import configure

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        card = prepare(phantom_studies.listing(Flow(), 2000, 0), data, Preparation(64))
        config = configure("phantom_64", card)
        model = EMIXER(config, vocabulary=card.vocabulary)
        model.compile()
        batches = iter(load_dataset(data, "train", config.studies_per_step))
        model.train_on_batch(next(batches))  # traces
        waiting, begin = 0.0, time.perf_counter()
        for _ in range(steps):
            asked = time.perf_counter()
            batch = next(batches)
            waiting += time.perf_counter() - asked
            model.train_on_batch(batch)
        seconds = time.perf_counter() - begin
    print(
        f"{steps} steps of phantom_64 in {seconds:.1f} s; waited for data {waiting:.2f} s, "
        f"{waiting / seconds:.2%}"
    )


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("scale", "wait", "one"))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--root", type=Path, help="of `one`, a tree that `scale` wrote")
    parser.add_argument("--count", type=int, help="of `one`")
    args = parser.parse_args()
    if args.what == "scale":
        scale(args.workers)
    elif args.what == "wait":
        wait(args.steps)
    else:
        prepare_tree(args.root, args.count, args.workers)


if __name__ == "__main__":
    main()
