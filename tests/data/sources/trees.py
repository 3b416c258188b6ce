"""Small data sets in their publishers' exact layouts, with films of noise and invented reports."""

import csv
import gzip
from itertools import count
from pathlib import Path

import numpy as np
from packed import write_tar, write_zip
from PIL import Image
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

from emixer_tf.config import CHEXPERT_LABELS

HEIGHT, WIDTH = 20, 24


def write_film(path, seed=0, view=""):
    """Write a film of noise as .png, .jpg or .dcm; only DICOM holds the view."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (HEIGHT, WIDTH), dtype="uint8")
    if path.suffix == ".dcm":
        _write_dicom(path, pixels, view)
    else:
        Image.fromarray(pixels).save(path)
    return path


def _write_dicom(path, pixels, view):
    film = Dataset()
    film.file_meta = FileMetaDataset()
    film.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    film.SOPClassUID = film.file_meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    film.SOPInstanceUID = film.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    film.Modality, film.ViewPosition = "CR", view
    film.Rows, film.Columns = pixels.shape
    film.SamplesPerPixel, film.PhotometricInterpretation = 1, "MONOCHROME2"
    film.BitsAllocated = film.BitsStored = 8
    film.HighBit, film.PixelRepresentation = 7, 0
    film.PixelData = pixels.tobytes()
    film.save_as(path, enforce_file_format=True)


def write_csv(path, header, rows):
    """Write a table, packed if its name ends in .gz."""
    path = Path(path)
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "wt", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def write_text(path, text):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


# MIMIC-CXR

MIMIC_REPORT = """                                 FINAL REPORT
 EXAMINATION:  CHEST (PA AND LAT)

 INDICATION:  ___ with cough.

 FINDINGS:

 The heart is enlarged.  There is no
 pleural effusion.

 IMPRESSION:

 Cardiomegaly.
"""
MIMIC_BRIEF_REPORT = """                                 FINAL REPORT
 INDICATION:  ___ with cough.

 IMPRESSION:

 Mild edema.
