import gzip
import math
import shutil

import pytest
from trees import CHEXPERT_FILMS, chexpert_batches, chexpert_table, chexpert_tree, write_film

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data import DataError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.chexpert import listing

POLICY = {"uncertain": "zeros", "blank": "zeros"}


def names(listed):
    return [study.film.name for study in listed.studies]


def dropped(flow):
    return {step.filter: (step.rows_in, step.dropped) for step in flow.steps}


def rows(name, split="train"):
    return [(f"{name}/{split}/{row[0]}", *row[1:]) for row in CHEXPERT_FILMS[split]]


@pytest.mark.parametrize("name", ["CheXpert-v1.0", "CheXpert-v1.0-small"])
@pytest.mark.parametrize("by_parent", [False, True])
def test_one_frontal_film_a_study_is_listed(tmp_path, name, by_parent):
    root = chexpert_tree(tmp_path, name)
    flow = Flow()
    listed = listing(flow, tmp_path if by_parent else root, **POLICY)
    assert names(listed) == [
        "train/patient00001/study1/view1_frontal.jpg",
        "train/patient00001/study2/view2_frontal.jpg",
        "train/patient00002/study1/view1_frontal.jpg",
        "train/patient00003/study1/view1_frontal.jpg",
        "valid/patient64541/study1/view1_frontal.jpg",
    ]
    assert listed.studies[0].film.read(16).std() > 0.1
    assert {study.report for study in listed.studies} == {None}
    assert listed.labels == CHEXPERT_LABELS
    assert dropped(flow) == {
        "film is named": (8, 0),
        "film on disk": (8, 0),
        "view known": (8, 0),
        "frontal view": (8, 2),
        "one film a study": (6, 1),
    }


def test_a_path_of_the_other_version_is_found_too(tmp_path):
    root = chexpert_tree(tmp_path, "CheXpert-v1.0-small")
    root.rename(tmp_path / "CheXpert-v1.0")
    assert len(listing(Flow(), tmp_path, **POLICY).studies) == 5


def test_all_frontal_films_can_be_listed(tmp_path):
    assert len(listing(Flow(), chexpert_tree(tmp_path), films="all", **POLICY).studies) == 6


def test_valid_is_val_and_test_is_drawn_by_patient(tmp_path):
    many = [
        (f"patient{i:05d}/study{j}/view1_frontal.jpg", "Frontal", "PA", {"Edema": "1.0"})
        for i in range(60)
        for j in (1, 2)
    ]
    root = chexpert_tree(tmp_path, films={"train": many, "valid": CHEXPERT_FILMS["valid"]})
    listed = listing(Flow(), root, **POLICY)
    splits = {(study.patient, study.split) for study in listed.studies}
    assert len(splits) == 61
    assert ("patient64541", "val") in splits
    assert 1 <= sum(split == "test" for _, split in splits) <= 15
    assert "drawn with the seed 0" in " ".join(listed.notes)


def test_a_test_table_is_the_test_split(tmp_path):
    films = {
        **CHEXPERT_FILMS,
        "test": (("patient70000/study1/view1_frontal.jpg", "Frontal", "AP", {}),),
    }
    listed = listing(Flow(), chexpert_tree(tmp_path, films=films), **POLICY)
    assert [study.split for study in listed.studies] == [*["train"] * 4, "val", "test"]


def test_tables_may_be_packed(tmp_path):
    films = {
        **CHEXPERT_FILMS,
        "test": (("patient70000/study1/view1_frontal.jpg", "Frontal", "AP", {}),),
    }
    root = chexpert_tree(tmp_path, films=films)
    for path in root.glob("*.csv"):
        path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    listed = listing(Flow(), root, **POLICY)
    assert [study.split for study in listed.studies] == [*["train"] * 4, "val", "test"]
    assert listed.notes[-2:] == [
        "Val is valid.csv.gz, which radiologists labelled.",
        "Test is test.csv.gz.",
    ]


# The folders that the publisher packs the full set in

BATCHES = [
    f"CheXpert-v1.0 batch {name}"
    for name in ("1 (validate & csv)", "2 (train 1)", "3 (train 2)", "4 (train 3)")
]


