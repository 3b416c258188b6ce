import json

import pytest
import tensorflow as tf

from emixer_tf.baselines import CoGAN
from emixer_tf.cli import main
from emixer_tf.models.classifier_files import save_classifier
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.film_classifier import film_classifier


def saved(model_class, config, vocabulary, folder):
    model_class(model_class.adapted(config), vocabulary=vocabulary).save_to_preset(folder)
    return str(folder)


@pytest.fixture(scope="module")
def preset(tiny_config, tiny_vocabulary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "preset"
    return saved(EMIXER, tiny_config, tiny_vocabulary, folder)


def test_a_preset_is_exported_with_a_classifier(preset, tmp_path, capsys):
    (tmp_path / "classifier").mkdir()
    save_classifier(film_classifier("small", 16, 1, 2), tmp_path / "classifier", ["a", "b"], {})
    command = ["export", "--preset", preset, "--out", str(tmp_path / "emixer"), "--version", "2"]
    assert main([*command, "--classifier", str(tmp_path / "classifier")]) == 0
    assert "docs/serving.md" in capsys.readouterr().out
    version = tmp_path / "emixer" / "2"
    about = json.loads((version / "assets.extra" / "emixer.json").read_text())
    assert about["classifier"] == {"labels": ["a", "b"], "resolution": 16, "channels": 1}
    assert "classify" in tf.saved_model.load(str(version)).signatures
    assert main(command) == 1
    assert "exists already" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == 0
    assert "classify" not in tf.saved_model.load(str(version)).signatures


def test_another_method_is_exported_too(tiny_config, tiny_vocabulary, tmp_path):
    preset = saved(CoGAN, tiny_config, tiny_vocabulary, tmp_path / "preset")
    assert main(["export", "--preset", preset, "--out", str(tmp_path / "cogan")]) == 0
    signatures = tf.saved_model.load(str(tmp_path / "cogan" / "1")).signatures
    made = signatures["generate_by_name"](
        label_names=tf.constant([["Edema"], [""]]),
        seed=tf.constant([0, 1], tf.int64),
        temperature=tf.zeros([2]),
        truncation=tf.zeros([2]),
    )
    assert made["image"].shape == (2, 16, 16, 1)


def test_a_folder_without_a_classifier_is_told(preset, tmp_path, capsys):
    command = ["export", "--preset", preset, "--out", str(tmp_path / "emixer")]
    assert main([*command, "--classifier", str(tmp_path)]) == 1
    assert "emixer train-classifier" in capsys.readouterr().err
    assert not (tmp_path / "emixer").exists()
