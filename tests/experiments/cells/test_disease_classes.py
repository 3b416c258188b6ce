from types import SimpleNamespace

import numpy as np
import pytest

import emixer_tf.data
from emixer_tf.data import stored_studies
from emixer_tf.experiments.cells.data import PhantomData, PreparedData
from emixer_tf.experiments.cells.disease_classes import (
    CLASSES,
    DiseaseClasses,
    counted,
    is_confounded,
)

EMPTY = dict.fromkeys(CLASSES, 0)


def row(**films):
    return {**EMPTY, **films}


class Prepared:
    """Prepared data sets in memory: by folder and split films as `(grey, labels)`."""

    def __init__(self, monkeypatch):
        self.sets = {}
        monkeypatch.setattr(emixer_tf.data, "read_card", self.card)
        monkeypatch.setattr(stored_studies, "read_stored", self.split)

    def add(self, folder, labels, side=4, **splits):
        self.sets[folder] = (labels, side, splits)
        return PreparedData(digest=folder, path=folder)

    def card(self, folder):
        labels, _, splits = self.sets[str(folder)]
        counts = {split: len(films) for split, films in splits.items()}
        return SimpleNamespace(labels=labels, counts={"train": 0, "val": 0, "test": 0, **counts})

    def split(self, folder, split):
        labels, side, splits = self.sets[str(folder)]
        films = splits[split]
        grey = np.array([grey for grey, _ in films], "uint8")
        return {
            "image": np.tile(grey[:, None, None, None], (1, side, side, 1)),
            "labels": np.array(
                [[float(label in positive) for label in labels] for _, positive in films], "float32"
            ),
        }


@pytest.fixture
def prepared(monkeypatch):
    return Prepared(monkeypatch)


def run(cell, folder):
    result = cell.run(folder, {f"data/{place}": folder for place in range(len(cell.data))})
    read = {}
    for split in ("train", "val", "test"):
        with np.load(folder / f"{split}.npz") as file:
            films = file["films"]
            assert films.dtype == np.uint8
            assert (films == films[:, :1, :1]).all()
            read[split] = list(
                zip(films[:, 0, 0, 0].tolist(), file["classes"].tolist(),
                    file["sources"].tolist(), strict=True)
            )  # fmt: skip
    return result, read


def test_films_of_one_class_are_kept_with_class_and_source(prepared, tmp_path):
    first = prepared.add(
        "first", ["covid19", "normal", "fracture"],
        train=[(1, ["normal"]), (2, ["covid19"]), (3, ["fracture", "normal"])],
        val=[(4, ["normal"])], test=[(5, ["covid19"])],
    )  # fmt: skip
    second = prepared.add(
        "second", ["normal", "viral_pneumonia", "bacterial_pneumonia"],
        train=[(6, ["bacterial_pneumonia"])], test=[(7, ["viral_pneumonia"]), (8, ["normal"])],
    )  # fmt: skip
    cell = DiseaseClasses((first, second), ("first", "second"), CLASSES)
    result, read = run(cell, tmp_path)
    normal, bacterial, viral, covid = range(4)
    assert read == {
        "train": [(1, normal, 0), (2, covid, 0), (3, normal, 0), (6, bacterial, 1)],
        "val": [(4, normal, 0)],
        "test": [(5, covid, 0), (7, viral, 1), (8, normal, 1)],
    }
    assert result["left_out"] == 0
    assert result["counts"]["train"] == {
        "first": row(normal=2, covid19=1),
        "second": row(bacterial_pneumonia=1),
    }
    assert result["counts"]["test"] == {
        "first": row(covid19=1),
        "second": row(viral_pneumonia=1, normal=1),
    }


def test_films_of_no_class_or_of_several_are_left_out(prepared, tmp_path):
    films = prepared.add(
        "one", [*CLASSES, "fracture"],
        train=[(1, ["normal"]), (2, []), (3, ["fracture"]), (4, ["covid19", "viral_pneumonia"])],
        val=[(5, ["normal"])], test=[(6, ["normal"])],
    )  # fmt: skip
    result, read = run(DiseaseClasses((films,), ("one",), CLASSES), tmp_path)
    assert read["train"] == [(1, 0, 0)]
    assert result["left_out"] == 3


