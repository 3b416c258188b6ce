from types import SimpleNamespace

import emixer_tf.data
from emixer_tf.experiments.cells.data import PhantomData, PreparedData


def test_phantoms_are_told_by_their_numbers():
    note = PhantomData(train=2000, val=500, test=40, resolution=32).note
    assert note == (
        "phantoms, 2,000 training, 500 validation and 40 test studies of 32 px, drawn by a program."
    )


def test_prepared_data_are_told_with_what_there_is_to_test_on(monkeypatch):
    card = SimpleNamespace(
        resolution=64,
        counts={"train": 380, "val": 70, "test": 105},
        label_counts={"test": {"normal": 2, "covid19": 81}},
        unreported=111,
    )
    monkeypatch.setattr(emixer_tf.data, "read_card", {"films/cohen": card}.get)
    assert PreparedData("digest", "films/cohen").note == (
        "cohen, 380 training, 70 validation and 105 test studies of 64 px; 111 of all "
        "have no report. Positive in the test split: normal 2, covid19 81."
    )


def test_data_have_the_name_that_their_card_gives(monkeypatch):
    card = SimpleNamespace(name="phantom")
    monkeypatch.setattr(emixer_tf.data, "read_card", {"data/my_phantoms": card}.get)
    assert PreparedData("digest", "data/my_phantoms").name == "phantom"
    assert PhantomData(train=1, val=1, test=1, resolution=32).name == "phantom"
