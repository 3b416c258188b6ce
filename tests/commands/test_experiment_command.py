import shlex

import pytest

from emixer_tf.cli import build_parser, main
from emixer_tf.experiments.catalogue import EXPERIMENTS


def printed_help(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_help_names_every_experiment_and_gives_examples_that_are_understood(capsys):
    text = printed_help(capsys, "experiment")
    assert all(name in text for name in EXPERIMENTS)
    assert "30, 50 or 100 % of the labels" in text
    lines = text.replace("\\\n", " ").splitlines()
    examples = [line.strip() for line in lines if line.strip().startswith("emixer ")]
    assert len(examples) >= 4
    for example in examples:
        build_parser().parse_args(shlex.split(example)[1:])


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_has_help(capsys, name):
    assert EXPERIMENTS[name] in " ".join(printed_help(capsys, "experiment", name).split())


def test_a_dry_run_of_a_reader_study_computes_nothing(tmp_path, capsys):
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    command = ["experiment", "reader_study", "--scale", "tiny", *folders, "--dry-run"]
    assert main(command) == 0
    assert "3 cells to compute" in capsys.readouterr().out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "1", "--seed", "1"], "A seed counts once. Received: --seed 1, 1."),
        (["--method", "EMIXER", "--method", "EMIXER"], "A method counts once."),
        (["--seed", "-1"], "A seed is 0 or more. Received: --seed -1"),
    ],
)
def test_what_no_table_can_be_made_of_is_told_before_anything_is_computed(
    tmp_path, capsys, arguments, message
):
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert main(["experiment", "augmentation", "--scale", "tiny", *folders, *arguments]) == 1
    assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
