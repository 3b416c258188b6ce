import csv
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from emixer_tf.data import Preparation, prepare, read_card, stored_studies
from emixer_tf.data.flow import Flow
from emixer_tf.data.pipeline import read_split
from emixer_tf.data.sources import phantom_studies
from emixer_tf.experiments.evaluation import generated_studies
from emixer_tf.experiments.evaluation.generated_studies import (
    label_rows,
    made_studies,
    saved_studies,
)
from emixer_tf.experiments.evaluation.real_studies import read_studies
from emixer_tf.experiments.evaluation.studies import Studies
from emixer_tf.models import generation
from emixer_tf.models.generation import films_to_uint8

NAMES = ("Edema", "Fracture", "Cardiomegaly")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("studies") / "data"
    prepare(phantom_studies.listing(Flow(), 90, 0), folder, Preparation(16))
    return folder


def studies(count=6, side=8):
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, (count, 3)).astype("float32")
    return Studies(
        [f"s{i}" for i in range(count)],
        random.integers(0, 256, (count, side, side, 1), "uint8"),
        NAMES,
        labels,
        np.ones(labels.shape, bool),
        ["no edema . heart normal", "", *["clear lungs"] * (count - 2)],
    )


def test_words_are_reports_without_full_stops():
    some = studies()
    assert some.words[:2] == ["no edema heart normal", ""]
    assert some.reported.tolist() == [0, 2, 3, 4, 5]


def test_a_title_names_what_is_known_to_be_positive():
    some = studies(2)
    some.labels[:] = [[1, 0, 1], [0, 1, 0]]
    some.known[0, 0] = some.known[1, 1] = False
    assert [some.title(i) for i in range(2)] == ["Cardiomegaly", "no label"]


@pytest.mark.parametrize("at_once", [5, 1000])
def test_real_studies_are_those_of_the_split(data, at_once, monkeypatch):
    monkeypatch.setattr(stored_studies, "READ_AT_ONCE", at_once)
    found, whole = read_studies(data, "train", 1000), read_split(data, "train")
    assert len(found) == read_card(data).counts["train"] == len(set(found.ids))
    np.testing.assert_array_equal(found.films, films_to_uint8(whole["image"]))
    np.testing.assert_array_equal(found.labels, whole["labels"])
    assert found.reports == whole["report"]
    assert found.known.all()


@pytest.mark.parametrize("at_once", [5, 1000])
def test_of_many_real_studies_a_random_part_is_read(data, at_once, monkeypatch):
    monkeypatch.setattr(stored_studies, "READ_AT_ONCE", at_once)
    whole = read_studies(data, "train", 1000)
    part = read_studies(data, "train", 9, seed=3)
    places = [whole.ids.index(name) for name in part.ids]
    assert places == sorted(set(places))
    np.testing.assert_array_equal(part.films, whole.films[places])
    assert part.reports == [whole.reports[place] for place in places]
    assert read_studies(data, "train", 9, seed=4).ids != part.ids


def test_a_split_without_studies_is_told(data, tmp_path):
    card = read_card(data)
    counts = {**card.counts, "test": 0}
    for file in data.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "dataset.json").write_text(replace(card, counts=counts).to_json())
    with pytest.raises(ValueError, match="has no studies in 'test'"):
        read_studies(tmp_path, "test", 10)


def test_label_rows_are_joined_by_name_and_known_throughout():
    some = studies()
    some.known[1, 2] = some.known[3, 0] = False
    rows = label_rows(some, ("Cardiomegaly", "Edema"))
    np.testing.assert_array_equal(rows, some.labels[[0, 2, 4, 5]][:, [2, 0]])


def test_data_without_a_label_of_the_generator_or_without_known_rows_are_told():
    some = studies()
    with pytest.raises(ValueError, match="data without Pneumonia"):
        label_rows(some, ("Edema", "Pneumonia"))
    some.known[:, 1] = False
    with pytest.raises(ValueError, match="No training study has all labels known"):
        label_rows(some, NAMES)