"""

# dicom_id, subject_id, study_id, ViewPosition, ViewCodeSequence_CodeMeaning,
# PerformedProcedureStepDescription
MIMIC_FILMS = (
    ("0000000a", "10000032", "50414267", "PA", "postero-anterior", "CHEST (PA AND LAT)"),
    ("0000000b", "10000032", "50414267", "LATERAL", "lateral", "CHEST (PA AND LAT)"),
    ("0000000c", "10000032", "53189527", "AP", "antero-posterior", "CHEST (PA AND LAT)"),
    ("0000000d", "10000032", "53189527", "PA", "postero-anterior", "CHEST (PA AND LAT)"),
    ("0000000e", "11000011", "51111111", "", "antero-posterior", "CHEST (PORTABLE AP)"),
    ("0000000f", "12000012", "52222222", "", "", "CHEST (PORTABLE AP)"),
    ("00000010", "12000012", "52222223", "", "", "CHEST (PA AND LAT)"),
)
MIMIC_SPLITS = {"10000032": "train", "11000011": "validate", "12000012": "test"}
MIMIC_LABELS = {
    "50414267": {"Cardiomegaly": "1.0", "Pleural Effusion": "0.0"},
    "53189527": {"Edema": "-1.0", "Support Devices": "1.0"},
    "51111111": {"No Finding": "1.0"},
}


def mimic_name(film, ending=".jpg"):
    dicom, patient, study = film[:3]
    return f"files/p{patient[:2]}/p{patient}/s{study}/{dicom}-00000000-00000000-00000000{ending}"


def mimic_reports():
    """Return the reports by the names they have in the zip, and below the root."""
    return {
        "files/p10/p10000032/s50414267.txt": MIMIC_REPORT.encode(),
        "files/p10/p10000032/s53189527.txt": MIMIC_BRIEF_REPORT.encode(),
        "files/p11/p11000011/s51111111.txt": MIMIC_REPORT.encode(),
    }


def mimic_tree(
    root,
    ending=".jpg",
    table_ending=".csv.gz",
    reports="zip",
    films=MIMIC_FILMS,
    splits=MIMIC_SPLITS,
    labels=MIMIC_LABELS,
):
    """Make MIMIC-CXR-JPG or the DICOM tree with its tables; reports: "zip", "files" or None."""
    root = Path(root)
    for seed, film in enumerate(films):
        write_film(root / mimic_name(film, ending), seed)
    ids = [(f"{film[0]}-00000000-00000000-00000000", *film[1:3]) for film in films]
    mimic_table(
        root,
        f"metadata{table_ending}",
        [
            "dicom_id",
            "subject_id",
            "study_id",
            "ViewPosition",
            "ViewCodeSequence_CodeMeaning",
            "PerformedProcedureStepDescription",
        ],
        [(*names, *film[3:]) for names, film in zip(ids, films, strict=True)],
    )
    mimic_table(
        root,
        f"split{table_ending}",
        ["dicom_id", "study_id", "subject_id", "split"],
        [(dicom, study, patient, splits[patient]) for dicom, patient, study in ids],
    )
    patients = {study: patient for _, patient, study in ids}
    names = sorted(CHEXPERT_LABELS)  # the publisher's order is not ours
    for table in ("chexpert", "negbio"):
        mimic_table(
            root,
            f"{table}{table_ending}",
            ["subject_id", "study_id", *names],
            [
                (patients.get(study, "19999999"), study, *(stated.get(name, "") for name in names))
                for study, stated in labels.items()
            ],
        )
    if reports == "zip":
        write_zip(root / "mimic-cxr-reports.zip", mimic_reports())
    elif reports == "files":
        for name, text in mimic_reports().items():
            write_text(root / name, text)
    return root


def mimic_table(root, name, header, rows):
    """Write a table of MIMIC-CXR-JPG: `mimic_table(root, "split.csv", …)`."""
    return write_csv(Path(root) / f"mimic-cxr-2.0.0-{name}", header, rows)


# CheXpert

CHEXPERT_HEADER = ["Path", "Sex", "Age", "Frontal/Lateral", "AP/PA", *CHEXPERT_LABELS]
CHEXPERT_FILMS = {
    "train": (
        ("patient00001/study1/view1_frontal.jpg", "Frontal", "AP", {"Edema": "-1.0"}),
        ("patient00001/study1/view2_lateral.jpg", "Lateral", "", {"Edema": "-1.0"}),
        ("patient00001/study2/view1_frontal.jpg", "Frontal", "AP", {"Cardiomegaly": "1.0"}),
        ("patient00001/study2/view2_frontal.jpg", "Frontal", "PA", {"Cardiomegaly": "1.0"}),
        ("patient00002/study1/view1_frontal.jpg", "Frontal", "LL", {"No Finding": "1.0"}),
        ("patient00003/study1/view1_frontal.jpg", "Frontal", "PA", {"Fracture": "0.0"}),
    ),
    "valid": (
        ("patient64541/study1/view1_frontal.jpg", "Frontal", "AP", {"Edema": "1.0"}),
        ("patient64541/study1/view2_lateral.jpg", "Lateral", "", {"Edema": "1.0"}),
    ),
}


def chexpert_tree(parent, name="CheXpert-v1.0-small", films=CHEXPERT_FILMS):
    """Make the folder `name` below `parent`, and return it."""
    root = Path(parent) / name
    seeds = count()
    for split, rows in films.items():
        for row in rows:
            write_film(root / split / row[0], next(seeds))
        chexpert_table(
            root, f"{split}.csv", [(f"{name}/{split}/{row[0]}", *row[1:]) for row in rows]
        )
    return root


def chexpert_batches(parent, films=CHEXPERT_FILMS):
    """Make the folders that the publisher packs the full set in: patients of train in batches."""
    first = Path(parent) / "CheXpert-v1.0 batch 1 (validate & csv)"
    seeds = count()
    for split, rows in films.items():
        for row in rows:
            batch = 2 if row[0] < "patient00002" else 3 if row[0] < "patient00003" else 4
            train = first.with_name(f"CheXpert-v1.0 batch {batch} (train {batch - 1})")
            write_film((train if split == "train" else first / split) / row[0], next(seeds))
        chexpert_table(
            first, f"{split}.csv", [(f"CheXpert-v1.0/{split}/{row[0]}", *row[1:]) for row in rows]
        )
    return Path(parent)


def chexpert_table(root, name, rows):
    """Write a table of CheXpert from rows of path, Frontal/Lateral, AP/PA and labels by name."""
    root.mkdir(parents=True, exist_ok=True)
    return write_csv(
        root / name,
        CHEXPERT_HEADER,
        [
            (path, "Female", "61", frontal, view, *(stated.get(x, "") for x in CHEXPERT_LABELS))
            for path, frontal, view, stated in rows
        ],
    )


# Open-i

# number: findings, impression, MeSH terms, names of films
OPEN_I_REPORTS = {
    1: ("Heart size is normal.", "No acute disease.", ["normal"], ["CXR1_1_IM-0001-3001"]),
    2: (
        "The heart is enlarged. There is a small left effusion.",
        "Cardiomegaly.",
        ["Cardiomegaly/mild", "Pleural Effusion/left/small"],
        ["CXR2_IM-0652-1001", "CXR2_IM-0652-2001"],
    ),
    3: ("heart  size is NORMAL", "Clear lungs.", ["normal"], ["CXR3_IM-1384-1001"]),
    4: ("", "Right apical opacity.", ["Opacity/lung/apex/right"], ["CXR4_IM-2050-1001"]),
    5: ("Clear lungs.", "", ["No Indexing"], []),
}


def open_i_xml(number, findings, impression, terms, films):
    """Return the XML of a report."""
    majors = "".join(f"<major>{term}</major>" for term in terms)
    images = "".join(
        f'<parentImage id="{film}"><caption>PA and lateral</caption></parentImage>'
        for film in films
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<eCitation>
   <uId id="CXR{number}"/>
   <MedlineCitation><Article><Abstract>
      <AbstractText Label="COMPARISON">None.</AbstractText>
      <AbstractText Label="INDICATION">Cough</AbstractText>
      <AbstractText Label="FINDINGS">{findings}</AbstractText>
      <AbstractText Label="IMPRESSION">{impression}</AbstractText>
   </Abstract></Article></MedlineCitation>
   <MeSH>{majors}</MeSH>
   {images}
</eCitation>""".encode()


