import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from small_tree import dropped, write_table
from trees import write_film

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data import DataError
from emixer_tf.data.errors import RowError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.dicom_folder import listing


def write_dicom(path, view="PA", modality="DX", patient="P0", **tags):
    """Write a small film as DICOM, and the folders it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    film = Dataset()
    film.file_meta = FileMetaDataset()
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film.SOPClassUID = film.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    film.SOPInstanceUID = film.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    film.StudyInstanceUID = generate_uid()
    film.PatientID, film.ViewPosition, film.Modality = patient, view, modality
    film.PhotometricInterpretation, film.SamplesPerPixel = "MONOCHROME2", 1
    film.BitsAllocated, film.BitsStored, film.HighBit, film.PixelRepresentation = 16, 12, 11, 0
    film.Rows, film.Columns = 20, 24
    film.PixelData = np.random.default_rng(0).integers(0, 4095, (20, 24), "uint16").tobytes()
    for name, value in tags.items():
        setattr(film, name, value)
    film.save_as(path, enforce_file_format=True)


@pytest.fixture
def root(tmp_path):
    """Build a folder of films, and beside it a table of labels."""
    root = tmp_path / "films"
    write_dicom(root / "anna" / "one.dcm", patient="A1", StudyInstanceUID="1.2.3")
    write_dicom(root / "anna" / "two.dcm", "AP", "CR", patient="A1", SOPInstanceUID="1.2.4.5")
    write_dicom(root / "bert" / "1.2.840.113", "PA", "", patient="B1")
    write_dicom(root / "top.DCM", patient="C1")
    (root / "anna" / "one.txt").write_text("No edema. The heart is enlarged.")
    (root / "bert" / "1.2.840.113.txt").write_text("\ufeffClear lungs.", encoding="utf-8")
    write_table(
        tmp_path / "labels.csv",
        "film,Edema,Cardiomegaly",
        [
            {"film": "1.2.3", "Edema": "0", "Cardiomegaly": "1"},
            {"film": "anna/two.dcm", "Edema": "1", "Cardiomegaly": "0"},
            {"film": "1.2.840.113", "Edema": "0", "Cardiomegaly": "0"},
        ],
    )
    return root


def by_labels(root, flow=None, **arguments):
    return listing(flow or Flow(), root, labels_csv=root.parent / "labels.csv", **arguments)


def test_films_with_a_table_of_labels(root):
    found = by_labels(root)
    assert found.name == "films"
    assert found.labels == ("Edema", "Cardiomegaly")
    assert {study.film.name: study.labels for study in found.studies} == {
        "anna/one.dcm": {"Edema": 0, "Cardiomegaly": 1},
        "anna/two.dcm": {"Edema": 1, "Cardiomegaly": 0},
        "bert/1.2.840.113": {"Edema": 0, "Cardiomegaly": 0},
        "top.DCM": None,
    }
    assert [study.patient for study in found.studies] == ["A1", "A1", "B1", "C1"]
    assert [study.report for study in found.studies] == [
        "No edema. The heart is enlarged.",
        None,
        "Clear lungs.",
        None,
    ]
    assert {study.split for study in found.studies} == {None}
    assert found.studies[0].source == f"{root}/anna/one.dcm"
    assert all(study.film.read(16).shape == (20, 24) for study in found.studies)


@pytest.mark.parametrize("key", ["top.DCM", "top"])
def test_a_film_may_be_named_in_several_ways(root, key):
    row = {"film": key, "Edema": "1"}
    write_table(root.parent / "labels.csv", "film,Edema", [row, row])
    found = by_labels(root)
    assert found.studies[-1].labels == {"Edema": 1}
    assert [study.labels for study in found.studies[:-1]] == [None] * 3


def test_labels_read_from_the_reports(root):
    found = listing(Flow(), root, labels_from_reports=True, uncertain="ignore", blank="zeros")
    assert found.labels == CHEXPERT_LABELS
    assert found.studies[0].labels["Cardiomegaly"] == 1
    assert found.studies[0].labels["Edema"] == 0
    assert found.studies[1].labels is None
    assert found.notes == [
        "Labels were read from the reports by rules.",
        "Labels: uncertain -> ignore, blank -> zeros.",
        "No Finding is positive in 1 studies, in 0 of them beside a positive or uncertain finding "
        "other than Support Devices; 0 studies have neither.",
        "2 of 4 studies are unlabelled.",
        "A patient is one Patient ID of the headers.",
        "DICOM films, if any: style voi.",
        "Reports: section findings.",
        "2 of 4 studies have no report with findings; their films are kept. --require-report "
        "leaves them out.",
    ]
    with pytest.raises(DataError, match=r"one\.dcm: label .* is blank .* say by --blank"):
        listing(Flow(), root, labels_from_reports=True, uncertain="ignore")


def test_everything_else_is_counted(root):
    write_dicom(root / "ct" / "slice.dcm", modality="CT")
    write_dicom(root / "side.dcm", "LL")
    write_dicom(root / "untagged.dcm", "")
    write_dicom(root / "named.dcm", BurnedInAnnotation="YES")
    for part in ("HAND", "RIBS", "ABDOMEN CHEST"):
        write_dicom(root / f"{part}.dcm", BodyPartExamined=part)
    write_dicom(root / "raw.dcm", PresentationIntentType="FOR PROCESSING")
    write_dicom(root / "lying.dcm", "AP RLD", patient="P1", BodyPartExamined="THORAX")
    write_film(root / "picture.png")
    (root / "empty.dcm").touch()
    (root / "page.dcm").write_text("<html>" + 200 * " ")
    flow = Flow()
    assert len(by_labels(root, flow).studies) == 4
    assert dropped(flow) == {
        "DICOM": 3,
        "radiograph": 1,
        "chest": 3,
        "for presentation": 1,
        "no burned-in annotation": 1,
        "view known": 1,
        "frontal view": 2,
    }
    assert len(by_labels(root, keep_untagged=True).studies) == 5


def test_the_tag_comes_before_the_table_of_views(root):
    for name in ("a", "b", "c", "d"):
        write_dicom(
            root / "cora" / f"{name}.dcm", "", patient="C2", SOPInstanceUID=f"1.9.{ord(name)}"
        )
    table = [
        {"film": "cora/a.dcm", "view": "postero-anterior"},
        {"film": f"1.9.{ord('b')}", "view": "AP"},
        {"film": "cora/c.dcm", "view": "lateral"},
        {"film": "anna/one.dcm", "view": "lateral"},
        {"film": "cora/d.dcm", "view": "RAO"},
        {"film": "", "view": "PA"},
    ]
    write_table(root.parent / "views.csv", "film,view", table)
    found = by_labels(root, views_csv=root.parent / "views.csv", keep_untagged=True)
    names = {study.film.name for study in found.studies}
    assert {"cora/a.dcm", "cora/b.dcm", "anna/one.dcm"} <= names
    assert not {"cora/c.dcm", "cora/d.dcm"} & names


def test_a_table_without_views_is_told(root):
    with pytest.raises(DataError, match=r"labels\.csv has no column 'view'"):
        by_labels(root, views_csv=root.parent / "labels.csv")


@pytest.mark.filterwarnings("ignore:Invalid value for VR CS")
@pytest.mark.parametrize("part", ["", "CHEST", "Thorax", "PORT CHEST"])
def test_films_of_the_chest_are_kept(root, part):
    write_dicom(root / "more.dcm", BodyPartExamined=part, PresentationIntentType="FOR PRESENTATION")
    assert len(by_labels(root).studies) == 5


def test_a_link_out_of_the_root_is_a_fault(root):
    outside = root.parent / "outside.dcm"
    write_dicom(outside)
    (root / "link.dcm").symlink_to(outside)
    with pytest.raises(RowError, match=r"link\.dcm: this leads out of"):
        by_labels(root)
    flow = Flow("skip")
    assert len(by_labels(root, flow).studies) == 4
    assert dropped(flow) == {"film outside the root": 1}


REPORT = """NAME: Jane Doe
Date of birth: 1.1.1950