class Generator:
    """Stands in for EMIXER: a film's first pixel is its study's number in the call."""

    class config:  # noqa: N801
        labels = ("Edema", "Cardiomegaly", "Fracture")

    def generate(self, labels, seed, temperature):
        films = np.full((len(labels), 8, 8, 1), seed, "uint8")
        films[:, 0, 0, 0] = np.arange(len(labels))
        reports = [f"Seed {seed}, words {temperature}. Clear." for _ in labels]
        return generation.Studies(films, reports, self.config.labels, labels, seed)


def test_made_studies_have_label_rows_of_the_training_split(monkeypatch):
    monkeypatch.setattr(generated_studies, "_MADE_AT_ONCE", 5)
    training = studies()
    training.labels[:] = [1, 0, 1]
    training.labels[0] = [0, 1, 0]
    made = made_studies(Generator(), training, 12, seed=2, temperature=0.5)
    assert set(map(tuple, made.labels.tolist())) == {(1, 1, 0), (0, 0, 1)}
    assert made.label_names == Generator.config.labels
    assert len(set(made.ids)) == len(made) == 12
    assert made.films[:, 0, 0, 0].tolist() == [0, 1, 2, 3, 4] * 2 + [0, 1]
    assert made.films[:, 1, 1, 0].tolist() == [2] * 5 + [7] * 5 + [12] * 2
    assert made.reports[0] == "seed 2 words 0.5 . clear"
    assert made.known.all()


def test_saved_studies_come_back(tmp_path):
    labels = np.array([[1, 0, 0], [0, 1, 1]], "float32")
    films = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), "uint8")
    generation.Studies(films, ["No edema. Clear.", ""], NAMES, labels, seed=3).save(tmp_path)
    found = saved_studies(tmp_path)
    np.testing.assert_array_equal(found.films, films)
    np.testing.assert_array_equal(found.labels, labels)
    assert found.label_names == NAMES
    assert found.reports == ["no edema . clear", ""]


def write_folder(folder, rows, columns=("file", "Edema", "report", "seed", "index")):
    with open(folder / "studies.csv", "w", newline="") as file:
        csv.writer(file).writerows([columns, *rows])
    for name, side in (("a.png", 8), ("b.png", 8), ("large.png", 16)):
        Image.fromarray(np.zeros((side, side), "uint8")).save(folder / name)
    (folder / "text.png").write_text("no film")


@pytest.mark.parametrize(
    ("file", "label", "message"),
    [
        ("b.png", "yes", r"studies.csv, row 3: a label is a number"),
        ("large.png", "1", "films of one folder have one size"),
        ("none.png", "1", "none.png is no readable film"),
        ("text.png", "1", "text.png is no readable film"),
        ("../a.png", "1", "which lies elsewhere"),
    ],
)
def test_a_faulty_folder_of_studies_is_told(tmp_path, file, label, message):
    write_folder(tmp_path, [("a.png", "1", "x", 0, 0), (file, label, "y", 0, 1)])
    with pytest.raises(ValueError, match=message):
        saved_studies(tmp_path)


def test_a_table_without_reports_is_told(tmp_path):
    write_folder(tmp_path, [("a.png", "1")], ("file", "Edema"))
    with pytest.raises(ValueError, match="has no column report"):
        saved_studies(tmp_path)


def test_a_label_that_was_asked_for_by_half_is_not_counted(tmp_path):
    write_folder(tmp_path, [("a.png", "0.5", "x", 0, 0), ("b.png", "1", "y", 0, 1)])
    assert saved_studies(tmp_path).known.tolist() == [[False], [True]]


def test_labels_that_the_generator_read_are_not_taken_for_labels_that_were_asked_for(tmp_path):
    columns = ("file", "Edema", "report", "seed", "index", "Edema (read)")
    write_folder(tmp_path, [("a.png", "1", "x", 0, 0, "0.25")], columns)
    found = saved_studies(tmp_path)
    assert found.label_names == ("Edema",)
    assert found.labels.tolist() == [[1.0]]
