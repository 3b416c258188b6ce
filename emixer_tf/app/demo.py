"""The demo: studies of the shipped preset, then phantom studies and a short training of EMIXER."""

import json
import shutil

from rich.console import Console

from emixer_tf.app.page import figure_of_losses, write_page
from emixer_tf.config import EmixerConfig
from emixer_tf.data import load_dataset, prepare, read_card
from emixer_tf.data.flow import Flow
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.sources import phantom_studies
from emixer_tf.data.vocabulary import Vocabulary
from emixer_tf.files import holds_something_else
from emixer_tf.machine import usable_cores
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.generation import films_to_uint8
from emixer_tf.models.shipped_presets import shipped_presets
from emixer_tf.sheets import contact_sheet
from emixer_tf.training.configure import configure
from emixer_tf.training.run import train

SHIPPED = "emixer_phantom_64"
_MARK = ".emixer-demo"
# A multiple of `report_judge_interval`, or epochs differ in how often judges of reports learn,
# and the curves of their means zigzag.
_STEPS_PER_EPOCH = 48
_SHOWN = (
    "No Finding",
    "Cardiomegaly",
    "Pleural Effusion",
    "Pneumothorax",
    "Edema",
    "Support Devices",
)
_PER_LABEL = 2


def run_demo(out, studies, minutes, config_name, seed):
    """Show the shipped preset, make phantom data, train on it for some minutes, write the page.

    Args:
        out: `pathlib.Path` to write into.
        studies: Number of phantom studies.
        minutes: Minutes of training.
        config_name: Built-in configuration.
        seed: Seed of everything.

    Returns:
        Path of `index.html`.

    Raises:
        ValueError: If `out` holds something else than an earlier demo, which is replaced.
    """
    _check_place(out)
    console = Console()
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).touch()
    config = EmixerConfig.named(config_name, seed=seed)
    data = out / "data"
    shipped = shipped_presets().get(SHIPPED)
    if shipped:
        console.rule(f"Studies of {SHIPPED}, which comes with the package")
        _synthetic_sheet(EMIXER.from_preset(shipped), seed).save(out / "shipped.png")
        console.print(f"Look at {out / 'shipped.png'}")
    console.rule("1. Phantom studies: drawn films with reports (no patients)")
    prepare(
        phantom_studies.listing(Flow(), studies, seed),
        data,
        Preparation(config.resolution, workers=usable_cores(), overwrite=True),
    )
    card = read_card(data)
    config = configure(config_name, card, [f"seed={seed}"])
    console.rule(f"2. Training EMIXER ({config_name}) for {minutes:g} minutes")
    run = out / "training"
    shutil.rmtree(run, ignore_errors=True)
    model = train(
        config, data, run, minutes=minutes, steps_per_epoch=_STEPS_PER_EPOCH, sheet_every=10
    )
    console.rule("3. Synthetic studies beside real ones")
    synthetic = _synthetic_sheet(model, seed)
    synthetic.save(out / "synthetic.png")
    real, described = _real_sheet(model, data, card)
    real.save(out / "real.png")
    described.save(out / "described.png")
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    figure_of_losses(lines).savefig(out / "losses.png", dpi=110)
    return write_page(out, config, card, lines[-1], bool(shipped))


def _check_place(out):
    if holds_something_else(out, _MARK):
        raise ValueError(
            f"{out} is there and is no earlier demo, so it is not overwritten. Remedy: name "
            "another folder by --out."
        )


def _synthetic_sheet(model, seed):
    asked = [{name: 1} for name in _SHOWN if name in model.config.labels for _ in range(_PER_LABEL)]
    studies = model.generate(asked, seed=seed)
    titles = [f"asked: {studies.title(i)}" for i in range(len(asked))]
    return contact_sheet(studies.images, titles, studies.reports)


def _real_sheet(model, data, card):
    batch = next(iter(load_dataset(data, "test", 12, seed=0)))
    films = films_to_uint8(batch["image"].numpy())
    vocabulary = Vocabulary(card.vocabulary)
    reports = [vocabulary.decode(tokens) for tokens in batch["tokens"].numpy()]
    titles = [
        ", ".join(name for name, value in zip(card.labels, row, strict=True) if value > 0)
        for row in batch["labels"].numpy()
    ]
    return (
        contact_sheet(films, titles, reports),
        contact_sheet(films, titles, model.describe(films)),
    )
