import json

import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines import SMGAN, CoGAN, JointGAN
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


@pytest.mark.parametrize("method", [CoGAN, JointGAN, SMGAN, EMIXER])
def test_every_method_is_exported_and_makes_its_studies(
    tiny_config, tiny_vocabulary, tmp_path, method
):
    colour = tiny_config.replace(channels=3, encoder_label_weight=0.0, label_weight_generator=0.0)
    preset = saved(method, colour, tiny_vocabulary, tmp_path / "preset")
    command = ["export", "--preset", preset, "--out", str(tmp_path / "made"), "--candidates", "1"]
    assert main(command) == 0
    signatures = tf.saved_model.load(str(tmp_path / "made" / "1")).signatures
    made = signatures["generate_by_name"](
        label_names=tf.constant(["Edema", ""]),
        seed=tf.constant([0, 7], tf.int64),
        temperature=tf.zeros([2]),
        truncation=tf.zeros([2]),
    )
    model = method.from_preset(preset)
    for place, labels, seed in ((0, {"Edema": 1}, 0), (1, {}, 7)):
        studies = model.generate(labels, seed=seed, candidates=1)
        assert made["image"].shape[1:] == (16, 16, 3)
        np.testing.assert_array_equal(made["image"][place], studies.images[0])
        assert made["report"][place].numpy().decode() == studies.reports[0]


def test_a_folder_without_a_classifier_is_told(preset, tmp_path, capsys):
    command = ["export", "--preset", preset, "--out", str(tmp_path / "emixer")]
    assert main([*command, "--classifier", str(tmp_path)]) == 1
    assert "emixer train-classifier" in capsys.readouterr().err
    assert not (tmp_path / "emixer").exists()
