import csv
import math
import pickle

import pytest
from small_tree import dropped
from trees import write_film

from emixer_tf.data import DataError
from emixer_tf.data.errors import RowError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.table import listing

BY_CLASS = {"class_column": "finding", "text_column": "text"}
BY_CLASS |= {"group_column": "patient", "split_column": "split"}


@pytest.fixture
def table(tmp_path):
    """Return a function that writes a CSV of twelve films of six patients."""
    rows = [
        {
            "image": f"{i}.png",
            "text": "No edema. Heart is normal." if i % 2 else " ",
            "finding": ["normal", "edema", ""][i % 3],
            "patient": f"p{i // 2}",
            "split": ["train", "train", "train", "train", "validate", "test"][i // 2],
            "a": str(i % 2),
            "b": "1",
        }
        for i in range(12)
    ]

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


def labels_of(found):
    return [study.labels and list(study.labels.values()) for study in found.studies]


def test_a_row_becomes_a_study(table, tmp_path):
    path = table()
    found = listing(Flow(), path, **BY_CLASS)
    assert (found.name, found.labels) == ("films", ("edema", "normal"))
    assert labels_of(found) == [[0, 1], [1, 0], None] * 4
    assert [study.split for study in found.studies] == ["train"] * 8 + ["val"] * 2 + ["test"] * 2
    assert [study.patient for study in found.studies][:3] == ["p0", "p0", "p1"]
    assert [study.report for study in found.studies][:2] == [None, "No edema. Heart is normal."]
    assert found.studies[3].source == f"{path}, row 5"
    write_film(tmp_path / "3.png")
    film = pickle.loads(pickle.dumps(found.studies[3].film))
    assert film.name == "3.png"
    assert film.read(16).shape == (20, 24)


def test_label_columns_and_lists(table):
    found = listing(Flow(), table(), label_columns=["b", "a"])
    assert found.labels == ("b", "a")
    assert labels_of(found)[:2] == [[1, 0], [1, 1]]
    path = table(finding_0="edema; normal")
    found = listing(Flow(), path, list_column="finding", separator=";")
    assert labels_of(found)[:3] == [[1, 1], [1, 0], None]


def test_without_a_group_every_film_is_its_own_patient(table, tmp_path, monkeypatch):
    whole = listing(Flow(), table(), class_column="finding")
    assert [study.patient for study in whole.studies][:2] == ["0.png", "1.png"]
    assert {study.split for study in whole.studies} == {None}
    monkeypatch.chdir(tmp_path)
    relative = listing(Flow(), "./films.csv", class_column="finding")
    assert [study.patient for study in relative.studies] == [
        study.patient for study in whole.studies
    ]


def test_rows_of_an_unlisted_class_are_dropped_and_counted(table):
    path = table(finding_4="effusion", finding_9="effusion")
    flow = Flow()
    found = listing(flow, path, labels=["normal", "edema"], **BY_CLASS)
    assert found.labels == ("normal", "edema")
    assert dropped(flow) == {"class in --labels": 2}
    assert [row.source for row in flow.dropped] == [f"{path}, row 6", f"{path}, row 11"]
    assert labels_of(found)[:5] == [[1, 0], [0, 1], None, [1, 0], None]


def test_unlisted_names_of_a_list_are_ignored(table):
    path = table(finding_0="edema|effusion", finding_3="effusion")
    flow = Flow()
    found = listing(flow, path, list_column="finding", labels=["normal", "edema"])
    assert dropped(flow) == {}
    assert labels_of(found)[:4] == [[0, 1], [0, 1], None, [0, 0]]


def test_a_class_may_be_called_none_if_it_is_listed(table):
    path = table(finding_0="None", finding_3="None")
    found = listing(Flow(), path, labels=["None", "edema"], class_column="finding")
    assert labels_of(found)[0] == [1, 0]


@pytest.mark.parametrize(
    ("uncertain", "blank", "values"),
    [("ones", "zeros", [1, 0]), ("soft", "zeros", [0.5, 0]), ("zeros", "ignore", [0, math.nan])],
)
def test_what_uncertain_and_blank_mean_is_asked_for(table, uncertain, blank, values):
    path = table(a_0="-1", b_0="", a_1="", b_1="")
    columns = {"label_columns": ["a", "b"]}
    found = listing(Flow(), path, uncertain=uncertain, blank=blank, **columns)
    assert labels_of(found)[:2] == [pytest.approx(values, nan_ok=True), None]
    assert found.notes == [
        f"Labels: uncertain -> {uncertain}, blank -> {blank}.",
        "1 of 12 studies are unlabelled.",
        "DICOM films, if any: style voi.",
    ]
    with pytest.raises(DataError, match=r"row 2: label 'a' is uncertain .* by --uncertain \(zeros"):
        listing(Flow("skip"), path, blank=blank, **columns)
    with pytest.raises(DataError, match=r"row 2: label 'b' is blank .* say by --blank"):
        listing(Flow("skip"), path, uncertain=uncertain, **columns)


def test_the_card_says_how_far_no_finding_agrees(tmp_path):
    path = tmp_path / "films.csv"
    path.write_text("image,No Finding,Edema\n1.png,1,-1\n2.png,1,0\n3.png,0,0\n4.png,,\n")
    found = listing(Flow(), path, label_columns=["No Finding", "Edema"], uncertain="soft")
    assert found.notes[1:] == [
        "No Finding is positive in 2 studies, in 1 of them beside a positive or uncertain finding "
        "other than Support Devices; 1 studies have neither.",
        "1 of 4 studies are unlabelled.",
        "DICOM films, if any: style voi.",
    ]


def test_a_policy_does_not_go_with_names(table):
    with pytest.raises(DataError, match="--uncertain and --blank go with --label-columns"):
        listing(Flow(), table(), blank="zeros", **BY_CLASS)


def test_a_film_is_at_fault_when_it_is_read(table, tmp_path):
    found = listing(Flow(), table(image_0="../outside.png", image_1="films.csv"), **BY_CLASS)
    write_film(tmp_path.parent / "outside.png")
    for study, kind, message in (
        (found.studies[0], "film outside the root", "this leads out of"),
        (found.studies[1], "unreadable film", r"films\.csv"),
        (found.studies[2], "unreadable film", r"2\.png: there is no such file"),
    ):
        with pytest.raises(RowError, match=message) as error:
            study.film.read(16)
        assert error.value.kind == kind


def test_the_root_may_be_another_than_the_tables(table, tmp_path):
    write_film(tmp_path / "elsewhere" / "0.png")
    found = listing(Flow(), table(), root=tmp_path / "elsewhere", **BY_CLASS)
    assert found.studies[0].film.read(16).shape == (20, 24)
    with pytest.raises(DataError, match="nowhere: there is no such folder"):
        listing(Flow(), table(), root=tmp_path / "nowhere", **BY_CLASS)


@pytest.mark.parametrize(
    ("changes", "arguments", "message"),
    [
        ({}, {"class_column": "findin"}, "no column 'findin'. Did you mean 'finding'"),
        ({}, {"label_columns": ["patent"]}, "no column 'patent'. Did you mean 'patient'"),
        ({}, {}, r"films\.csv: labels stand in exactly one of .* Received: none"),
        (
            {},
            {"class_column": "finding", "list_column": "text"},
            "Received: --class-column finding, --list-column text. Remedy: give one of them",
        ),
        ({"split_0": "tain"}, BY_CLASS, "row 2: split 'tain' is none of"),
        ({"a_4": "nan"}, {"label_columns": ["a"]}, "row 6: label 'a' is 'nan'"),
        ({"patient_0": ""}, BY_CLASS, "row 2: column 'patient' is empty"),
        ({"image_0": ""}, BY_CLASS, "row 2: column 'image' is empty. Remedy: name the film"),
        ({"finding_4": "nan"}, BY_CLASS, "row 6: column 'finding' names 'nan', which is no label"),
        ({"finding_4": "NULL"}, BY_CLASS, "row 6: .*'NULL', .* Remedy: leave the cell empty"),
        (
            {"finding_4": "edema|NaN"},
            {"list_column": "finding"},
            "row 6: column 'finding' names 'NaN', which is no label",
        ),
        (
            {f"finding_{i}": "none" for i in range(12)},
            BY_CLASS,
            r"films\.csv, row 2: column 'finding' names no label, it has 'none', nor does it in",
        ),
        (
            {},
            {"class_column": "finding", "labels": ["edma"]},
            "label 'edma' does not occur .* Did you mean 'edema'",
        ),
        (
            {},
            {"class_column": "finding", "labels": ["edema", "edema"]},
            "--labels names 'edema' twice. Remedy: name every label once",
        ),
        ({}, {"label_columns": ["a", "b", "a"]}, "--label-columns names 'a' twice"),
        (
            {},
            {"label_columns": ["a", "b"], "labels": ["b", "a"]},
            "--labels b a does not go with --label-columns a b",
        ),
    ],
)
def test_bad_input_is_named(table, changes, arguments, message):
    with pytest.raises(DataError, match=message):
        listing(Flow(), table(**changes), **arguments)


def test_faulty_rows_may_be_skipped_and_are_counted(table):
    path = table(finding_4="nan", finding_5="null", split_6="tain", patient_7="", image_8="")
    flow = Flow("skip")
    found = listing(flow, path, **BY_CLASS)
    assert len(found.studies) == 7
    assert found.labels == ("edema", "normal")
    assert dropped(flow) == {"bad label": 2, "bad split": 1, "no patient": 1, "no film": 1}
    assert "split 'tain' is none of train, val, test" in flow.dropped[2].reason


@pytest.mark.parametrize(
    ("name", "arguments", "labels", "counts", "reported"),
    [
        (
            "covid_cohen",
            {"class_column": "class4", "text_column": "text", "group_column": "group_id"},
            {"covid19": 427, "bacterial_pneumonia": 31, "viral_pneumonia": 21, "normal": 19},
            {"train": 380, "val": 70, "test": 105},
            444,
        ),
        (
            "covid_hannover",
            {"class_column": "class4", "group_column": "group_id"},
            {"covid19": 239},
            {"train": 154, "val": 11, "test": 78},
            0,
        ),
        (
            "kermany_224",
            {"class_column": "class4", "group_column": "patient_id"},
            {"bacterial_pneumonia": 2772, "normal": 1575, "viral_pneumonia": 1493},
            {"train": 4677, "val": 539, "test": 624},
            0,
        ),
        (
            "nih_small",
            {"list_column": "labels", "group_column": "patient_id"},
            {"No Finding": 502, "Effusion": 170, "Hernia": 10},
            {"train": 705, "val": 136, "test": 165},
            0,
        ),
    ],
)
def test_the_real_tables(real_data, name, arguments, labels, counts, reported):
    path = real_data / name / "metadata.csv"
    if not path.is_file():
        pytest.skip(f"the real films of {name} are not here")
    flow = Flow()
    found = listing(flow, path, split_column="suggested_split", **arguments)
    labelled = [study.labels for study in found.studies if study.labels]
    assert {label: sum(row[label] for row in labelled) for label in labels} == labels
    splits = [study.split for study in found.studies]
    assert {split: splits.count(split) for split in counts} == counts
    assert sum(study.report is not None for study in found.studies) == reported
    assert dropped(flow) == {}
    assert found.studies[0].film.read(16).max() <= 1
