import json

import numpy as np
import pytest

from emixer_tf.models.compact_preset import without_optimizers, write_compact_preset
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.presets import read_metadata

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def data(tiny_config, make_studies):
    return make_studies(tiny_config, tiny_config.studies_per_step)


@pytest.fixture(scope="module")
def trained(tiny_config, tiny_vocabulary, data):
    model = EMIXER(tiny_config, vocabulary=tiny_vocabulary)
    model.compile()
    model.fit(data, batch_size=tiny_config.studies_per_step, verbose=0)
    model.refresh_statistics()
    return model


@pytest.fixture(scope="module")
def saved(trained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "whole"
    trained.save_to_preset(folder, command="emixer train --data data/mine --out runs/mine")
    return folder


@pytest.fixture(scope="module")
def compact(trained, saved):
    folder = saved.parent / "compact"
    evaluation = {
        "headings": ["at a glance", "generator"],
        "rows": [["films: FID", "12.3"]],
        "command": "emixer evaluate --preset runs/mine/preset",
    }
    write_compact_preset(
        trained, folder, read_metadata(saved), evaluation, "CC BY 4.0", ["Films by A. Nother."]
    )
    return folder


def test_weights_are_those_of_the_model_rounded_to_half_precision(compact, trained):
    restored = EMIXER.from_preset(compact)
    assert not restored.compiled
    for ours, theirs in zip(restored.weights, trained.weights, strict=True):
        values = np.array(theirs)
        if ours is restored.earlier_steps:
            values = np.array(trained.steps_taken())
        elif values.dtype == np.float32:
            values = values.astype("float16").astype("float32")
        np.testing.assert_array_equal(np.array(ours), values, err_msg=ours.path)


def test_films_are_the_same_but_for_rounding(compact, trained):
    films = trained.generate({"Edema": 1}, n=4, seed=3).images.astype(int)
    halved = EMIXER.from_preset(compact).generate({"Edema": 1}, n=4, seed=3).images.astype(int)
    assert np.abs(films - halved).max() <= 3  # of 255
    assert films.std() > 0


def test_optimizers_are_left_out(compact, saved):
    whole, small = ((some / "model.weights.h5").stat().st_size for some in (saved, compact))
    assert small < whole / 2
    assert sorted(path.name for path in compact.iterdir()) == sorted(
        path.name for path in saved.iterdir()
    )


def test_the_card_says_what_was_measured_and_whose_the_data_are(compact):
    card = (compact / "README.md").read_text()
    assert "license: cc-by-4.0" in card
    assert "| films: FID | 12.3 |" in card
    assert "    emixer evaluate --preset runs/mine/preset" in card
    assert "    emixer train --data data/mine --out runs/mine" in card
    assert "Films by A. Nother." in card
    assert "generator steps trained: 1" in card
    assert "not for diagnosis" in card
    assert json.loads((compact / "metadata.json").read_text())["precision"] == "float16"


def test_training_goes_on_from_the_step_it_had_reached(compact, tiny_config, data):
    model = EMIXER.from_preset(compact)
    model.compile()
    assert model.steps_taken() == 1
    assert int(model.optimizer.iterations) == 0
    model.fit(data, batch_size=tiny_config.studies_per_step, verbose=0)
    assert model.steps_taken() == 2
    model.generate(n=1)  # re-estimates the statistics from the labels it met
    assert int(model.statistics_step) == 2


def test_a_bare_copy_counts_the_steps_of_its_model(trained):
    bare = without_optimizers(trained)
    assert bare.steps_taken() == trained.steps_taken() == 1