def test_a_film_that_stands_in_two_data_sets_is_counted_once(prepared, tmp_path):
    one = prepared.add(
        "one", list(CLASSES),
        train=[(1, ["normal"]), (2, ["covid19"])], val=[(3, ["normal"])], test=[(4, ["normal"])],
    )  # fmt: skip
    two = prepared.add(
        "two", list(CLASSES),
        train=[(4, ["normal"]), (5, ["covid19"]), (5, ["covid19"])],
        test=[(1, ["normal"]), (6, ["normal"])],
    )  # fmt: skip
    result, read = run(DiseaseClasses((one, two), ("one", "two"), CLASSES), tmp_path)
    greys = [grey for films in read.values() for grey, _, _ in films]
    assert sorted(greys) == [1, 2, 3, 4, 5, 6]
    assert (4, 0, 0) in read["test"], "a test film of one data set must not be trained on"
    assert result["left_out"] == 3


def test_labels_stand_for_classes_by_place(prepared, tmp_path):
    films = prepared.add(
        "one", ["Edema", "No Finding"],
        train=[(1, ["Edema"])], val=[(2, ["No Finding"])], test=[(3, ["Edema"])],
    )  # fmt: skip
    cell = DiseaseClasses((films,), ("one",), ("No Finding", "Mass", "Edema", "Fracture"))
    _, read = run(cell, tmp_path)
    assert (read["train"], read["val"]) == ([(1, 2, 0)], [(2, 0, 0)])


def test_a_split_without_films_is_a_sentence(prepared, tmp_path):
    films = prepared.add("one", list(CLASSES), train=[(1, ["normal"])], test=[(3, ["normal"])])
    with pytest.raises(ValueError, match=r"one: no film of normal, .* is in 'val'. Remedy"):
        run(DiseaseClasses((films,), ("one",), CLASSES), tmp_path)


def test_films_of_several_sizes_are_a_sentence(prepared, tmp_path):
    splits = {split: [(place, ["normal"])] for place, split in enumerate(("train", "val", "test"))}
    data = (
        prepared.add("one", list(CLASSES), side=4, **splits),
        prepared.add("two", list(CLASSES), side=8, **splits),
    )
    with pytest.raises(ValueError, match=r"several sizes: .*\(4, 4, 1\).*\(8, 8, 1\).*Remedy"):
        run(DiseaseClasses(data, ("one", "two"), CLASSES), tmp_path)


def test_two_data_sets_of_one_name_are_refused():
    """They would be counted as one, and be found not to be confounded."""
    data = (PreparedData("a"), PreparedData("b"))
    with pytest.raises(ValueError, match=r"a name of its own.*Remedy"):
        DiseaseClasses(data, ("prepared", "prepared"), CLASSES)
    with pytest.raises(ValueError, match="2 data sets"):
        DiseaseClasses(data, ("prepared",), CLASSES)


def test_its_data_sets_are_inputs_and_their_places_on_disk_no_part_of_the_key():
    data = (PreparedData("a", "here"), PhantomData(4, 2, 2, resolution=16))
    moved = (PreparedData("a", "there"), data[1])
    cells = [DiseaseClasses(parts, ("one", "two"), CLASSES) for parts in (data, moved)]
    assert cells[0].key == cells[1].key
    assert cells[0].inputs == {"data/0": data[0], "data/1": data[1]}
    assert DiseaseClasses(data[::-1], ("one", "two"), CLASSES).key != cells[0].key


def test_counts_are_by_data_set_and_class():
    assert counted([0, 0, 3, 1], [1, 1, 0, 1], ("a", "b")) == {
        "a": row(covid19=1),
        "b": row(normal=2, bacterial_pneumonia=1),
    }
    assert counted([], [], ("a",)) == {"a": EMPTY}


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ({"a": row(normal=5, covid19=5)}, False),  # one hospital
        ({"a": row(normal=5), "b": row(covid19=5)}, True),
        ({"a": row(normal=5, covid19=5), "b": row(normal=3)}, True),
        ({"a": row(normal=5, covid19=1), "b": row(normal=3, covid19=9)}, False),
        ({"a": row(normal=5, covid19=1), "b": row(normal=3, covid19=99)}, True),  # nearly alone
        ({"a": row(normal=5), "b": row(normal=3)}, False),  # classes without films count for none
        ({"a": row(normal=5, covid19=5), "b": row(normal=3, covid19=2), "c": EMPTY}, False),
        ({"a": row(normal=5), "b": row(normal=3), "c": row(covid19=2)}, True),
        ({}, False),
    ],
)
def test_a_class_of_one_data_set_alone_is_confounded(counts, expected):
    assert is_confounded(counts) is expected
