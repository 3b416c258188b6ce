import pytest
from small_tree import dropped
from trees import write_film

from emixer_tf.data import DataError
from emixer_tf.data.errors import RowError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.kermany import listing

VERSION_2 = (
    "train/NORMAL/IM-0115-0001.jpeg",
    "train/NORMAL/NORMAL2-IM-1094-0001-0002.jpeg",
    "train/PNEUMONIA/person1_bacteria_1.jpeg",
    "train/PNEUMONIA/person1_bacteria_2.jpeg",
    "train/PNEUMONIA/person1_virus_9.jpeg",
    "train/PNEUMONIA/person447_virus_921_1.jpeg",
    "val/NORMAL/NORMAL2-IM-1427-0001.jpeg",
    "val/PNEUMONIA/person1946_bacteria_4874.jpeg",
    "test/NORMAL/IM-0001-0001.jpeg",
    "test/PNEUMONIA/person1_virus_6.jpeg",
)
VERSION_3 = (
    "train/NORMAL/NORMAL-1003233-0001.jpeg",
    "train/PNEUMONIA/BACTERIA-1008087-0001.jpeg",
    "train/PNEUMONIA/VIRUS-1008087-0002.jpeg",
    "train/PNEUMONIA/VIRUS-1008090-0001.jpeg",
    "test/PNEUMONIA/VIRUS-1008090-0002.jpeg",
)


def tree(root, names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def labelled(found):
    return {
        study.film.name.split("/")[-1]: next(n for n, on in study.labels.items() if on)
        for study in found.studies
    }


def test_version_2(tmp_path):
    root = tree(tmp_path / "chest_xray", VERSION_2)
    found = listing(Flow(), root)
    assert found.labels == ("normal", "bacterial_pneumonia", "viral_pneumonia")
    assert labelled(found) == {
        "IM-0001-0001.jpeg": "normal",
        "person1_virus_6.jpeg": "viral_pneumonia",
        "IM-0115-0001.jpeg": "normal",
        "NORMAL2-IM-1094-0001-0002.jpeg": "normal",
        "person1_bacteria_1.jpeg": "bacterial_pneumonia",
        "person1_bacteria_2.jpeg": "bacterial_pneumonia",
        "person1_virus_9.jpeg": "viral_pneumonia",
        "person447_virus_921_1.jpeg": "viral_pneumonia",
        "NORMAL2-IM-1427-0001.jpeg": "normal",
        "person1946_bacteria_4874.jpeg": "bacterial_pneumonia",
    }
    patients = {study.film.name.split("/")[-1]: study.patient for study in found.studies}
    assert patients["person1_bacteria_1.jpeg"] == patients["person1_virus_9.jpeg"]
    assert patients["person1_virus_9.jpeg"] != patients["person1_virus_6.jpeg"]
    assert len(set(patients.values())) == 8
    assert all("val" not in patient for patient in patients.values())
    assert {study.report for study in found.studies} == {None}
    assert any("children of 1 to 5 years" in note for note in found.notes)
    assert "The 2 films of the publisher's folder val are among the rest." in found.notes
    assert listing(Flow(), tmp_path).studies == found.studies, "the folder above will do"


def test_test_is_the_publishers_and_val_is_drawn_by_patient(tmp_path):
    names = [f"train/PNEUMONIA/person{i}_bacteria_{k}.jpeg" for i in range(200) for k in (1, 2)]
    tree(tmp_path, [*names, *VERSION_2])
    found = listing(Flow(), tmp_path, seed=3)
    splits = {}
    for study in found.studies:
        assert (study.split == "test") == study.film.name.startswith("test/")
        assert splits.setdefault(study.patient, study.split) == study.split
    assert 10 < list(splits.values()).count("val") < 40
    assert found.studies == listing(Flow(), tmp_path, seed=3).studies
    assert found.studies != listing(Flow(), tmp_path, seed=4).studies


def test_version_3_numbers_patients_over_both_parts(tmp_path):
    flow = Flow()
    found = listing(flow, tree(tmp_path, VERSION_3))
    assert labelled(found) == {
        "VIRUS-1008090-0002.jpeg": "viral_pneumonia",
        "NORMAL-1003233-0001.jpeg": "normal",
        "BACTERIA-1008087-0001.jpeg": "bacterial_pneumonia",
        "VIRUS-1008087-0002.jpeg": "viral_pneumonia",
    }
    assert dropped(flow) == {"patient not in test": 1}
    assert flow.dropped[0].source.endswith("VIRUS-1008090-0001.jpeg")
    assert not any("folder val" in note for note in found.notes), "version 3 has none"


def test_what_macos_and_archivers_leave_is_passed_over(tmp_path):
    junk = ("train/NORMAL/.DS_Store", "train/NORMAL/._IM-0115-0001.jpeg", "train/PNEUMONIA/a.txt")
    tree(tmp_path, [*VERSION_2, *junk, "__MACOSX/train/NORMAL/._IM-0115-0001.jpeg"])
    flow = Flow()
    assert len(listing(flow, tmp_path).studies) == len(VERSION_2)
    assert dropped(flow) == {}
    tree(tmp_path, ["chest_xray/train/NORMAL/IM-0115-0001.jpeg"])
    listing(flow, tmp_path)
    assert dropped(flow) == {"publisher's folders": 1}


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("train/PNEUMONIA/IMG_1.jpeg", "unknown name", r"IMG_1\.jpeg: its name is none"),
        ("train/NORMAL/person7_virus_1.jpeg", "bad label", "says viral_pneumonia, its folder NORM"),
        ("train/PNEUMONIA/IM-0115-0001.jpeg", "bad label", "says normal, its folder PNEUMONIA"),
    ],
)
def test_a_name_that_tells_no_class_is_a_fault(tmp_path, name, kind, message):
    tree(tmp_path, [*VERSION_2, name])
    with pytest.raises(RowError, match=message):
        listing(Flow(), tmp_path)
    flow = Flow("skip")
    assert len(listing(flow, tmp_path).studies) == len(VERSION_2)
    assert dropped(flow) == {kind: 1}


