import pandas as pd
import pytest
from small_tree import dropped, write_table
from trees import write_film

from emixer_tf.data import DataError
from emixer_tf.data.errors import RowError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.covid import LABELS, finding_class, listing

LATE = (
    "patientid,offset,sex,age,finding,RT_PCR_positive,survival,intubated,intubation_present,"
    "went_icu,in_icu,needed_supplemental_O2,extubated,temperature,pO2_saturation,leukocyte_count,"
    "neutrophil_count,lymphocyte_count,view,modality,date,location,folder,filename,doi,url,license,"
    "clinical_notes,other_notes,"
)
EARLY = (
    "Patientid,offset,sex,age,finding,survival,view,date,location,filename,doi, url,license,notes"
)


def late_row(filename, patient, finding, view="PA", **cells):
    return {
        "patientid": patient,
        "finding": finding,
        "view": view,
        "modality": "X-ray",
        "folder": "images",
        "filename": filename,
        "clinical_notes": f"Notes on {filename}. ",
        "other_notes": "Case courtesy of a doctor",
        **cells,
    }


LATE_ROWS = [
    late_row("a.jpeg", "2", "Pneumonia/Viral/COVID-19"),
    late_row("b.png", "2", "Pneumonia/Viral/COVID-19", "AP Supine"),
    late_row("c.jpg", "3", "Pneumonia/Viral/SARS", "AP Erect"),
    late_row("d.jpg", "4", "Pneumonia/Bacterial/Staphylococcus/MRSA", "AP semi erect"),
    late_row("e.jpg", "5", "No Finding", clinical_notes="=HYPERLINK(1)"),
    late_row("f.jpg", "6", "Pneumonia"),
    late_row("g.jpg", "7", "todo", clinical_notes="  "),
    late_row("h.jpg", "8", "Pneumonia/Viral/COVID-19", "L"),
    late_row("i.jpg", "8", "Pneumonia/Viral/COVID-19", "Axial", modality="CT"),
    late_row("j.nii.gz", "8", "Pneumonia/Viral/COVID-19", "", modality="CT", folder="volumes"),
    late_row("gone.jpg", "9", "No Finding"),
]


@pytest.fixture
def late(tmp_path):
    """Build the set as of its last version."""
    write_table(tmp_path / "metadata.csv", LATE, LATE_ROWS)
    (tmp_path / "volumes").mkdir()
    for seed, row in enumerate(LATE_ROWS[:-1]):
        path = tmp_path / row["folder"] / row["filename"]
        path.write_bytes(b"a volume") if row["folder"] == "volumes" else write_film(path, seed)
    write_film(tmp_path / "images" / "extra.png")
    write_film(tmp_path / "images" / "._a.jpeg")
    write_film(tmp_path / "docs" / "umap.png")
    return tmp_path


def classes(found):
    return {
        study.film.name: study.labels and next(n for n, on in study.labels.items() if on)
        for study in found.studies
    }


def test_the_table_of_thirty_columns(late):
    assert LATE.count(",") == 29
    found = listing(Flow(), late)
    assert found.labels == LABELS == ("normal", "bacterial_pneumonia", "viral_pneumonia", "covid19")
    assert classes(found) == {
        "images/a.jpeg": "covid19",
        "images/b.png": "covid19",
        "images/c.jpg": "viral_pneumonia",
        "images/d.jpg": "bacterial_pneumonia",
        "images/e.jpg": "normal",
    }
    first = found.studies[0]
    assert first.report == "Notes on a.jpeg."
    assert first.source == f"{late}/metadata.csv, row 2"
    assert [study.patient for study in found.studies] == ["2", "2", "3", "4", "5"]
    assert {study.split for study in found.studies} == {None}
    assert first.film.read(16).shape == (20, 24)
    assert any("not radiology reports" in note for note in found.notes)
    assert any("children" in note for note in found.notes)


def test_every_row_left_out_is_counted_with_its_reason(late):
    flow = Flow()
    listing(flow, late)
    assert dropped(flow) == {
        "film is named": 1,
        "film on disk": 1,
        "radiograph": 2,
        "frontal view": 1,
        "class": 2,
    }


