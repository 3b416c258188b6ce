import csv

import numpy as np
import pytest
from PIL import Image

from emixer_tf.data import DataError, load_dataset, read_card
from emixer_tf.data.images import read_image, square
from emixer_tf.data.pipeline import read_split
from emixer_tf.data.sources.table import TableColumns, prepare_table

COLUMNS = TableColumns(text="text", class_column="finding", group="patient", split="split")


@pytest.fixture
def table(tmp_path):
    """Write twelve films of six patients, and return a function that writes the CSV."""
    rng = np.random.default_rng(0)
    rows = []
    for i in range(12):
        Image.fromarray(rng.integers(0, 255, (20, 30), "uint8")).save(tmp_path / f"{i}.png")
        rows.append(
            {
                "image": f"{i}.png",
                "text": "No edema. Heart is normal." if i % 2 else "",
                "finding": ["normal", "edema", ""][i % 3],
                "patient": f"p{i // 2}",
                "split": ["train", "train", "train", "train", "val", "test"][i // 2],
                "a": str(i % 2),
                "b": "1",
            }
        )

    def write(**changes):
        for place, value in changes.items():
            name, number = place.rsplit("_", 1)
            rows[int(number)][name] = value
        with open(tmp_path / "films.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return tmp_path / "films.csv"

    return write


def test_a_table_becomes_records_and_a_card(table, tmp_path):
    card = prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    assert card == read_card(tmp_path / "out")
    assert card.labels == ["edema", "normal"]
    assert card.counts == {"train": 8, "val": 2, "test": 2}
    assert (card.unlabelled, card.unreported) == (4, 6)
    studies = read_split(tmp_path / "out", "train")
    assert studies["image"].shape == (8, 16, 16, 1)
    assert studies["labels"].sum(1).tolist() == [1, 1, 0] * 2 + [1, 1]
    np.testing.assert_array_equal(studies["labelled"], studies["labels"].sum(1))
    assert studies["report"][1] == "no edema . heart is normal"
    assert not list(tmp_path.glob(".out-*"))


def test_label_columns_and_lists(table, tmp_path):
    columns = TableColumns(label_columns=("a", "b"), group="patient")
    assert prepare_table(table(), tmp_path / "one", columns, 16).labels == ["a", "b"]
    path = table(finding_0="edema|normal")
    columns = TableColumns(list_column="finding", split="split")
    prepare_table(path, tmp_path / "two", columns, 16)
    assert read_split(tmp_path / "two", "train")["labels"][0].tolist() == [1, 1]


def test_batch_is_a_function_of_seed_and_step(table, tmp_path):
    prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    stream = load_dataset(tmp_path / "out", batch_size=3, seed=5).take(9)
    whole = [batch["image"].numpy() for batch in stream]
    for step in (1, 4, 8):
        resumed = next(iter(load_dataset(tmp_path / "out", batch_size=3, seed=5, start_step=step)))
        np.testing.assert_array_equal(resumed["image"], whole[step])
    epoch = np.concatenate(whole)[:8].reshape(8, -1)
    assert len(np.unique(epoch, axis=0)) == 8, "an epoch shows every study once"
    other = next(iter(load_dataset(tmp_path / "out", batch_size=8, seed=6)))["image"]
    assert np.abs(np.array(other) - np.concatenate(whole)[:8]).max() > 0


@pytest.mark.parametrize(
    ("changes", "columns", "message"),
    [
        ({"image_3": "gone.png"}, COLUMNS, r"row 5: .*gone\.png: there is no such file"),
        ({"image_3": "films.csv"}, COLUMNS, r"row 5: .*films\.csv: this is no readable image"),
        ({}, TableColumns(class_column="findin"), "no column 'findin'. Did you mean 'finding'"),
        ({}, TableColumns(), "exactly one of"),
        ({"split_1": "val"}, COLUMNS, "Patient 'p0' is in train .*row 2.* and in val .*row 3"),
        ({"split_0": "tain", "split_1": "tain"}, COLUMNS, "row 2: split 'tain' is none of"),
        ({"a_4": "nan"}, TableColumns(label_columns=("a",)), "row 6: label 'a' is 'nan'"),
        ({}, TableColumns(label_columns=("b",)), "have the same labels"),
        ({"patient_0": ""}, COLUMNS, "row 2: column 'patient' is empty"),
    ],
)
def test_bad_input_is_named(table, tmp_path, changes, columns, message):
    with pytest.raises(DataError, match=message):
        prepare_table(table(**changes), tmp_path / "out", columns, 16)
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out-*"))


def test_constant_film_is_refused(table, tmp_path):
    path = table()
    Image.fromarray(np.full((9, 9), 7, "uint8")).save(tmp_path / "2.png")
    with pytest.raises(DataError, match=r"row 4: .*2\.png: every pixel is"):
        prepare_table(path, tmp_path / "out", COLUMNS, 16)


def test_empty_train_split_is_refused(table, tmp_path):
    path = table(**{f"split_{i}": "test" for i in range(12)})
    with pytest.raises(DataError, match="train split is empty"):
        prepare_table(path, tmp_path / "out", COLUMNS, 16)


def test_misspelt_label_is_refused(table, tmp_path):
    with pytest.raises(DataError, match=r"label 'edma' does not occur .* Did you mean 'edema'"):
        prepare_table(table(), tmp_path / "out", COLUMNS, 16, labels=["edma"])


def test_skipped_rows_are_listed(table, tmp_path):
    card = prepare_table(table(image_3="gone.png"), tmp_path / "out", COLUMNS, 16, on_error="skip")
    assert sum(card.counts.values()) == 11
    assert card.dropped == {"unreadable row (see skipped.csv)": 1}
    rows = list(csv.reader((tmp_path / "out" / "skipped.csv").read_text().splitlines()))
    assert rows[1][:2] == ["5", "gone.png"]


def test_existing_data_is_not_overwritten_unasked(table, tmp_path):
    prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    with pytest.raises(DataError, match="exists already"):
        prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    prepare_table(table(), tmp_path / "out", COLUMNS, 8, overwrite=True)
    assert read_card(tmp_path / "out").resolution == 8


def test_full_disk_leaves_nothing(table, tmp_path, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("emixer_tf.data.records.os.replace", full)
    with pytest.raises(DataError, match=r"No space left .* Nothing was left behind"):
        prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    assert not list(tmp_path.glob("*out*"))


def test_half_a_data_set_is_not_taken_for_whole(table, tmp_path):
    prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    next((tmp_path / "out").glob("train-*")).unlink()
    with pytest.raises(DataError, match="is missing"):
        load_dataset(tmp_path / "out")
    with pytest.raises(DataError, match="is no prepared data set"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("bits", [8, 16])
def test_depths_give_the_same_film(tmp_path, bits):
    ramp = np.linspace(0, 1, 64).reshape(8, 8)
    pixels = np.round(ramp * (2**bits - 1)).astype(f"uint{bits}")
    Image.fromarray(pixels).save(tmp_path / "film.png")
    np.testing.assert_allclose(read_image(tmp_path / "film.png"), ramp, atol=0.003)


def test_fit_pads_or_crops_and_never_stretches_unasked():
    wide = np.zeros((10, 20), "float32")
    wide[:, 5:15] = 1.0
    assert square(wide, 20, 1, "pad")[:4].max() == 0
    assert square(wide, 10, 1, "crop").min() == 255
    assert square(wide, 10, 1, "stretch")[0, :, 0].tolist()[4:6] == [255, 255]
    assert square(wide, 10, 3, "pad").shape == (10, 10, 3)
    with pytest.raises(ValueError, match="fit must be"):
        square(wide, 10, 1, "squash")
