import csv

import numpy as np
import pytest
from PIL import Image

from emixer_tf.cli import main
from emixer_tf.data import DataError, load_dataset, read_card
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


def test_rows_of_an_unlisted_class_are_dropped_and_counted(table, tmp_path):
    path = table(finding_4="effusion", finding_9="effusion")
    card = prepare_table(path, tmp_path / "out", COLUMNS, 16, labels=["normal", "edema"])
    assert card.labels == ["normal", "edema"]
    assert card.dropped == {"class not in --labels": 2}
    studies = read_split(tmp_path / "out", "train")
    assert studies["labels"].tolist() == [[1, 0], [0, 1], [0, 0], [1, 0], [0, 0], [1, 0], [0, 1]]
    np.testing.assert_array_equal(studies["labelled"], studies["labels"].sum(1))
    rows = list(csv.reader((tmp_path / "out" / "skipped.csv").read_text().splitlines()))
    assert [row[0] for row in rows] == ["row", "6", "11"]
    assert "class 'effusion' of column 'finding' is none of --labels" in rows[1][3]


def test_unlisted_names_of_a_list_are_ignored(table, tmp_path):
    path = table(finding_0="edema|effusion", finding_3="effusion")
    columns = TableColumns(list_column="finding", split="split")
    card = prepare_table(path, tmp_path / "out", columns, 16, labels=["normal", "edema"])
    assert card.dropped == {}
    studies = read_split(tmp_path / "out", "train")
    assert studies["labels"][[0, 3]].tolist() == [[0, 1], [0, 0]]
    assert studies["labelled"][[0, 2, 3]].tolist() == [1, 0, 1]


def test_a_class_may_be_called_none_if_it_is_listed(table, tmp_path):
    path = table(finding_0="None", finding_3="None")
    prepare_table(path, tmp_path / "out", COLUMNS, 16, labels=["None", "edema"])
    assert read_split(tmp_path / "out", "train")["labels"][0].tolist() == [1, 0]


def test_drawn_splits_do_not_depend_on_how_the_path_is_typed(table, tmp_path, monkeypatch):
    columns = TableColumns(class_column="finding")
    whole = prepare_table(table(), tmp_path / "whole", columns, 16)
    monkeypatch.chdir(tmp_path)
    relative = prepare_table("./films.csv", "relative", columns, 16)
    assert relative.label_counts == whole.label_counts
    for split in [name for name, count in whole.counts.items() if count]:
        one, other = (read_split(tmp_path / out, split)["image"] for out in ("whole", "relative"))
        np.testing.assert_array_equal(one, other)


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
        ({}, TableColumns(label_columns=("patent",)), "no column 'patent'. Did you mean 'patient'"),
        ({}, TableColumns(), r"films\.csv: labels stand in exactly one of .* Received: none"),
        (
            {},
            TableColumns(class_column="finding", list_column="text"),
            "Received: --class-column finding, --list-column text. Remedy: give one of them",
        ),
        ({"split_1": "val"}, COLUMNS, "Patient 'p0' is in train .*row 2.* and in val .*row 3"),
        ({"split_0": "tain", "split_1": "tain"}, COLUMNS, "row 2: split 'tain' is none of"),
        ({"a_4": "nan"}, TableColumns(label_columns=("a",)), "row 6: label 'a' is 'nan'"),
        ({}, TableColumns(label_columns=("b",)), r"train .*row 2 to .*the same labels \(b 1\)"),
        ({"patient_0": ""}, COLUMNS, "row 2: column 'patient' is empty"),
        ({"finding_4": "nan"}, COLUMNS, "row 6: column 'finding' names 'nan', which is no label"),
        ({"finding_4": "NULL"}, COLUMNS, "row 6: .*'NULL', .* Remedy: leave the cell empty"),
        (
            {"finding_4": "edema|NaN"},
            TableColumns(list_column="finding"),
            "row 6: column 'finding' names 'NaN', which is no label",
        ),
        (
            {f"finding_{i}": "none" for i in range(12)},
            COLUMNS,
            r"films\.csv: column 'finding' names no label in any row, row 2 has 'none'",
        ),
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
    with pytest.raises(DataError, match=r"train split is empty: none of 12 .*row 2 to .*row 13"):
        prepare_table(path, tmp_path / "out", COLUMNS, 16)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is no readable CSV .* Remedy: save it as UTF-8"),
        ("image,finding\n1.png,a,b\n1.png,a,b,c\n", "is no readable CSV .* Remedy"),
        ("image,finding\n", "has no rows below its header"),
    ],
)
def test_a_table_that_cannot_be_read_is_named(tmp_path, content, message):
    (tmp_path / "films.csv").write_text(content)
    columns = TableColumns(class_column="finding")
    with pytest.raises(DataError, match=rf"films\.csv {message}"):
        prepare_table(tmp_path / "films.csv", tmp_path / "out", columns, 16)


