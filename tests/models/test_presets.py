import json
import shutil

import keras
import numpy as np
import pytest

from emixer_tf.baselines.sm_gan import SMGAN
from emixer_tf.config import CONFIGURATIONS
from emixer_tf.models import shipped_presets
from emixer_tf.models.compact_preset import without_optimizers
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.presets import preset_method, read_metadata


@pytest.fixture(scope="module")
def trained(tiny_config, tiny_vocabulary, make_studies):
    """A compiled model that looks as if it had taken a step."""
    model = EMIXER(tiny_config, vocabulary=tiny_vocabulary)
    model.compile()
    model.remember_labels(make_studies(tiny_config, tiny_config.batch_size)["labels"])
    model.optimizer.iterations.assign(1)
    model.refresh_statistics()
    return model


@pytest.fixture(scope="module")
def preset(trained, tmp_path_factory):
    """The trained model without its optimizers: one that was never compiled."""
    folder = tmp_path_factory.mktemp("presets") / "preset"
    without_optimizers(trained).save_to_preset(folder)
    return folder


def change_metadata(preset, folder, **changes):
    """Copy a preset and change its metadata."""
    folder.mkdir()
    for path in preset.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    metadata = {**json.loads((preset / "metadata.json").read_text()), **changes}
    (folder / "metadata.json").write_text(json.dumps(metadata))
    return folder


def test_a_preset_of_another_method_is_refused_with_the_right_class(preset, tmp_path):
    with pytest.raises(
        ValueError,
        match=r"holds a preset of EMIXER, not of SM-GAN\. Remedy: EMIXER\.from_preset\(folder\)",
    ):
        SMGAN.from_preset(preset)
    rival = change_metadata(preset, tmp_path / "rival", method="SM-GAN", **{"class": "SMGAN"})
    with pytest.raises(ValueError, match=r"of SM-GAN, not of EMIXER\. Remedy: SMGAN\.from_preset"):
        EMIXER.from_preset(rival)


def test_metadata_that_are_missing_or_of_an_earlier_version_are_told(preset, tmp_path):
    old = change_metadata(preset, tmp_path / "old")
    metadata = read_metadata(old)
    del metadata["optimizers"]
    (old / "metadata.json").write_text(json.dumps(metadata))
    with pytest.raises(ValueError, match=r"before presets said which .* Remedy: load it with the"):
        EMIXER.from_preset(old)
    (old / "metadata.json").unlink()
    for load in (preset_method, EMIXER.from_preset):
        with pytest.raises(FileNotFoundError, match=r"is no preset: metadata\.json is missing"):
            load(old)


def test_weights_that_are_cut_or_of_another_configuration_are_told(preset, tiny_config, tmp_path):
    cut = change_metadata(preset, tmp_path / "cut")
    weights = (cut / "model.weights.h5").read_bytes()
    (cut / "model.weights.h5").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(ValueError, match=r"cut.model\.weights\.h5 does not hold the weights"):
        EMIXER.from_preset(cut)
    other = change_metadata(preset, tmp_path / "other")
    wider = tiny_config.replace(generator_channels=8)
    (other / "config.json").write_text(wider.to_json())
    with pytest.raises(
        ValueError, match=r"Remedy: load it with the config\.json it was saved with"
    ):
        EMIXER.from_preset(other)


@pytest.mark.parametrize(
    "optimizer",
    [
        {"module": "os", "class_name": "system", "config": {"command": "true"}},
        {"module": "keras.layers", "class_name": "Nothing", "config": {}},
        {
            "module": "keras.utils",
            "class_name": "get_file",
            "config": {"fname": "x", "origin": "file:///etc/hostname"},
        },
    ],
)
def test_metadata_run_no_code_of_others(preset, tmp_path, optimizer):
    optimizers = {"optimizer": {**optimizer, "registered_name": None}}
    folder = change_metadata(preset, tmp_path / "evil", optimizers=optimizers)
    with pytest.raises(ValueError, match="names optimizers that Keras does not make"):
        EMIXER.from_preset(folder)


