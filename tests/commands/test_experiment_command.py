import shlex

import pytest
from noise import listing, study

from emixer_tf.cli import build_parser, main
from emixer_tf.data import Preparation, prepare
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
        (["--method", "EMIXER", "--method", "emixer"], "Received: --method EMIXER, EMIXER."),
        (["--methods", "all", "--method", "SM-GAN"], "A method counts once."),
        (["--method", "emixr"], "There is no method 'emixr'. Did you mean 'emixer'"),
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


def dry_run(tmp_path, capsys, *words):
    """Return what a dry run says would be computed, with keys."""
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    command = ["experiment", "synthetic_only", "--scale", "small", "--seed", "0", *folders]
    assert main([*command, *words, "--dry-run"]) == 0
    return capsys.readouterr().out


def test_a_method_is_the_same_in_every_spelling_and_by_default(tmp_path, capsys):
    told = dry_run(tmp_path, capsys)
    assert told == dry_run(tmp_path, capsys, "--method", "EMIXER")
    assert told == dry_run(tmp_path, capsys, "--methods", "emixer")
    rival = dry_run(tmp_path, capsys, "--method", "SM-GAN")
    assert rival == dry_run(tmp_path, capsys, "--method", "smgan")
    assert "EMIXER" not in rival


def test_all_methods_are_compared_at_once(tmp_path, capsys):
    told = dry_run(tmp_path, capsys, "--methods", "all")
    generators = [line.split(maxsplit=1)[1] for line in told.splitlines() if line[-6:] == "seed 0"]
    named = [f"{title} seed 0" for title in ("EMIXER", "CoGAN", "JointGAN", "SM-GAN")]
    assert [title for title in generators if title in named] == named


def test_methods_that_need_reports_are_told_before_anything_is_computed(tmp_path, capsys):
    prepare(listing(*(study(i, report=None) for i in range(8))), tmp_path / "data", Preparation(16))
    words = ["--data", str(tmp_path / "data"), "--method", "smgan", "--method", "cogan"]
    folders = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    assert main(["experiment", "augmentation", "--scale", "tiny", *folders, *words]) == 1
    assert (
        "The data have no reports, and CoGAN cannot learn without. Remedy: data with reports, or "
        "the methods that learn films alone: EMIXER and SM-GAN."
    ) in capsys.readouterr().err
    assert not (tmp_path / "work").exists()
