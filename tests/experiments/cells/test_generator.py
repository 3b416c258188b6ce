import dataclasses

import pytest

from emixer_tf.experiments.cells import generator as module
from emixer_tf.experiments.cells.data import PhantomData
from emixer_tf.experiments.cells.generator import Generator

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
