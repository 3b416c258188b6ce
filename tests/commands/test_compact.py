import json

import pytest

from emixer_tf.cli import main
from emixer_tf.models.emixer import EMIXER


@pytest.fixture(scope="module")
def preset(tiny_config, tiny_vocabulary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "preset"
    EMIXER(tiny_config, vocabulary=tiny_vocabulary).save_to_preset(folder)
    return folder


def evaluation(folder, **parts):
    folder.mkdir()
    (folder / "evaluation.json").write_text(json.dumps(parts))
    return str(folder)


def test_a_preset_is_written_small_with_the_numbers_of_its_evaluation(preset, tmp_path, capsys):
    measured = evaluation(
        tmp_path / "measured",
        command="emixer evaluate --preset preset",
        films={"generated": {"fid": 12.5}, "training": {"fid": None}},
        agreement={name: {"shown": None, "said": None} for name in ("generated", "test")},
        report_shapes=[
            {"mean_words": 17.25, "distinct": 0.5},
            {"mean_words": 56.0, "distinct": 1.0},
        ],
        descriptions={},
        memorization={
            "copies": {"features": {"generated": 0.01, "held_out": None}},
            "membership": {"auroc": 0.5875},
            "membership_by_real": {"auroc": 0.5},
        },
    )
    out = tmp_path / "small"
    command = ["compact", "--preset", str(preset), "--evaluation", measured, "--out", str(out)]
    assert main([*command, "--attribution", "Films by A. Nother."]) == 0
    assert "MB of weights instead of" in capsys.readouterr().out
    card = (out / "README.md").read_text()
    assert "| films: FID | 12.50 | –, training films |" in card
    assert "| words of a report, mean | 17.25 | 56.00, real reports |" in card
    assert "| different reports | 50.0% | 100.0%, real reports |" in card
    assert "held-out ones: AUROC | 0.588 | 0.500, from real films |" in card
    assert "Films by A. Nother." in card
    assert EMIXER.from_preset(out).vocabulary == EMIXER.from_preset(preset).vocabulary


def test_an_evaluation_of_another_preset_is_refused(preset, tmp_path, capsys):
    measured = evaluation(
        tmp_path / "measured",
        command="emixer evaluate --preset other",
        generator="other",
        weights="0" * 64,
    )
    command = ["compact", "--preset", str(preset), "--evaluation", measured]
    assert main([*command, "--out", str(tmp_path / "small")]) == 1
    assert "measured measured other, whose weights are not those of" in capsys.readouterr().err
    assert not (tmp_path / "small").exists()


@pytest.mark.parametrize(("parts", "told"), [
    ({}, "says nothing about a generator. Remedy: "),
    ({"films": {}, "agreement": {}}, "by an earlier version"),
])  # fmt: skip
def test_an_evaluation_without_what_the_card_says_is_refused(preset, tmp_path, capsys, parts, told):
    measured = evaluation(tmp_path / "measured", command="emixer evaluate", **parts)
    out = tmp_path / "small"
    command = ["compact", "--preset", str(preset), "--evaluation", measured, "--out", str(out)]
    assert main(command) == 1
    assert told in capsys.readouterr().err
    assert not out.exists()


def test_other_files_are_not_replaced(preset, tmp_path, capsys):
    (tmp_path / "thesis.txt").write_text("mine")
    assert main(["compact", "--preset", str(preset), "--out", str(tmp_path)]) == 1
    assert "holds 'thesis.txt', which would be lost" in capsys.readouterr().err
    assert (tmp_path / "thesis.txt").read_text() == "mine"
