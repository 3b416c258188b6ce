import json

import numpy as np
import pytest

from emixer_tf.cli import build_parser, main
from emixer_tf.data import read_card
from emixer_tf.metrics.extractor_files import load_extractor


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("command") / "data"
    command = ["prepare", "phantom", "--n", "60", "--resolution", "16", "--workers", "1"]
    assert main([*command, "--out", str(folder)]) == 0
    return folder


def test_a_classifier_is_trained_tested_and_written_whole(data, tmp_path, capsys):
    out = tmp_path / "classifier"
    command = ["train-classifier", "--data", str(data), "--out", str(out)]
    command += ["--updates", "2", "--batch-size", "8"]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "Mean AUROC on the test split: 0." in told
    assert f"look at {out}/index.html" in told
    assert sorted(path.name for path in out.iterdir()) == [
        "classifier.json",
        "classifier.keras",
        "index.html",
        "reliability.png",
        "scores.md",
    ]
    card = json.loads((out / "classifier.json").read_text())
    assert card["labels"] == list(read_card(data).labels)
    table = (out / "scores.md").read_text()
    auroc = card["scores"]["by_label"]["Support Devices"]["auroc"]
    assert f"| {auroc:.3f} (" in table
    assert "| Pneumonia |" in table
    films = np.zeros((2, 16, 16, 1), "uint8")
    films[:, 4] = 255
    assert load_extractor(out).extract(films).shape == (2, 128)
    assert main(command) == 1
    assert "exists already" in capsys.readouterr().err
    before = (out / "classifier.json").read_text()
    assert main([*command, "--overwrite", "--seed", "3"]) == 0
    assert (out / "classifier.json").read_text() != before


def test_another_folder_is_never_overwritten(tmp_path, capsys):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "film.png").touch()
    command = ["train-classifier", "--data", "none", "--out", str(tmp_path / "mine")]
    assert main([*command, "--overwrite"]) == 1
    assert "is there and is no classifier, so it is not overwritten" in capsys.readouterr().err
    assert (tmp_path / "mine" / "film.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "is no prepared data set"),
        (["--initial", "none", "--backbone", "small"], "brings its own network"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(tmp_path, capsys, arguments, message):
    out = tmp_path / "out"
    command = ["train-classifier", "--data", str(tmp_path), "--out", str(out), *arguments]
    assert main(command) == 1
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not out.exists()


def test_help_has_examples_that_the_command_understands(capsys):
    with pytest.raises(SystemExit):
        build_parser().parse_args(["train-classifier", "--help"])
    told = capsys.readouterr().out.partition("examples:")[2].replace("\\\n", " ")
    examples = [line.split()[1:] for line in told.splitlines() if line.startswith("  emixer ")]
    assert len(examples) == 3
    for example in examples:
        assert build_parser().parse_args(example).command == "train-classifier"