def open_i_reports(reports=None):
    """Return the XML files of reports by name."""
    return {
        f"ecgen-radiology/{number}.xml": open_i_xml(number, *report)
        for number, report in (reports or OPEN_I_REPORTS).items()
    }


def open_i_tree(root, films="png", reports="tgz"):
    """Make Open-i with films "png", "dcm", "kaggle" or None, and reports "tgz" or "folder"."""
    root = Path(root)
    root.mkdir(parents=True, exist_ok=True)
    if reports == "tgz":
        write_tar(root / "NLMCXR_reports.tgz", open_i_reports())
    else:
        for name, data in open_i_reports().items():
            write_text(root / name, data)
    names = [(number, name) for number, (*_, names) in OPEN_I_REPORTS.items() for name in names]
    for seed, (number, name) in enumerate(names if films else ()):
        write_film(root / _open_i_film(films, number, name), seed, _open_i_view(name))
    return root


def _open_i_film(layout, number, name):
    short = name.removeprefix("CXR1_").removeprefix("CXR")
    return {
        "png": f"NLMCXR_png/{name}.png",
        "dcm": f"NLMCXR_dcm/{number}/{short}.dcm",
        "kaggle": f"images/images_normalized/{short}.dcm.png",
    }[layout]


def _open_i_view(name):
    return "LL" if name.endswith("2001") else "PA"