@pytest.mark.parametrize("given", ["", *BATCHES[:2]])
def test_the_publishers_batches_are_one_tree(tmp_path, given):
    chexpert_batches(tmp_path)
    flow = Flow()
    listed = listing(flow, tmp_path / given, **POLICY)
    assert names(listed) == [
        f"{BATCHES[1]}/patient00001/study1/view1_frontal.jpg",
        f"{BATCHES[1]}/patient00001/study2/view2_frontal.jpg",
        f"{BATCHES[2]}/patient00002/study1/view1_frontal.jpg",
        f"{BATCHES[3]}/patient00003/study1/view1_frontal.jpg",
        f"{BATCHES[0]}/valid/patient64541/study1/view1_frontal.jpg",
    ]
    assert all(study.film.read(16).std() > 0.1 for study in listed.studies)
    assert dropped(flow)["film is named"] == (8, 0)
    assert dropped(flow)["film on disk"] == (8, 0)
    folder = chexpert_tree(tmp_path / "whole", "CheXpert-v1.0")
    whole = listing(Flow(), folder, **POLICY).studies
    assert [(study.patient, study.split, study.labels) for study in listed.studies] == [
        (study.patient, study.split, study.labels) for study in whole
    ]


def test_one_batch_may_be_missing_but_that_of_the_tables(tmp_path):
    chexpert_batches(tmp_path)
    shutil.rmtree(tmp_path / BATCHES[2])
    flow = Flow()
    assert len(listing(flow, tmp_path, **POLICY).studies) == 4
    assert dropped(flow)["film on disk"] == (8, 1)
    (tmp_path / BATCHES[0]).rename(tmp_path / "batch 1")
    with pytest.raises(DataError, match=r"has no table train\.csv.* Remedy: fetch batch 1"):
        listing(Flow(), tmp_path, **POLICY)
    for path in (tmp_path / "batch 1").glob("*.csv"):
        path.rename(tmp_path / path.name)
    assert len(listing(Flow(), tmp_path, **POLICY).studies) == 4, "tables may lie beside batches"


def test_batches_beside_another_version_are_refused(tmp_path):
    chexpert_batches(tmp_path)
    chexpert_tree(tmp_path)
    with pytest.raises(
        DataError, match=r"holds CheXpert-v1\.0 batch 1 .* and CheXpert-v1\.0-small"
    ):
        listing(Flow(), tmp_path, **POLICY)


# Labels


@pytest.mark.parametrize(
    ("uncertain", "blank", "edema", "cardiomegaly"),
    [
        ("zeros", "zeros", 0, 0),
        ("ones", "zeros", 1, 0),
        ("soft", "ignore", 0.5, math.nan),
        ("ignore", "ignore", math.nan, math.nan),
    ],
)
def test_uncertain_and_blank_follow_the_policy(tmp_path, uncertain, blank, edema, cardiomegaly):
    root = chexpert_tree(tmp_path)
    listed = listing(
        Flow(), root, uncertain=uncertain, blank=blank, labels=("Cardiomegaly", "Edema")
    )
    first = listed.studies[0].labels or dict.fromkeys(("Cardiomegaly", "Edema"), math.nan)
    assert [first["Edema"], first["Cardiomegaly"]] == pytest.approx(
        [edema, cardiomegaly], nan_ok=True
    )
    assert f"Labels: uncertain -> {uncertain}, blank -> {blank}." in listed.notes


def test_labels_are_joined_by_name(tmp_path):
    root = chexpert_tree(tmp_path)
    table = (root / "train.csv").read_text().replace("Edema", "@").replace("Fracture", "Edema")
    (root / "train.csv").write_text(table.replace("@", "Fracture"))
    listed = listing(Flow(), root, uncertain="ones", blank="zeros")
    assert [name for name, value in listed.studies[0].labels.items() if value] == ["Fracture"]


def test_no_finding_is_reported_on(tmp_path):
    notes = " ".join(listing(Flow(), chexpert_tree(tmp_path), **POLICY).notes)
    assert "No Finding is positive in 1 studies" in notes