def test_wrong_roots_are_named(tmp_path):
    with pytest.raises(DataError, match="there is no such folder"):
        listing(Flow(), tmp_path / "nowhere")
    with pytest.raises(DataError, match="has no train and no chest_xray/train; it holds nothing"):
        listing(Flow(), tmp_path)
    (tmp_path / "train").mkdir()
    with pytest.raises(DataError, match="holds no films in train/NORMAL"):
        listing(Flow(), tmp_path)


def test_a_film_is_read_when_it_is_wanted(tmp_path):
    write_film(tmp_path / "train/NORMAL/IM-0115-0001.jpeg")
    (study,) = listing(Flow(), tmp_path).studies
    assert study.film.read(16).ndim == 2
    (tmp_path / "train/NORMAL/IM-0115-0001.jpeg").write_bytes(b"")
    with pytest.raises(RowError, match=r"IM-0115-0001\.jpeg"):
        study.film.read(16)


def test_the_real_names_fill_the_classes(real_data, tmp_path):
    table = real_data / "kermany_224" / "metadata.csv"
    if not table.is_file():
        pytest.skip("the real films of kermany_224 are not here")
    import pandas as pd

    files = pd.read_csv(table, dtype=str)["source_file"].str.removeprefix("dataset/")
    found = listing(Flow(), tree(tmp_path, files))
    totals = {label: sum(study.labels[label] for study in found.studies) for label in found.labels}
    assert totals == {"normal": 1575, "bacterial_pneumonia": 2772, "viral_pneumonia": 1493}
    splits = [study.split for study in found.studies]
    assert splits.count("test") == 624
    assert 400 < splits.count("val") < 640
