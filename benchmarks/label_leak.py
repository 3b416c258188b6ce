"""Do generated films tell their labels by more than the findings that they show?

    export TF_ENABLE_ONEDNN_OPTS=1
    python benchmarks/label_leak.py --arms all no_label_reward --out runs/leak
    python benchmarks/label_leak.py --preset emixer_phantom_64 --out runs/leak

Trains generators of films on 2,000 phantoms of 32 px, one an arm, or takes a trained preset.
Classifiers are trained on generated films alone; where one reads labels better off other generated
films ("told") than one of real films does off real ones, films give their labels away.
A logistic regression that sees the uppermost tenth and the lowest sixth of the rows alone, where
phantoms show next to nothing, tells five findings ("background", their mean AUROC). "worth" is the
AUROC of the classifier of generated films on real ones. What was computed is kept in `--out`.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from preset_worth import TrainedPreset, unseen_studies
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from emixer_tf.document import Numbers
from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cell_store import CellStore
from emixer_tf.experiments.cells.classifiers import FilmClassification
from emixer_tf.experiments.cells.data import PhantomData, RealStudies, label_names, real_split
from emixer_tf.experiments.cells.generator import Generator, SyntheticStudies
from emixer_tf.experiments.runner import run_cells
from emixer_tf.experiments.study_arrays import StudyArrays
from emixer_tf.metrics.agreement import shown_as_asked
from emixer_tf.metrics.extractor_files import load_extractor
from emixer_tf.metrics.film_scores import film_quality
from emixer_tf.metrics.ranking import auroc
from emixer_tf.models.classifier_files import load_classifier
from emixer_tf.models.shipped_presets import preset_folder
from emixer_tf.training.film_classifier import predict_probabilities

FINDINGS = ("Lung Opacity", "Lung Lesion", "Consolidation", "Cardiomegaly", "Support Devices")
FILMS_ALONE = (
    "teacher_forcing_weight=0",
    "report_weight=0",
    "joint_weight=0",
    "report_label_weight=0",
)
ARMS = {
    "all": (),
    "no_label_reward": ("label_weight_generator=0",),
    "lasting_label_reward": ("label_reward_half_life=null",),
    "strong_label_reward": ("label_reward_half_life=null", "label_weight_generator=1.0"),
    "fast_discriminator": ("discriminator_learning_rate=0.001",),
    "wide_discriminator": ("discriminator_channels=32",),
}
HEADINGS = ("films of", "FID", "film AUROC", "background", "told", "worth")


@dataclass(frozen=True)
class Leak(Cell):
    """What of the labels can be told from films, and how good the films are.

    Args:
        real: `RealStudies`.
        synthetic: `SyntheticStudies`, or None for real films.
        others: `SyntheticStudies` of the same generator and another seed, or None.
        judge: `FilmClassification` on real films.
        classifier: `FilmClassification` on `synthetic`.
    """

    real: Cell
    synthetic: Cell
    others: Cell
    judge: Cell
    classifier: Cell

    @property
    def title(self):
        return "leak"

    def run(self, folder, inputs):
        names = label_names(inputs["real"])
        test, made = (real_split(inputs["real"], split) for split in ("test", "train"))
        others = test
        if self.synthetic is not None:
            made, others = (StudyArrays.load(inputs[name]) for name in ("synthetic", "others"))
        extractor = load_extractor(inputs["judge"])
        features = [extractor.extract(np.asarray(studies.films)) for studies in (test, made)]
        seen, told = (
            predict_probabilities(load_classifier(inputs[name]), others.images)
            for name in ("judge", "classifier")
        )
        return {
            "background": background_auroc(made, names),
            "fid": film_quality(*features)["fid"],
            "film_auroc": shown_as_asked(seen, others.labels, names)["macro"]["auroc"],
            "told_auroc": shown_as_asked(told, others.labels, names)["macro"]["auroc"],
        }


def background_rows(side):
    """Return the rows where phantoms show next to nothing."""
    return np.r_[: side // 10, side - side // 6 : side]


def background_auroc(studies, names):
    """Return AUROC by finding of a logistic regression that learns from half of the films."""
    films = studies.images[..., 0]
    side, patch = films.shape[1], films.shape[1] // 16
    rows = films[:, background_rows(side)]
    means = rows.reshape(len(rows), -1, patch).mean(axis=-1)
    half = len(rows) // 2
    found = {}
    for name in FINDINGS:
        labels = np.asarray(studies.labels)[:, names.index(name)]
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=500))
        model.fit(means[:half], labels[:half])
        scores = model.decision_function(means[half:])
        found[name] = float(auroc(labels[half:, None], scores[:, None])[0])
    return found


def cells_of(real, generator, updates, seed):
    """Return `(leak, classifier)`, the cells of one generator, or of real films for None."""
    count = real.data.train
    train = {"pretrain": False, "updates": updates, "batch_size": 32, "seed": seed}
    judge = FilmClassification(real, None, count, 0, **train)
    if generator is None:
        return Leak(real, None, None, judge, judge), judge
    made, others = (
        SyntheticStudies(generator, real, count, 0.0, number) for number in (seed, seed + 1)
    )
    classifier = FilmClassification(real, made, 0, count, **train)
    return Leak(real, made, others, judge, classifier), classifier


def row(name, leak, classifier):
    """Return one generator's row of the table."""
    background = np.mean(list(leak["background"].values()))
    worth = classifier["scores"]["auroc"]
    aurocs = (leak["film_auroc"], background, leak["told_auroc"], worth)
    return (name, f"{leak['fid']:.1f}", *(f"{value:.3f}" for value in aurocs))


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--arms", nargs="+", choices=ARMS, default=list(ARMS))
    parser.add_argument("--preset", help="folder, or name of a shipped preset: instead of arms")
    parser.add_argument("--steps", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("runs/leak"))
    args = parser.parse_args()
    if args.preset:
        preset = preset_folder(args.preset)
        real, updates = unseen_studies(preset, 5000), 2000
        generators = {args.preset: TrainedPreset.of(preset)}
    else:
        data = PhantomData(2000, 500, 2000, 32)
        real, updates = RealStudies(data), 1500
        changes = {arm: (*FILMS_ALONE, *ARMS[arm]) for arm in args.arms}
        generators = {
            arm: Generator(data, "EMIXER", "phantom_32", changes[arm], args.steps, args.seed)
            for arm in args.arms
        }
    wanted = {
        name: cells_of(real, generator, updates, args.seed)
        for name, generator in {"real": None, **generators}.items()
    }
    store = CellStore(args.out / "work", args.out / "cells")
    results = run_cells([cell for pair in wanted.values() for cell in pair], store, args.workers)
    rows = [
        row(name, results[leak.key], results[classifier.key])
        for name, (leak, classifier) in wanted.items()
    ]
    print(Numbers(HEADINGS, rows).markdown())


if __name__ == "__main__":
    main()
