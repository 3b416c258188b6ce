import json
import shutil

import numpy as np
import pytest

from emixer_tf.baselines.sm_gan import SMGAN
from emixer_tf.config import CONFIGURATIONS
from emixer_tf.models import shipped_presets
from emixer_tf.models.compact_preset import without_optimizers
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.presets import preset_method


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
    """Copy a preset and change its metadata; a value of None removes the entry."""
    folder.mkdir()
    for path in preset.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    metadata = {**json.loads((preset / "metadata.json").read_text()), **changes}
    kept = {name: value for name, value in metadata.items() if value is not None}
    (folder / "metadata.json").write_text(json.dumps(kept))
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


def test_a_preset_that_names_no_method_is_emixers(preset, trained, tmp_path):
    old = change_metadata(preset, tmp_path / "old", method=None, **{"class": None})
    assert preset_method(old) == "EMIXER"
    with pytest.raises(ValueError, match=r"Remedy: EMIXER\.from_preset\(folder\)"):
        SMGAN.from_preset(old)
    (old / "metadata.json").unlink()
    assert preset_method(old) == "EMIXER"
    assert EMIXER.from_preset(old, load_weights=False).config == trained.config


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
    saved = [
        json.loads((some / "metadata.json").read_text()) for some in (preset, tmp_path / "whole")
    ]
    assert [metadata["compiled"] for metadata in saved] == [False, True]
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
