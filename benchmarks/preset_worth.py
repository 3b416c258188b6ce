"""What is a trained preset of the phantom worth to classifiers of films?

    export TF_ENABLE_ONEDNN_OPTS=1
    python benchmarks/preset_worth.py --preset runs/quality/preset --out runs/worth --workers 2

Classifiers are trained, with the same updates, on few real phantoms, on the same with ten times as
many generated studies, on the generated ones alone, and on as many real ones; all are tested on
real phantoms that neither they nor the preset have seen. Generated films have the labels that were
asked for, or those that the preset's encoder reads off them. What was computed is kept in `--out`.
"""

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emixer_tf.document import Numbers
from emixer_tf.experiments.cell import Cell, not_identity
from emixer_tf.experiments.cell_store import CellStore
from emixer_tf.experiments.cells.classifiers import FilmClassification
from emixer_tf.experiments.cells.data import PhantomData, RealStudies
from emixer_tf.experiments.cells.generator import StudiesAsRead, SyntheticStudies
from emixer_tf.experiments.runner import run_cells
from emixer_tf.metrics.paired_test import paired_difference
from emixer_tf.models.presets import read_metadata, weights_digest
from emixer_tf.models.shipped_presets import preset_folder

DATA_SEED = 20_261_127  # of no training of a preset
FEW = "few real"


@dataclass(frozen=True)
class TrainedPreset(Cell):
    """A generator that was trained already.

    Args:
        digest: Of its weights.
        path: Where it lies.
    """

    digest: str
    path: str = not_identity(default="")

    @classmethod
    def of(cls, path):
        """Return the cell of a preset."""
        return cls(weights_digest(path), str(path.resolve()))

    @property
    def title(self):
        return self.path

    def run(self, folder, inputs):
        shutil.copytree(self.path, folder / "preset")
        return {}


def unseen_studies(preset, count):
    """Return `RealStudies` of a preset's resolution that it has not seen, `count` to train on."""
    side = json.loads((preset / "config.json").read_text())["resolution"]
    return RealStudies(PhantomData(count, 1000, 3000, side, DATA_SEED))


def arms(preset, real_count, synthetic_count, updates, seeds):
    """Return classifiers by arm and seed."""
    real, generator = unseen_studies(preset, synthetic_count), TrainedPreset.of(preset)
    found = {}
    for seed in seeds:
        made = SyntheticStudies(generator, real, synthetic_count, 0.0, seed)
        as_read = StudiesAsRead(generator, made)
        for name, synthetic, mix in (
            (FEW, None, (real_count, 0)),
            ("few real + S", made, (real_count, synthetic_count)),
            ("few real + S, labels as read", as_read, (real_count, synthetic_count)),
            ("S alone", made, (0, synthetic_count)),
            ("S alone, labels as read", as_read, (0, synthetic_count)),
            ("as many real as S", None, (synthetic_count, 0)),
        ):
            found[name, seed] = FilmClassification(
                real, synthetic, *mix, pretrain=False, updates=updates, batch_size=32, seed=seed
            )
    return found


def table(aurocs, seeds):
    """Return a table of `emixer_tf.document`, each arm compared with few real films."""
    rows = []
    few = {seed: aurocs[FEW, seed] for seed in seeds}
    for name in dict.fromkeys(arm for arm, _ in aurocs):
        own = {seed: aurocs[name, seed] for seed in seeds}
        values = np.array(list(own.values()))
        sd = f"{values.std(ddof=1):.4f}" if len(seeds) > 1 else ""
        compared = ("", "")
        if name != FEW:
            gap = paired_difference(own, few)
            compared = (f"{gap['mean_difference']:+.4f}", f"{gap['p_value']:.4f}")
        rows.append((name, f"{values.mean():.4f}", sd, *compared))
    headings = ("trained on", "macro AUROC", "sd", "against few real", "p (paired t)")
    return Numbers(headings, rows)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", required=True, help="folder, or name of a shipped preset")
    parser.add_argument("--real", type=int, default=500)
    parser.add_argument("--synthetic", type=int, default=5000)
    parser.add_argument("--updates", type=int, default=2000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/worth"))
    args = parser.parse_args()
    preset = preset_folder(args.preset)
    cells = arms(preset, args.real, args.synthetic, args.updates, args.seeds)
    store = CellStore(args.out / "work", args.out / "cells")
    results = run_cells(list(cells.values()), store, args.workers)
    aurocs = {arm: results[cell.key]["scores"]["auroc"] for arm, cell in cells.items()}
    steps = read_metadata(preset)["steps"]
    head = f"{args.real} real, {args.synthetic} generated, {args.updates} updates of 32; "
    head += f"{len(args.seeds)} seeds; preset of {steps} steps."
    text = f"{head}\n\n{table(aurocs, args.seeds).markdown()}\n"
    (args.out / "worth.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