EXAMINATION: Chest PA. INDICATION: Mrs Doe coughs; edema?
FINDINGS: No edema.
The heart is enlarged.

IMPRESSION: Cardiomegaly.

Electronically signed by Mary Roe, MD
"""


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("findings", "No edema. The heart is enlarged."),
        ("impression", "Cardiomegaly."),
        ("both", "No edema. The heart is enlarged.\nCardiomegaly."),
    ],
)
def test_a_report_is_one_section_without_names(root, section, expected):
    (root / "anna" / "one.txt").write_text(REPORT)
    assert by_labels(root, section=section).studies[0].report == expected
    labels = (
        listing(
            Flow(), root, labels_from_reports=True, uncertain="ones", blank="zeros", section=section
        )
        .studies[0]
        .labels
    )
    assert (labels["Edema"], labels["Cardiomegaly"]) == (0, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Clear lungs.\nNormal heart.", "Clear lungs. Normal heart."),
        ("Chest film of today\n\nClear lungs.", "Clear lungs."),
        ("Patient name: Jane Doe\nSex/Age: F/54\nClear lungs.", "Clear lungs."),
        ("Clear lungs.\n\nDictated by: Mary Roe", "Clear lungs."),
        ("Clear lungs.\nDr. Mary Roe\nRoe, M.D.", "Clear lungs."),
        ("INDICATION: Mrs Doe coughs.\n\nClear lungs.", "Clear lungs."),
        (
            "Patient rotated, lungs: clear.\nNames: none.",
            "Patient rotated, lungs: clear. Names: none.",
        ),
        ("PATIENT HISTORY: Mrs Doe coughs.\nFINDINGS: Clear lungs.", "Clear lungs."),
        ("INDICATION: Mrs Doe coughs.", None),
        (
            "FINDINGS: Normal. Dr notified.\nDr notified of edema",
            "Normal. Dr notified. Dr notified of edema",
        ),
        ("FINDINGS: No acute disease. J. Roe, MD", "No acute disease. J. Roe, MD"),
        ("IMPRESSION: Normal.", None),
        ("Name: Jane Doe", None),
        (" \n", None),
    ],
)
def test_a_text_without_findings(root, text, expected):
    (root / "anna" / "one.txt").write_text(text)
    assert by_labels(root).studies[0].report == expected


def test_studies_without_a_section_are_left_out_if_asked(root):
    (root / "anna" / "one.txt").write_text("IMPRESSION: Normal.")
    flow = Flow()
    found = by_labels(root, flow, require_report=True)
    assert [study.film.name for study in found.studies] == ["bert/1.2.840.113"]
    assert dropped(flow) == {"report section": 3}


def test_texts_are_found_in_any_case_and_orphans_counted(root):
    (root / "top.TXT").write_text("Small lungs.")
    (root / "anna" / "two.dcm.txt").write_text("Big lungs.")
    (root / "readme.txt").write_text("Films of 2020.")
    flow = Flow()
    reports = [study.report for study in by_labels(root, flow).studies]
    assert reports[1::2] == ["Big lungs.", "Small lungs."]
    assert dropped(flow) == {"text is a report": 1}
    assert flow.dropped[0].source == f"{root}/readme.txt"


def test_reports_are_read_in_any_encoding_and_up_to_a_size(root):
    path = root / "anna" / "one.txt"
    path.write_bytes("Dyspnée.".encode("cp1252"))
    assert by_labels(root).studies[0].report == "Dyspnée."
    path.write_bytes("Dyspnée.".encode("utf-16"))
    assert by_labels(root).studies[0].report == "Dyspnée."
    path.write_bytes(b"lung " * 500_000)
    with pytest.raises(
        RowError, match=r"one\.txt: more than 200,000 bytes are no report"
    ) as refused:
        by_labels(root)
    assert refused.value.kind == "report too long"


def test_a_text_belongs_to_all_films_of_its_study(root):
    for film in ("one", "two"):
        write_dicom(root / "carl" / f"{film}.dcm", StudyInstanceUID="1.9", patient="D1")
    (root / "carl" / "two.txt").write_text("Big heart.")
    assert [study.report for study in by_labels(root, films="all").studies[3:5]] == 2 * [
        "Big heart."
    ]
    (root / "carl" / "one.txt").write_text("Small heart.")
    assert [study.report for study in by_labels(root, films="all").studies[3:5]] == [
        "Small heart.",
        "Big heart.",
    ]


def test_one_film_a_study_is_taken_unless_all_are_wanted(root):
    write_dicom(root / "anna" / "again.dcm", "AP", patient="A1", StudyInstanceUID="1.2.3")
    flow = Flow()
    names = [study.film.name for study in by_labels(root, flow).studies]
    assert "anna/one.dcm" in names
    assert "anna/again.dcm" not in names
    assert dropped(flow) == {"one film a study": 1}
    assert len(by_labels(root, films="all").studies) == 5


def test_of_two_files_of_one_film_one_is_taken(root):
    write_dicom(root / "a.dcm", patient="D1", SOPInstanceUID="1.7")
    write_dicom(root / "z.dcm", patient="D1", SOPInstanceUID="1.7")
    (root / "z.txt").write_text("Clear lungs.")
    write_table(
        root.parent / "labels.csv",
        "film,Edema",
        [{"film": name, "Edema": "1"} for name in ("a", "z")],
    )
    flow = Flow()
    found = {study.film.name: study for study in by_labels(root, flow).studies}
    assert "a.dcm" not in found
    assert found["z.dcm"].report == "Clear lungs."
    assert found["z.dcm"].labels == {"Edema": 1}
    assert dropped(flow) == {"one file a film": 1}
    (root / "z.txt").unlink()
    assert "a.dcm" in {study.film.name for study in by_labels(root).studies}
    rows = [{"film": "a.dcm", "Edema": "1"}, {"film": "z.dcm", "Edema": "0"}]
    write_table(root.parent / "labels.csv", "film,Edema", rows)
    with pytest.raises(DataError, match=r"row 3: a\.dcm has other labels than in .*row 2"):
        by_labels(root)


@pytest.mark.parametrize(
    "patient", ["", "ANON", "Anonymous", "unknown", "None", "0", "0000", "XXX", "xxxxx", "-"]
)
def test_a_patient_id_of_nobody_is_asked_about(root, patient):
    write_dicom(root / "carl" / "one.dcm", patient=patient, StudyInstanceUID="1.5")
    message = rf"one\.dcm: Patient ID {patient!r} names nobody, as in 1 of 5 .* --patients: folder"
    with pytest.raises(DataError, match=message):
        by_labels(root)
    assert by_labels(root, patients="study").studies[-2].patient == "1.5"
    (root / "top.DCM").unlink()
    found = by_labels(root, patients="folder")
    assert [study.patient for study in found.studies] == ["anna", "anna", "bert", "carl"]
    assert "A patient is one folder right below the root." in found.notes


def test_the_folders_of_a_patients_studies_are_one_patient(root):
    for study in ("monday", "tuesday"):
        write_dicom(
            root / "dora" / study / "one.dcm", patient="", StudyInstanceUID=f"1.6.{len(study)}"
        )
    (root / "top.DCM").unlink()
    found = by_labels(root, patients="folder")
    assert [study.patient for study in found.studies].count("dora") == 2


@pytest.mark.parametrize("patient", ["ANON-0001", "10", "X1"])
def test_a_pseudonym_is_a_patient(root, patient):
    write_dicom(root / "carl" / "one.dcm", patient=patient)
    assert by_labels(root).studies[3].patient == patient


def test_one_patient_id_of_all_studies_is_asked_about(tmp_path):
    root = tmp_path / "films"
    write_dicom(root / "one" / "film.dcm", StudyInstanceUID="1.1", patient="Jane Doe")
    write_table(tmp_path / "labels.csv", "film,Edema", [{"film": "1.1", "Edema": "1"}])
    assert len(by_labels(root).studies) == 1
    write_dicom(root / "two" / "film.dcm", StudyInstanceUID="1.2", patient="Jane Doe")
    with pytest.raises(
        DataError, match=r"of 2 studies, have the same Patient ID.*Remedy"
    ) as refused:
        by_labels(root)
    assert "Jane" not in str(refused.value)
    for patients in ("folder", "study"):
        assert len({study.patient for study in by_labels(root, patients=patients).studies}) == 2


def test_a_film_that_says_nothing_of_its_patient_is_named(root):
    with pytest.raises(DataError, match=r"top\.DCM lies in no folder .* Remedy"):
        by_labels(root, patients="folder")
    write_dicom(root / "carl.dcm", StudyInstanceUID="")
    with pytest.raises(DataError, match=r"carl\.dcm has no Study Instance UID.* Remedy"):
        by_labels(root, patients="study")


@pytest.mark.parametrize("name", ["film.dcm", "film"])
def test_a_name_of_two_films_is_refused(root, name):
    write_dicom(root / "carl" / "film.dcm", patient="D1")
    write_table(root.parent / "labels.csv", "film,Edema", [{"film": name, "Edema": "1"}])
    assert by_labels(root).studies[3].labels == {"Edema": 1}
    write_dicom(root / "dora" / "film.dcm", "LL", patient="D2")
    message = rf"row 2: '{name}' names carl/film\.dcm and dora/film\.dcm\. Remedy"
    with pytest.raises(DataError, match=message):
        by_labels(root)


def test_a_path_names_its_film_alone(root):
    write_dicom(root / "anna" / "top.DCM", patient="D1")
    rows = [{"film": "top.DCM", "Edema": "1"}, {"film": "", "Edema": "0"}]
    write_table(root.parent / "labels.csv", "film,Edema", rows)
    labels = {study.film.name: study.labels for study in by_labels(root).studies}
    assert {name for name, values in labels.items() if values} == {"top.DCM"}


def test_a_film_that_cannot_be_opened_is_named_once(root):
    studies = by_labels(root).studies
    (root / "top.DCM").unlink()
    with pytest.raises(RowError, match=r"top\.DCM: there is no such file") as refused:
        studies[-1].film.read(16)
    assert str(refused.value).count("top.DCM") == 1


def test_a_row_of_the_table_without_a_film_is_told(root):
    write_table(root.parent / "labels.csv", "film,Edema", [{"film": "gone", "Edema": "1"}])
    with pytest.raises(DataError, match="names no film that was kept, row 2 has 'gone'"):
        by_labels(root)
    rows = [{"film": name, "Edema": "1"} for name in ("gone", "top")]
    write_table(root.parent / "labels.csv", "film,Edema", rows)
    notes = by_labels(root).notes
    assert notes[0] == "1 rows of the labels' table name no film that was kept."


@pytest.mark.parametrize(
    ("header", "rows", "message"),
    [
        ("film", [{"film": "top"}], r"labels\.csv has the one column 'film'"),
        (
            "film,Edema",
            [{"film": "top", "Edema": "1"}, {"film": "top", "Edema": "0"}],
            r"row 3: 'top' has other labels than in .*row 2",
        ),
        ("film,Edema", [{"film": "top", "Edema": "yes"}], "row 2: label 'Edema' is 'yes'"),
        ("film,Edema", [{"film": "top", "Edema": "-1"}], "row 2: .* --uncertain"),
    ],
)
def test_a_faulty_table_is_named(root, header, rows, message):
    write_table(root.parent / "labels.csv", header, rows)
    with pytest.raises(DataError, match=message):
        by_labels(root)


def test_one_source_of_labels_is_asked_for(root):
    with pytest.raises(DataError, match="either from --labels-csv or from --labels-from-reports"):
        listing(Flow(), root)
    with pytest.raises(DataError, match="either from"):
        by_labels(root, labels_from_reports=True)


def test_a_root_without_dicom_is_named(tmp_path):
    (tmp_path / "films").mkdir()
    with pytest.raises(DataError, match="holds no DICOM file among 0 files"):
        listing(Flow(), tmp_path / "films", labels_csv="labels.csv")


def test_films_that_say_no_view_are_asked_about(tmp_path):
    write_dicom(tmp_path / "films" / "one.dcm", "")
    write_table(tmp_path / "labels.csv", "film,Edema", [{"film": "one", "Edema": "1"}])
    with pytest.raises(DataError, match=r"1 radiographs, .*; 1 say no view"):
        by_labels(tmp_path / "films")
    assert len(by_labels(tmp_path / "films", keep_untagged=True).studies) == 1


def test_the_real_films(real_data, tmp_path):
    root = real_data / "dicom_cxr"
    if not root.is_dir():
        pytest.skip("the real films of dicom_cxr are not here")
    rows = [{"film": path.name, "normal": "1"} for path in sorted(root.iterdir())]
    write_table(tmp_path / "labels.csv", "film,normal", rows)
    flow = Flow()
    found = listing(flow, root, labels_csv=tmp_path / "labels.csv")
    assert [study.labels for study in found.studies] == [{"normal": 1}]
    assert dropped(flow) == {"one file a film": 1}, "one was made from the other"
    assert found.studies[0].film.read(64).shape == (1024, 1024)