def test_misspelt_label_is_refused(table, tmp_path):
    with pytest.raises(DataError, match=r"label 'edma' does not occur .* Did you mean 'edema'"):
        prepare_table(table(), tmp_path / "out", COLUMNS, 16, labels=["edma"])


def test_labels_do_not_go_with_label_columns(table, tmp_path):
    columns = TableColumns(label_columns=("a", "b"))
    with pytest.raises(DataError, match="--labels b a does not go with --label-columns a b"):
        prepare_table(table(), tmp_path / "out", columns, 16, labels=["b", "a"])


def test_skipped_rows_are_listed(table, tmp_path):
    path = table(
        image_3="gone.png", finding_4="nan", finding_5="null", split_6="tain", patient_7=""
    )
    card = prepare_table(path, tmp_path / "out", COLUMNS, 16, on_error="skip")
    assert sum(card.counts.values()) == 7
    assert card.labels == ["edema", "normal"]
    assert card.dropped == {
        "unreadable film": 1,
        "bad label": 2,
        "bad split": 1,
        "no patient": 1,
    }
    rows = list(csv.reader((tmp_path / "out" / "skipped.csv").read_text().splitlines()))
    assert rows[0] == ["row", "image", "kind", "reason"]
    assert rows[1][:3] == ["5", "gone.png", "unreadable film"]
    assert "split 'tain' is none of train, val, test" in rows[4][3]


def test_the_command_tells_what_was_dropped(table, tmp_path, capsys):
    path, out = str(table(image_3="gone.png", split_6="tain")), str(tmp_path / "out")
    command = ["prepare", "table", "--csv", path, "--out", out, "--resolution", "16"]
    command += ["--class-column", "finding", "--split-column", "split", "--on-error", "skip"]
    assert main(command) == 0
    told = capsys.readouterr().out
    assert f"dropped 1: unreadable film (see {out}/skipped.csv)" in told
    assert f"dropped 1: bad split (see {out}/skipped.csv)" in told


def test_when_every_row_is_skipped_the_first_reason_is_told(table, tmp_path):
    path = table(**{f"split_{i}": "tain" for i in range(12)})
    with pytest.raises(DataError, match=r"all 12 rows were dropped, .*row 2: split 'tain'"):
        prepare_table(path, tmp_path / "out", COLUMNS, 16, on_error="skip")
    assert not list(tmp_path.glob("*out*"))


def test_existing_data_is_not_overwritten_unasked(table, tmp_path):
    prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    with pytest.raises(DataError, match="exists already"):
        prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    prepare_table(table(), tmp_path / "out", COLUMNS, 8, overwrite=True)
    assert read_card(tmp_path / "out").resolution == 8


def test_half_a_data_set_is_not_taken_for_whole(table, tmp_path):
    prepare_table(table(), tmp_path / "out", COLUMNS, 16)
    next((tmp_path / "out").glob("train-*")).unlink()
    with pytest.raises(DataError, match="is missing"):
        load_dataset(tmp_path / "out")
    with pytest.raises(DataError, match="is no prepared data set"):
        load_dataset(tmp_path)


@pytest.mark.parametrize("read", [load_dataset, read_split])
def test_an_empty_split_is_refused(table, tmp_path, read):
    prepare_table(table(split_8="train", split_9="train"), tmp_path / "out", COLUMNS, 16)
    with pytest.raises(
        DataError, match=r"Split 'val' of .*out has no .* choose one of train, test"
    ):
        read(tmp_path / "out", "val")