def test_films_that_are_not_there_are_counted_and_others_named(tmp_path):
    root = chexpert_tree(tmp_path)
    (root / "train/patient00001/study1/view1_frontal.jpg").unlink()
    write_film(root / "train/patient99999/study1/view1_frontal.jpg", 9)
    flow = Flow()
    assert len(listing(flow, root, **POLICY).studies) == 4
    assert dropped(flow)["film is named"] == (8, 1)
    assert dropped(flow)["film on disk"] == (8, 1)
    sources = [item.source for item in flow.dropped]
    assert "train/patient99999/study1/view1_frontal.jpg" in sources
    assert f"{root / 'train.csv'}, row 2" in sources


def test_a_tree_without_films_is_refused(tmp_path):
    root = chexpert_tree(tmp_path)
    for film in root.rglob("*.jpg"):
        film.unlink()
    with pytest.raises(DataError, match=r"holds none of the 8 films .* row 2\) .* Remedy"):
        listing(Flow(), root, **POLICY)


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("../../secret/study1/view1_frontal.jpg", "bad path"),
        ("=HYPERLINK(A1)", "bad path"),
        ("CheXpert-v1.0-small/train/patient00009/view1_frontal.jpg", "bad path"),
    ],
)
def test_a_bad_path_is_an_error_or_counted(tmp_path, path, kind):
    root = chexpert_tree(tmp_path)
    chexpert_table(root, "train.csv", [*rows(root.name), (path, "Frontal", "PA", {})])
    with pytest.raises(DataError, match=r"train\.csv, row 8: Path .* Remedy"):
        listing(Flow(), root, **POLICY)
    flow = Flow("skip")
    assert len(listing(flow, root, **POLICY).studies) == 5
    assert dropped(flow)[kind] == (9, 1)


def test_a_formula_for_a_label_is_an_error_or_counted(tmp_path):
    root = chexpert_tree(tmp_path)
    table = (root / "train.csv").read_text().replace("-1.0", "=1+1", 1)
    (root / "train.csv").write_text(table)
    with pytest.raises(DataError, match=r"train\.csv, row 2: label 'Edema' is '.*=1\+1'"):
        listing(Flow(), root, **POLICY)
    flow = Flow("skip")
    assert len(listing(flow, root, **POLICY).studies) == 4
    assert dropped(flow)["bad label"] == (5, 1)


def test_a_wrong_root_and_a_missing_table_are_named(tmp_path):
    with pytest.raises(DataError, match=r"has no train\.csv"):
        listing(Flow(), tmp_path, **POLICY)
    root = chexpert_tree(tmp_path)
    (root / "valid.csv").unlink()
    with pytest.raises(DataError, match=r"has no table valid\.csv"):
        listing(Flow(), root, **POLICY)


def test_two_versions_below_the_root_are_refused(tmp_path):
    chexpert_tree(tmp_path, "CheXpert-v1.0")
    chexpert_tree(tmp_path, "CheXpert-v1.0-small")
    with pytest.raises(DataError, match=r"holds CheXpert-v1\.0 and CheXpert-v1\.0-small"):
        listing(Flow(), tmp_path, **POLICY)


def test_a_label_that_is_named_twice_is_refused(tmp_path):
    with pytest.raises(DataError, match="--labels names 'Edema' twice"):
        listing(Flow(), chexpert_tree(tmp_path), labels=("Edema", "Edema"), **POLICY)


def test_a_misspelt_label_is_named(tmp_path):
    with pytest.raises(DataError, match=r"no column 'Edma'\. Did you mean 'Edema'"):
        listing(Flow(), chexpert_tree(tmp_path), labels=("Edma",), **POLICY)


def test_a_film_that_leads_out_of_the_root_is_not_read(tmp_path):
    root = chexpert_tree(tmp_path)
    outside = write_film(tmp_path / "secret.jpg", 7)
    film = root / "train/patient00001/study1/view1_frontal.jpg"
    film.unlink()
    film.symlink_to(outside)
    study = listing(Flow(), root, **POLICY).studies[0]
    with pytest.raises(DataError, match="leads out of"):
        study.film.read(16)
