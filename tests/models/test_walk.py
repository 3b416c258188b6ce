import csv

import numpy as np
import pytest

from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.walk import great_circle, walk

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def model(tiny_config, tiny_vocabulary):
    return EMIXER(tiny_config, vocabulary=tiny_vocabulary)


def test_a_walk_begins_and_ends_at_studies_of_generate(model):
    steps = walk(model, {"Edema": 1}, {"Fracture": 1}, steps=4, seeds=(3, 8))
    for place, labels, seed in ((0, {"Edema": 1}, 3), (-1, {"Fracture": 1}, 8)):
        films = model.generate(labels, seed=seed).images.astype(int)
        assert np.abs(steps.images[place].astype(int) - films[0]).max() <= 1
    np.testing.assert_allclose(steps.label_values[:, 0], [1, 2 / 3, 1 / 3, 0], atol=1e-6)
    assert steps.reports[0] == model.generate({"Edema": 1}, seed=3).reports[0]


def test_a_walk_names_no_seed_that_would_not_make_it_again(model, tmp_path):
    walk(model, {}, {"Edema": 1}, steps=2).save(tmp_path)
    rows = list(csv.DictReader((tmp_path / "studies.csv").read_text().splitlines()))
    assert [(row["file"], row["seed"], row["index"]) for row in rows] == [
        ("00000.png", "", ""),
        ("00001.png", "", ""),
    ]


def test_with_one_seed_labels_change_alone(model):
    steps = walk(model, {"Edema": 1}, {"Edema": 1}, steps=3, seeds=(5, 5))
    np.testing.assert_array_equal(steps.images[0], steps.images[1])
    np.testing.assert_array_equal(steps.images[0], steps.images[2])


def test_noise_keeps_its_length_on_the_way():
    start, end = np.random.default_rng(0).standard_normal((2, 120))
    share = np.linspace(0, 1, 9)[:, None]
    lengths = np.linalg.norm(great_circle(start, end, share), axis=1)
    assert lengths.min() > 0.98 * min(lengths[0], lengths[-1])
    halfway = np.linalg.norm((start + end) / 2)
    assert halfway < 0.8 * lengths.min()  # where a straight line would pass


def test_a_walk_has_two_ends(model):
    with pytest.raises(ValueError, match="2 steps or more"):
        walk(model, {}, {}, steps=1)
