"""Presets of hubs: the hubs' own packages, and a server on this machine in the hubs' place."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hub_double import fetch
from huggingface_hub import ModelCard

from emixer_tf.baselines import load_study_generator
from emixer_tf.cli import main
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.hub_presets import hub_folder
from emixer_tf.models.preset_files import PRESET_FILES


@pytest.fixture(scope="module")
def preset(tiny_config, tiny_vocabulary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "preset"
    EMIXER(tiny_config, vocabulary=tiny_vocabulary).save_to_preset(folder)
    return folder


@pytest.mark.parametrize(
    ("handle", "told"),
    [
        ("hf://somebody/emixer", "revision/main"),
        ("hf://somebody/emixer@v2", "revision/v2"),
        ("kaggle://somebody/emixer/keras/phantom", "GetModelInstance"),
        ("kaggle://somebody/emixer/keras/phantom/2", "DownloadModelInstanceVersion"),
    ],
)
def test_a_preset_of_a_hub_is_that_which_was_put_there(preset, tmp_path, handle, told):
    folder, asked = fetch(handle, preset, tmp_path)
    assert any(told in path for path in asked)
    for name in PRESET_FILES:
        assert (Path(folder) / name).read_bytes() == (preset / name).read_bytes()


def test_what_is_no_file_of_a_preset_stays_on_hugging_face(preset, tmp_path):
    folder, _ = fetch("hf://somebody/emixer", preset, tmp_path)
    assert {path.name for path in Path(folder).iterdir()} == {*PRESET_FILES}


@pytest.mark.parametrize("handle", ["hf://nobody/nothing", "kaggle://nobody/nothing/keras/phantom"])
def test_what_a_hub_does_not_have_is_told(preset, tmp_path, handle):
    told, _ = fetch(handle, preset, tmp_path)
    assert told.startswith(f"OSError: {handle} could not be fetched: ")
    assert "Remedy: check spelling" in told


def test_hugging_face_reads_the_card(preset):
    about = ModelCard.load(preset / "README.md").data
    assert (about.library_name, about.license) == ("emixer_tf", "apache-2.0")
    assert {"keras", "chest-x-ray", "report-generation"} <= set(about.tags)


@pytest.fixture
def asked(preset, monkeypatch):
    """A stand-in of Hugging Face's package in this process; what it was asked for."""
    names = []
    package = ModuleType("huggingface_hub")

    def snapshot_download(name, **options):
        names.append(name)
        if name == "nobody/nothing":
            raise RuntimeError("404 Client Error.\nRepository Not Found")
        return str(preset)

    package.snapshot_download = snapshot_download
    monkeypatch.setitem(sys.modules, "huggingface_hub", package)
    hub_folder.cache_clear()
    yield names
    hub_folder.cache_clear()


def test_a_handle_is_fetched_once(asked):
    load_study_generator("hf://somebody/emixer")  # asks for the method, then for the model
    assert asked == ["somebody/emixer"]


def test_a_command_tells_in_one_line_what_a_hub_does_not_have(asked, tmp_path, capsys):
    command = ["generate", "--preset", "hf://nobody/nothing", "--out", str(tmp_path / "studies")]
    assert main(command) == 1
    told = capsys.readouterr().err
    assert "hf://nobody/nothing could not be fetched: 404 Client Error." in told
    assert "\n" not in told.strip()


def test_a_missing_package_is_told(monkeypatch):
    for scheme, package in (("hf", "huggingface_hub"), ("kaggle", "kagglehub")):
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(ImportError, match=rf"needs the package {package}\. .*\[hub\]"):
            EMIXER.from_preset(f"{scheme}://somebody/emixer")
