import dataclasses

import numpy as np
import pytest

from emixer_tf.experiments.cells import generator as module
from emixer_tf.experiments.cells.data import PhantomData, RealStudies
from emixer_tf.experiments.cells.generator import Generator, StudiesAsRead, SyntheticStudies
from emixer_tf.experiments.study_arrays import StudyArrays
from emixer_tf.models.emixer import EMIXER

SHORT = Generator(
    data=PhantomData(8, 4, 4, 16),
    method="SM-GAN",
    configuration="phantom_32",
    changes=(),
    steps=100,
    seed=3,
)
LONG = dataclasses.replace(SHORT, steps=300, begun=SHORT)


@pytest.fixture
def trainings(monkeypatch):
    """What trainings were asked for, with the files that they found."""
    asked = []

    def train(method, data, folder, steps, steps_per_epoch, **others):
        found = {path.name: path.read_text() for path in folder.iterdir()}
        asked.append({"steps": steps, "steps_per_epoch": steps_per_epoch, "found": found})
        return {"steps": steps}

    monkeypatch.setattr(module, "train_method", train)
    return asked


@pytest.fixture
def inputs(tmp_path):
    begun = tmp_path / "begun"
    begun.mkdir()
    (begun / "checkpoint.json").write_text("of step 100")
    return {"data": tmp_path, "begun": begun}


def test_it_goes_on_from_the_checkpoint_of_the_one_that_was_begun(trainings, inputs, tmp_path):
    (tmp_path / "cell").mkdir()
    LONG.run(tmp_path / "cell", inputs)
    assert trainings == [
        {"steps": 300, "steps_per_epoch": 100, "found": {"checkpoint.json": "of step 100"}}
    ]


def test_after_a_kill_it_goes_on_from_its_own_checkpoint(trainings, inputs, tmp_path):
    (tmp_path / "cell").mkdir()
    (tmp_path / "cell" / "checkpoint.json").write_text("of step 200")
    LONG.run(tmp_path / "cell", inputs)
    assert trainings[0]["found"] == {"checkpoint.json": "of step 200"}
    assert (inputs["begun"] / "checkpoint.json").read_text() == "of step 100"


def test_without_one_it_begins_with_nothing(trainings, inputs, tmp_path):
    (tmp_path / "cell").mkdir()
    SHORT.run(tmp_path / "cell", {"data": tmp_path})
    assert trainings == [{"steps": 100, "steps_per_epoch": 100, "found": {}}]


def test_where_it_began_is_part_of_what_it_is():
    assert LONG.inputs == {"data": SHORT.data, "begun": SHORT}
    assert LONG.key != dataclasses.replace(LONG, begun=None).key


def test_a_method_that_learns_otherwise_is_another_cell_and_its_rivals_are_not(monkeypatch):
    emixer = dataclasses.replace(SHORT, method="EMIXER")
    before = emixer.key, SHORT.key
    monkeypatch.setitem(module._METHOD_VERSIONS, "EMIXER", 99)
    assert emixer.key != before[0]
    assert SHORT.key == before[1]


def test_studies_as_read_are_the_same_but_for_their_labels(tiny_config, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MADE_AT_ONCE", 3)
    model = EMIXER(tiny_config)
    model.save_to_preset(tmp_path / "preset")
    made = model.generate({"Edema": 1}, n=4, seed=0)
    asked = StudyArrays(
        films=made.images,
        tokens=np.ones((4, 3, 4), "int32"),
        labels=made.label_values,
        label_mask=np.ones((4, 3), "float32"),
        reported=np.ones(4, "float32"),
        reports=["a", "b", "c", "d"],
    )
    asked.save(tmp_path / "asked")
    (tmp_path / "cell").mkdir()
    synthetic = SyntheticStudies(SHORT, RealStudies(SHORT.data), 4, 0.0, seed=0)
    inputs = {"generator": tmp_path, "synthetic": tmp_path / "asked"}
    StudiesAsRead(SHORT, synthetic).run(tmp_path / "cell", inputs)
    found = StudyArrays.load(tmp_path / "cell")
    np.testing.assert_allclose(found.labels, model.read_labels(made.images), rtol=1e-5)
    np.testing.assert_array_equal(found.films, made.images)
    assert found.reports == asked.reports