def test_films_of_no_class_may_stay_unlabelled(late):
    found = listing(Flow(), late, keep_unlabelled=True)
    assert len(found.studies) == 7
    assert classes(found)["images/f.jpg"] is None
    assert classes(found)["images/g.jpg"] is None
    assert found.studies[-1].report is None


def test_the_table_of_fourteen_columns(tmp_path):
    assert EARLY.count(",") == 13
    rows = [
        {"Patientid": "1", "finding": "COVID-19, ARDS", "view": "PA", "filename": "a.jpg"},
        {"Patientid": "2", "finding": "SARS", "view": "AP", "filename": "b.jpg", "notes": "Ill."},
        {"Patientid": "3", "finding": "COVID-19", "view": "CT", "filename": "c.jpg"},
        {"Patientid": "4", "finding": "ARDS", "view": "PA", "filename": "d.jpg"},
    ]
    write_table(tmp_path / "metadata.csv", EARLY, rows)
    for row in rows:
        write_film(tmp_path / "images" / row["filename"])
    flow = Flow()
    found = listing(flow, tmp_path)
    assert classes(found) == {"images/a.jpg": "covid19", "images/b.jpg": "viral_pneumonia"}
    assert [study.report for study in found.studies] == [None, "Ill."]
    assert dropped(flow) == {"radiograph": 1, "class": 1}


@pytest.mark.parametrize(
    ("finding", "name"),
    [
        ("Pneumonia/Viral/COVID-19", "covid19"),
        ("COVID-19", "covid19"),
        ("Pneumonia/Viral/MERS-CoV", "viral_pneumonia"),
        ("Pneumonia/Viral/Herpes ", "viral_pneumonia"),
        ("Pneumonia/Bacterial", "bacterial_pneumonia"),
        ("No finding", "normal"),
        ("Pneumonia/Fungal/Pneumocystis", None),
        ("Tuberculosis", None),
        ("Unknown", None),
        ("", None),
    ],
)
def test_the_class_is_that_of_the_most_specific_node(finding, name):
    assert finding_class(finding) == name


def test_flat_findings_have_the_classes_of_the_real_table(real_data):
    path = real_data / "covid_cohen" / "metadata.csv"
    if not path.is_file():
        pytest.skip("the real films of covid_cohen are not here")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert [finding_class(cell) or "" for cell in table["finding"]] == list(table["class4"])


def test_a_row_without_patient_is_a_fault(late):
    rows = [*LATE_ROWS[:2], {**LATE_ROWS[2], "patientid": ""}]
    write_table(late / "metadata.csv", LATE, rows)
    with pytest.raises(RowError, match="row 4: column 'patientid' is empty"):
        listing(Flow(), late)
    flow = Flow("skip")
    assert len(listing(flow, late).studies) == 2
    assert dropped(flow)["no patient"] == 1


def test_a_film_that_leads_out_of_the_root_is_not_read(late, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside") / "film.png"
    write_film(outside)
    (late / "images" / "a.jpeg").unlink()
    (late / "images" / "a.jpeg").symlink_to(outside)
    with pytest.raises(RowError, match=r"a\.jpeg: this leads out of"):
        listing(Flow(), late).studies[0].film.read(16)


def test_wrong_roots_and_tables_are_named(late):
    with pytest.raises(DataError, match="there is no such folder"):
        listing(Flow(), late / "nowhere")
    with pytest.raises(DataError, match=r"images has no metadata\.csv"):
        listing(Flow(), late / "images")
    (late / "metadata.csv").write_text("patientid,finding,view\n1,COVID-19,PA\n")
    with pytest.raises(DataError, match="no column 'filename'"):
        listing(Flow(), late)
    write_table(late / "metadata.csv", LATE, [LATE_ROWS[-1]])
    with pytest.raises(DataError, match=r"holds none of the 1 films .*gone\.jpg"):
        listing(Flow(), late)
