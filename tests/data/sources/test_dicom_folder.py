import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid
from small_tree import dropped, write_film, write_table

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data import DataError
from emixer_tf.data.errors import RowError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.dicom_folder import listing


def write_dicom(path, view="PA", modality="DX", patient="", **tags):
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
    write_dicom(root / "bert" / "1.2.840.113", "PA", "", patient="")
    write_dicom(root / "top.DCM", patient="")
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
    assert [study.patient for study in found.studies] == ["A1", "A1", "bert", "top.DCM"]
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
    ]
    with pytest.raises(DataError, match=r"one\.dcm: label .* is blank .* say by --blank"):
        listing(Flow(), root, labels_from_reports=True, uncertain="ignore")


def test_everything_else_is_counted(root):
    write_dicom(root / "ct" / "slice.dcm", modality="CT")
    write_dicom(root / "side.dcm", "LL")
    write_dicom(root / "untagged.dcm", "")
    write_dicom(root / "named.dcm", BurnedInAnnotation="YES")
    write_film(root / "picture.png")
    (root / "empty.dcm").touch()
    (root / "page.dcm").write_text("<html>" + 200 * " ")
    flow = Flow()
    assert len(by_labels(root, flow).studies) == 4
    assert dropped(flow) == {
        "DICOM": 3,
        "radiograph": 1,
        "no burnt-in annotation": 1,
        "view known": 1,
        "frontal view": 1,
    }
    assert len(by_labels(root, keep_untagged=True).studies) == 5


def test_a_link_out_of_the_root_is_a_fault(root):
    outside = root.parent / "outside.dcm"
    write_dicom(outside)
    (root / "link.dcm").symlink_to(outside)
    with pytest.raises(RowError, match=r"link\.dcm: this leads out of"):
        by_labels(root)
    flow = Flow("skip")
    assert len(by_labels(root, flow).studies) == 4
    assert dropped(flow) == {"film outside the root": 1}


def test_a_report_that_is_no_text_is_a_fault(root):
    (root / "anna" / "one.txt").write_bytes(b"\xff\xfe\x00N\x00o")
    with pytest.raises(RowError, match=r"one\.txt: this is no UTF-8 text"):
        by_labels(root)
    (root / "anna" / "one.txt").write_text(" \n")
    assert by_labels(root).studies[0].report is None


def test_a_row_of_the_table_without_a_film_is_told(root):
    write_table(root.parent / "labels.csv", "film,Edema", [{"film": "gone", "Edema": "1"}])
    with pytest.raises(DataError, match="names no film that was kept, row 2 has 'gone'"):
        by_labels(root)
    rows = [{"film": name, "Edema": "1"} for name in ("gone", "top")]
    write_table(root.parent / "labels.csv", "film,Edema", rows)
    assert by_labels(root).notes == ["1 rows of the labels' table name no film that was kept."]


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
    found = listing(Flow(), root, labels_csv=tmp_path / "labels.csv")
    assert [study.labels for study in found.studies] == [{"normal": 1}] * 2
    assert len({study.patient for study in found.studies}) == 1
    inverted, upright = (study.film.read(64) for study in found.studies)
    np.testing.assert_allclose(inverted, 1 - upright, atol=1e-6)
