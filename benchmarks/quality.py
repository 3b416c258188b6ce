"""Do generated studies show and say what was asked? Trains EMIXER on the phantom and measures.

    export TF_ENABLE_ONEDNN_OPTS=1
    python benchmarks/quality.py --minutes 60 --out runs/quality
    python benchmarks/quality.py --preset runs/quality/preset      # measure only

Four numbers, with their counterparts on real phantom studies: film-label AUROC of a classifier
trained on real films; report-label F1 and readability by the grammar; side named = side seen, by a
side classifier trained on real films, beside shuffled pairs. The last three are measured at several
temperatures of the words: for reports chosen among candidates and for those of the film alone, and
for the decoder's reports of held-out real films. Data and classifier are made once and kept beside
`--out`.
"""

import argparse
import json
import sys
import time
from pathlib import Path

import keras
import numpy as np
from film_classifier import (
    SIDED,
    aurocs,
    phantom_films,
    side_targets,
    train_classifier,
)
from sklearn.metrics import f1_score

from emixer_tf.config import EmixerConfig
from emixer_tf.data import prepare, read_card
from emixer_tf.data.flow import Flow
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.sources import phantom, phantom_studies
from emixer_tf.machine import usable_cores
from emixer_tf.metrics import report_profile
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.generation import films_to_float
from emixer_tf.training.configure import configure
from emixer_tf.training.run import train

STUDIES, CLASSIFIER_FILMS, HELD_OUT = 1000, 8000, 2000
TEMPERATURES = (1.0, 0.5, 0.0)


def train_on_phantoms(out, config_name, minutes, studies, changes):
    """Train for some minutes and return the model."""
    if (out / "checkpoint.json").is_file():
        sys.exit(f"{out} holds a training. Measure it with --preset, or name another --out.")
    resolution = EmixerConfig.named(config_name).resolution
    data = out.parent / f"phantom-{resolution}-{studies}"
    if not data.is_dir():
        prepare(
            phantom_studies.listing(Flow(), studies, seed=0),
            data,
            Preparation(resolution, workers=usable_cores()),
        )
    config = configure(config_name, read_card(data), changes)
    return train(config, data, out, minutes=minutes, sheet_every=10, verbose=2)


def trained_judge(path, resolution):
    """Return the classifier of labels and sides: read from `path`, or trained on real films."""
    if path.is_file():
        return keras.models.load_model(path)
    films, labels, findings = phantom_films(CLASSIFIER_FILMS, 1, resolution)
    targets = np.concatenate([labels, side_targets(findings).reshape(len(films), -1)], axis=1)
    judge = train_classifier(films, targets, epochs=6)
    judge.save(path)
    return judge


def measure(model, judge):
    """Return the numbers of a trained model."""
    held_films, held_labels, _ = phantom_films(HELD_OUT, 2, model.config.resolution)
    asked = phantom_films(STUDIES, 3, 16)[1]
    made = films_to_float(model.generate(asked, seed=0, candidates=1).images)
    drawable = [name for name in phantom.LABELS if name != "No Finding"]
    real = aurocs(judge, held_films, held_labels, phantom.LABELS)
    fake = aurocs(judge, made, asked, phantom.LABELS)
    macro = {
        key: float(np.nanmean([scores[name] for name in drawable]))
        for key, scores in (("real", real), ("generated", fake))
    }
    return {
        "film_auroc": macro,
        "film_auroc_ratio": macro["generated"] / macro["real"],
        "film_auroc_by_label": {
            name: [round(float(real[name]), 3), round(float(fake[name]), 3)] for name in drawable
        },
        "reports_chosen_for_generated_films": by_temperature(
            lambda temperature: model.generate(asked, seed=0, temperature=temperature).reports,
            judge, made, asked,
        ),
        "reports_of_generated_films": described(model, judge, made, asked),
        "reports_of_real_films": described(model, judge, held_films, held_labels),
    }  # fmt: skip


def described(model, judge, films, labels):
    """Return the scores of the decoder's reports of films, by temperature."""
    return by_temperature(
        lambda temperature: model.describe(films, seed=0, temperature=temperature),
        judge, films, labels,
    )  # fmt: skip


def by_temperature(write, judge, films, labels):
    """Return the scores of the reports that a function of the temperature writes for films."""
    written = {temperature: write(temperature) for temperature in TEMPERATURES}
    return {
        temperature: {
            **report_scores(reports, labels),
            **side_scores(judge, films, reports),
            "distinct": report_profile(reports)["distinct"],
        }
        for temperature, reports in written.items()
    }


def report_scores(reports, asked):
    """Return readability, and F1 of the labels read from the reports against those asked for."""
    read = np.zeros_like(asked)
    readable = 0
    for row, report in enumerate(reports):
        reading = try_to_read(report)
        if reading is not None:
            readable += 1
            read[row] = [reading.labels[name] for name in phantom.LABELS]
    scores = f1_score(asked, read, average=None, zero_division=0)
    return {
        "readable": readable / len(reports),
        "report_f1": float(np.mean(scores)),
        "report_f1_by_label": {
            name: round(float(score), 3) for name, score in zip(phantom.LABELS, scores, strict=True)
        },
    }


def try_to_read(report):
    """Return the grammar's reading of a report, or None."""
    try:
        return phantom.read_labels(report)
    except phantom.UnreadableReport:
        return None


def side_scores(judge, films, reports):
    """Return how often the side named is the side seen, and the same for shuffled pairs."""
    scores = judge.predict(films, batch_size=256, verbose=0)[:, len(phantom.LABELS) :]
    scores = scores.reshape(len(films), len(SIDED), 2)
    seen = np.where(scores[..., 0] > scores[..., 1], "right", "left")
    readings = [try_to_read(report) for report in reports]
    order = np.random.default_rng(0).permutation(len(films))
    pairs = [
        (row, finding)
        for row, reading in enumerate(readings)
        if reading is not None
        for finding in reading.findings
        if finding.name in SIDED and finding.side in ("right", "left")
    ]
    hits = [seen[row, SIDED.index(f.name)] == f.side for row, f in pairs]
    shuffled = [seen[order[row], SIDED.index(f.name)] == f.side for row, f in pairs]
    return {
        "side_agreement": float(np.mean(hits)),
        "side_agreement_shuffled": float(np.mean(shuffled)),
        "one_sided_findings": len(pairs),
    }


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("runs/quality"))
    parser.add_argument("--preset", help="measure this preset instead of training")
    parser.add_argument("--config", default="phantom_64")
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--studies", type=int, default=60_000)
    parser.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE")
    args = parser.parse_args()
    begin = time.perf_counter()
    if args.preset:
        model = EMIXER.from_preset(args.preset)
    else:
        model = train_on_phantoms(args.out, args.config, args.minutes, args.studies, args.set)
    args.out.mkdir(parents=True, exist_ok=True)
    judge_file = args.out.parent / f"judge-{model.config.resolution}.keras"
    numbers = {
        "config": None if args.preset else args.config,
        "changes": args.set,
        "steps": model.steps_taken(),
        "minutes": None if args.preset else args.minutes,
        **measure(model, trained_judge(judge_file, model.config.resolution)),
        "seconds_in_all": round(time.perf_counter() - begin),
    }
    (args.out / "quality.json").write_text(json.dumps(numbers, indent=1))
    print(json.dumps(numbers, indent=1))


if __name__ == "__main__":
    main()
