"""Presets of hubs, whose packages stand-ins take the place of."""

import sys
from types import ModuleType

import pytest

from emixer_tf.baselines import load_study_generator
from emixer_tf.cli import main
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.hub_presets import PRESET_FILES, hub_folder


@pytest.fixture(scope="module")
def preset(tiny_config, tiny_vocabulary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "preset"
    EMIXER(tiny_config, vocabulary=tiny_vocabulary).save_to_preset(folder)
    return folder


@pytest.fixture
def hubs(preset, monkeypatch):
    """Stand-ins of both packages that hand out one preset; returns what they were asked for."""
    asked = []
    hugging_face, kaggle = ModuleType("huggingface_hub"), ModuleType("kagglehub")

    def snapshot_download(name, revision=None, allow_patterns=None):
        asked.append((name, revision, allow_patterns))
        if name == "nobody/nothing":
            raise RuntimeError("404 Client Error.\nRepository Not Found")
        return str(preset)

    def model_download(handle):
        asked.append(handle)
        return str(preset)

    hugging_face.snapshot_download, kaggle.model_download = snapshot_download, model_download
    monkeypatch.setitem(sys.modules, "huggingface_hub", hugging_face)
    monkeypatch.setitem(sys.modules, "kagglehub", kaggle)
    hub_folder.cache_clear()
    yield asked
    hub_folder.cache_clear()


def test_presets_come_from_both_hubs(hubs, preset):
    theirs = EMIXER.from_preset(preset)
    for handle in ("hf://somebody/emixer", "kaggle://somebody/emixer/keras/phantom/2"):
        ours = EMIXER.from_preset(handle)
        assert (ours.config, ours.vocabulary) == (theirs.config, theirs.vocabulary)
    assert hubs == [
        ("somebody/emixer", None, list(PRESET_FILES)),
        "somebody/emixer/keras/phantom/2",
    ]


def test_a_revision_is_asked_for_and_a_handle_fetched_once(hubs):
    load_study_generator("hf://somebody/emixer@v2")  # asks for the method, then for the model
    assert [(name, revision) for name, revision, _ in hubs] == [("somebody/emixer", "v2")]


def test_what_a_hub_does_not_have_is_told_in_one_line(hubs, tmp_path, capsys):
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
