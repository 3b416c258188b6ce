import math

import pandas as pd
import pytest
from small_tree import dropped, write_table
from trees import write_film

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data import DataError
from emixer_tf.data.errors import RowError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.nih import LABELS, listing

HEADER_2017 = (
    "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Gender,View Position,"
    "OriginalImage[Width,Height],OriginalImagePixelSpacing[x,y],"
)
FILMS = {
    "images_001/images/00000001_000.png": "Cardiomegaly",
    "images_001/images/00000001_001.png": "Cardiomegaly|Emphysema",
    "images_002/images/00000002_000.png": "No Finding",
    "images_012/images/00000003_000.png": "Effusion|Infiltration|Pleural_Thickening",
    "images_012/images/00000003_001.png": "Mass|Nodule|Hernia",
}


def row(film, findings):
    return {
        "Image Index": film,
        "Finding Labels": findings,
        "Patient ID": str(int(film[:8])),
        "View Position": "PA",
    }


def write_rows(root, films, table="Data_Entry_2017.csv", header=HEADER_2017):
    rows = [row(name.split("/")[-1], findings) for name, findings in films.items()]
    write_table(root / table, header, rows)


def write_lists(root, train_val, test):
    (root / "train_val_list.txt").write_text("\n".join(train_val) + "\n")
    (root / "test_list.txt").write_text("\r\n".join(test))


@pytest.fixture
def root(tmp_path):
    """Build the set as it is published."""
    write_rows(tmp_path, FILMS)
    for seed, name in enumerate(FILMS):
        write_film(tmp_path / name, seed)
    write_lists(
        tmp_path,
        ["00000001_000.png", "00000001_001.png", "00000002_000.png"],
        ["00000003_000.png", "00000003_001.png"],
    )
    return tmp_path


def positives(found):
    return [{name for name, value in study.labels.items() if value} for study in found.studies]


def test_the_publishers_layout(root):
    found = listing(Flow(), root)
    assert found.labels == LABELS
    assert len(LABELS) == 15
    assert [study.film.name for study in found.studies] == list(FILMS)
    assert positives(found) == [set(findings.split("|")) for findings in FILMS.values()]
    assert [study.patient for study in found.studies] == ["1", "1", "2", "3", "3"]
    assert found.studies[0].source == f"{root}/Data_Entry_2017.csv, row 2"
    assert found.studies[0].split == found.studies[1].split
    assert [study.split == "test" for study in found.studies] == [False] * 3 + [True] * 2
    assert found.studies[0].film.read(16).shape == (20, 24)


def test_the_labels_by_chexperts_names(root):
    found = listing(Flow(), root, labels_as="chexpert")
    assert set(found.labels) == set(CHEXPERT_LABELS) - {
        "Enlarged Cardiomediastinum",
        "Fracture",
        "Support Devices",
    }
    assert positives(found) == [
        {"Cardiomegaly"},
        {"Cardiomegaly"},
        {"No Finding"},
        {"Pleural Effusion", "Lung Opacity", "Pleural Other"},
        {"Lung Lesion"},
    ]
    assert any("Effusion -> Pleural Effusion" in note for note in found.notes)
    assert not any(math.isnan(value) for value in found.studies[0].labels.values())


def test_the_table_of_2020_in_one_folder(tmp_path):
    films = {name.split("/")[-1]: findings for name, findings in FILMS.items()}
    write_rows(tmp_path, {"00000009_000.png": "Edema"})
    write_rows(tmp_path, films, "Data_Entry_2017_v2020.csv", HEADER_2017[:-1])
    for name in films:
        write_film(tmp_path / "images" / name)
    found = listing(Flow(), tmp_path)
    assert [study.film.name for study in found.studies] == [f"images/{name}" for name in films]
    assert {study.split for study in found.studies} == {None}
    assert any("the split is drawn by patient" in note for note in found.notes)
    assert "The table is Data_Entry_2017_v2020.csv." in found.notes


def test_who_holds_a_part_has_the_rest_counted(root):
    (root / "images_012/images/00000003_001.png").unlink()
    write_film(root / "images_012/images/00000004_000.png")
    write_lists(root, ["00000001_000.png", "00000001_001.png"], ["00000003_000.png"])
    flow = Flow()
    assert len(listing(flow, root).studies) == 3
    assert dropped(flow) == {"film is named": 1, "film on disk": 1, "split": 1}


def test_a_patient_in_both_lists_stays_in_test_alone(root):
    write_lists(root, ["00000001_000.png", "00000002_000.png"], ["00000001_001.png"])
    flow = Flow()
    found = listing(flow, root)
    assert [study.film.name[-16:] for study in found.studies] == [
        "00000001_001.png",
        "00000002_000.png",
    ]
    assert dropped(flow) == {"split": 2, "patient not in test": 1}


def test_an_unknown_finding_is_a_fault(root):
    write_rows(root, {**FILMS, "images_001/images/00000001_000.png": "Cardiomegally"})
    with pytest.raises(RowError, match=r"row 2: .*'Cardiomegally'\. Did you mean 'Cardiomegaly'"):
        listing(Flow(), root)
    flow = Flow("skip")
    assert len(listing(flow, root).studies) == 4
    assert dropped(flow) == {"bad label": 1}


def test_what_is_missing_is_named(root):
    (root / "test_list.txt").unlink()
    with pytest.raises(DataError, match=r"test_list\.txt: there is no such file, but there is tra"):
        listing(Flow(), root)
    for name in FILMS:
        (root / name).unlink()
    with pytest.raises(DataError, match="holds none of the 5 films named in Data_Entry"):
        listing(Flow(), root)
    with pytest.raises(DataError, match=r"images_001 has no Data_Entry_2017\*\.csv"):
        listing(Flow(), root / "images_001")


def test_the_real_films_in_the_publishers_layout(real_data, tmp_path):
    table = real_data / "nih_small" / "metadata.csv"
    if not table.is_file():
        pytest.skip("the real films of nih_small are not here")
    real = pd.read_csv(table, dtype=str, keep_default_na=False)
    real["film"] = real["image"].str.split("/").str[-1]
    real = real.drop_duplicates("film")
    write_rows(tmp_path, dict(zip(real["film"], real["labels"], strict=True)))
    for image, film in zip(real["image"], real["film"], strict=True):
        path = tmp_path / "images_001" / "images" / film
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes((table.parent / image).read_bytes())
    is_test = real["source_split"] == "test"
    write_lists(tmp_path, real["film"][~is_test], real["film"][is_test])
    flow = Flow()
    found = listing(flow, tmp_path)
    splits = {}
    for study in found.studies:
        assert splits.setdefault(study.patient, study.split) == study.split
    leaking = real.groupby("patient_id")["source_split"].agg(
        lambda splits: "test" in set(splits) and len(set(splits)) > 1
    )
    assert leaking.sum() > 0
    assert (
        dropped(flow)["patient not in test"]
        == (real["patient_id"].isin(leaking[leaking].index) & ~is_test).sum()
    )
    assert sum(study.split == "test" for study in found.studies) == is_test.sum()
    assert found.studies[0].film.read(16).max() <= 1