def test_optimizers_of_another_kind_come_back(trained, tmp_path):
    model = without_optimizers(trained)
    model.compile(*(keras.optimizers.SGD(rate) for rate in (0.1, 0.2, 0.3)))
    model.optimizer.iterations.assign(2)
    model.save_to_preset(tmp_path / "preset")
    restored = EMIXER.from_preset(tmp_path / "preset")
    assert isinstance(restored.decoder_optimizer, keras.optimizers.SGD)
    assert float(restored.decoder_optimizer.learning_rate) == pytest.approx(0.2)
    assert int(restored.optimizer.iterations) == 2
    assert restored.steps_taken() == 3  # one with Adam before


def test_compiling_again_counts_no_step_twice(trained):
    model = without_optimizers(trained)
    model.compile()
    model.optimizer.iterations.assign(4)
    model.compile(optimizer=model.optimizer)
    assert model.steps_taken() == 5
    model.compile()
    assert model.steps_taken() == 5
    assert int(model.optimizer.iterations) == 0


def test_a_keras_file_of_a_model_without_optimizers_can_be_written(trained, tmp_path):
    without_optimizers(trained).save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    assert not restored.compiled
    assert restored.steps_taken() == 1


def test_licence_and_attribution_stay_with_what_is_trained_on(preset, tmp_path):
    terms = {"licence": "CC BY 4.0", "attribution": ["Films by A. Nother."]}
    model = EMIXER.from_preset(change_metadata(preset, tmp_path / "theirs", **terms))
    model.save(tmp_path / "model.keras")
    keras.models.load_model(tmp_path / "model.keras").save_to_preset(tmp_path / "mine")
    card = (tmp_path / "mine" / "README.md").read_text()
    assert "license: cc-by-4.0" in card
    assert "Films by A. Nother." in card


def test_a_model_without_optimizers_comes_back_and_makes_the_same_studies(preset, trained):
    restored = EMIXER.from_preset(preset)
    assert not restored.compiled
    assert restored.steps_taken() == trained.steps_taken() == 1
    for labels in ({"Edema": 1}, None):
        made, again = (some.generate(labels, n=3, seed=2) for some in (trained, restored))
        np.testing.assert_array_equal(made.images, again.images)
        np.testing.assert_array_equal(made.label_values, again.label_values)
        assert made.reports == again.reports


def test_optimizers_are_kept_where_there_are_any(preset, trained, tmp_path):
    trained.save_to_preset(tmp_path / "whole")
    assert read_metadata(preset)["optimizers"] is None
    assert read_metadata(tmp_path / "whole")["optimizers"].keys() == {
        "optimizer", "decoder_optimizer", "discriminator_optimizer"
    }  # fmt: skip
    sizes = [(some / "model.weights.h5").stat().st_size for some in (preset, tmp_path / "whole")]
    assert sizes[0] < sizes[1]


def test_damaged_metadata_are_told(preset, tmp_path):
    broken = change_metadata(preset, tmp_path / "broken")
    (broken / "metadata.json").write_text('{"method": "SM-')
    with pytest.raises(
        ValueError, match=r"metadata\.json is damaged \(.*\)\. Remedy: take the one"
    ):
        EMIXER.from_preset(broken)


def test_a_built_in_configuration_is_adapted_to_the_method(tiny_config, monkeypatch):
    monkeypatch.setitem(CONFIGURATIONS, "tiny", tiny_config)
    adapted = tiny_config.replace(**dict.fromkeys(SMGAN.UNUSED_WEIGHTS, 0.0))
    assert SMGAN.from_preset("tiny", load_weights=False).config == adapted
    assert SMGAN("tiny").config == adapted
    with pytest.raises(ValueError, match="emixer train --method SM-GAN --config tiny"):
        SMGAN.from_preset("tiny")


def test_a_shipped_preset_is_loaded_by_its_name(preset, trained, tmp_path, monkeypatch):
    shutil.copytree(preset, tmp_path / "emixer_tiny")
    monkeypatch.setattr(shipped_presets, "_PLACES", (tmp_path / "nowhere", tmp_path))
    monkeypatch.chdir(tmp_path.parent)
    assert preset_method("emixer_tiny") == "EMIXER"
    shipped = EMIXER.from_preset("emixer_tiny")
    np.testing.assert_array_equal(
        shipped.generate(n=2, seed=1).images, trained.generate(n=2, seed=1).images
    )
    with pytest.raises(ValueError, match=r"Did you mean 'emixer_tiny'\?"):
        EMIXER.from_preset("emixer_tinny")
