"""Every rival from prepared data to studies, by the commands that a user gives.

EMIXER goes the same way in `tests/app/test_demo.py` and `tests/commands/test_cli.py`.
"""

import csv

import numpy as np
import pytest
from PIL import Image

from emixer_tf.baselines.methods import METHODS
from emixer_tf.cli import main
from emixer_tf.data import read_card
from emixer_tf.models.presets import preset_method

SMALL = [
    "resolution=16",
    "generator_channels=4",
    "discriminator_channels=4",
    "batch_size=4",
    "decoder_units=8",
    "topic_units=8",
    "encoder_channels=8",
    "encoder_features=8",
    "word_embedding_dim=6",
    "report_discriminator_units=8",
    "joint_discriminator_units=8",
]
EPOCHS = ("--steps-per-epoch", "2", "--sheet-every", "1")
RIVALS = {name: title for name, title in METHODS.items() if title != "EMIXER"}
CHANGES = [part for change in SMALL for part in ("--set", change)]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("methods") / "data"
    command = ["prepare", "phantom", "--n", "60", "--resolution", "16", "--workers", "1"]
    assert main([*command, "--out", str(folder)]) == 0
    return folder


def train(data, out, method, *more):
    command = ["train", "--data", str(data), "--config", "phantom_32", "--out", str(out), *CHANGES]
    return main([*command, "--method", method, *more])


@pytest.fixture(scope="module")
def run_of(data, tmp_path_factory):
    """A function from a method to the folder of a run of two steps."""
    runs = {}

    def run(method):
        if method not in runs:
            out = tmp_path_factory.mktemp("runs") / method
            assert train(data, out, method, "--steps", "2", *EPOCHS) == 0
            runs[method] = out
        return runs[method]

    return run


def generate(run, label, out):
    command = ["generate", "--preset", str(run / "preset"), "--label", label, "--n", "3"]
    return main([*command, "--out", str(out)])


@pytest.mark.parametrize(("method", "title"), RIVALS.items())
def test_from_data_to_studies(data, run_of, method, title, tmp_path):
    run = run_of(method)
    assert preset_method(run / "preset") == title
    assert (run / "sheets" / "sheet-00000002.png").is_file()
    assert generate(run, "Edema", tmp_path) == 0
    with open(tmp_path / "studies.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["Edema"] for row in rows] == ["1"] * 3
    vocabulary = set(read_card(data).vocabulary)
    for row in rows:
        assert set(row["report"].lower().replace(".", "").split()) <= vocabulary
        with Image.open(tmp_path / row["file"]) as film:
            assert np.asarray(film).std() > 0


def test_a_label_that_a_preset_has_not_is_told(run_of, tmp_path, capsys):
    assert generate(run_of("smgan"), "Oedema", tmp_path / "none") == 1
    assert "has no label 'Oedema'. Did you mean 'Edema'?" in capsys.readouterr().err


def test_another_method_does_not_go_on_with_a_run(data, run_of, capsys):
    assert train(data, run_of("smgan"), "emixer", "--steps", "4", *EPOCHS) == 1
    assert "by a training of SM-GAN, not of EMIXER. Remedy: " in capsys.readouterr().err


def test_a_dry_run_says_what_a_method_would_train(data, tmp_path, capsys):
    assert train(data, tmp_path / "run", "smgan", "--dry-run") == 0
    told = capsys.readouterr().out
    assert '"joint_weight": 0.0' in told
    names = [line.split()[0] for line in told.splitlines() if line.endswith("parameters")]
    assert names[-2:] == ["image_discriminator", "together"]
    assert not (tmp_path / "run").exists()


def test_a_weight_that_a_method_has_no_use_for_is_told(data, tmp_path, capsys):
    assert train(data, tmp_path / "run", "smgan", "--set", "joint_weight=1", "--steps", "1") == 1
    assert "SM-GAN has no such term: joint_weight. Remedy: set it to 0" in capsys.readouterr().err


def test_a_misspelt_method_is_told_before_the_data_are_read(tmp_path, capsys):
    assert train(tmp_path, tmp_path / "run", "joint-gam") == 1
    assert "There is no method 'joint-gam'. Did you mean 'jointgan'?" in capsys.readouterr().err


def test_help_names_all_methods(capsys):
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    told = capsys.readouterr().out
    assert "emixer, cogan, jointgan or smgan (emixer)" in " ".join(told.split())
    assert "emixer train --method smgan" in told
