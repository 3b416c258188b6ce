import gzip

import pytest
from packed import write_zip
from trees import (
    MIMIC_FILMS,
    MIMIC_LABELS,
    MIMIC_REPORT,
    MIMIC_SPLITS,
    mimic_name,
    mimic_reports,
    mimic_table,
    mimic_tree,
    write_csv,
    write_film,
    write_text,
)

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data import DataError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.mimic_cxr import listing

POLICY = {"uncertain": "ones", "blank": "zeros"}
TAKEN = [MIMIC_FILMS[place] for place in (0, 3, 4, 5)]
FIRST_REPORT = "files/p10/p10000032/s50414267.txt"


def names(listed):
    return [study.film.name for study in listed.studies]


def positive(study):
    return study.labels and [name for name, value in study.labels.items() if value]


def dropped(flow):
    return {step.filter: (step.rows_in, step.dropped) for step in flow.steps}


@pytest.mark.parametrize("ending", [".jpg", ".dcm"])
@pytest.mark.parametrize("table_ending", [".csv", ".csv.gz"])
@pytest.mark.parametrize("reports", ["zip", "files"])
def test_studies_are_listed_with_all_that_is_known(tmp_path, ending, table_ending, reports):
    flow = Flow()
    listed = listing(flow, mimic_tree(tmp_path, ending, table_ending, reports), **POLICY)
    assert names(listed) == [mimic_name(film, ending) for film in TAKEN]
    assert [study.patient for study in listed.studies] == [film[1] for film in TAKEN]
    assert [study.split for study in listed.studies] == ["train", "train", "val", "test"]
    assert [positive(study) for study in listed.studies] == [
        ["Cardiomegaly"], ["Edema", "Support Devices"], ["No Finding"], None,
    ]  # fmt: skip
    texts = [study.report and " ".join(study.report.split()) for study in listed.studies]
    assert texts == [
        "The heart is enlarged. There is no pleural effusion.", None,
        "The heart is enlarged. There is no pleural effusion.", None,
    ]  # fmt: skip
    assert listed.studies[0].film.read(16).std() > 0.1
    assert listed.labels == CHEXPERT_LABELS
    assert dropped(flow) == {
        "film is named": (7, 0),
        "film on disk": (7, 0),
        "view known": (7, 1),
        "frontal view": (6, 1),
        "one film a study": (5, 1),
    }


def test_the_card_says_what_was_chosen(tmp_path):
    assert listing(Flow(), mimic_tree(tmp_path), **POLICY).notes == [
        "Labels are from: chexpert.",
        "Tables: mimic-cxr-2.0.0-metadata.csv.gz, mimic-cxr-2.0.0-split.csv.gz, "
        "mimic-cxr-2.0.0-chexpert.csv.gz.",
        "Labels: uncertain -> ones, blank -> zeros.",
        "No Finding is positive in 1 studies, in 0 of them beside a positive or uncertain finding "
        "other than Support Devices; 0 studies have neither.",
        "1 of 4 studies are unlabelled.",
        "DICOM films, if any: style voi.",
        "Reports: section findings, robust rules.",
        "2 of 4 studies have no report with findings; their films are kept. --require-report "
        "leaves them out.",
    ]


# Films


def test_a_dicom_file_is_asked_where_the_tables_say_nothing(tmp_path):
    root = mimic_tree(tmp_path, ".dcm")
    write_film(root / mimic_name(MIMIC_FILMS[6], ".dcm"), 6, view="PA")
    assert names(listing(Flow(), root, **POLICY))[-1] == mimic_name(MIMIC_FILMS[6], ".dcm")


def test_all_frontal_films_can_be_listed(tmp_path):
    listed = listing(Flow(), mimic_tree(tmp_path), films="all", **POLICY)
    assert len(listed.studies) == 5


def test_of_both_forms_of_a_film_the_jpeg_is_taken(tmp_path):
    mimic_tree(tmp_path, ".dcm")
    assert names(listing(Flow(), mimic_tree(tmp_path, ".jpg"), **POLICY))[0].endswith(".jpg")


def test_a_part_of_the_tree_is_enough(tmp_path):
    root = mimic_tree(tmp_path)
    for film in (root / "files/p10").rglob("*.jpg"):
        film.unlink()
    write_film(root / mimic_name(("0000ffff", "10000032", "50414267")), 9)
    flow = Flow()
    assert names(listing(flow, root, **POLICY)) == [mimic_name(film) for film in TAKEN[2:]]
    assert dropped(flow)["film is named"] == (4, 1)
    assert dropped(flow)["film on disk"] == (7, 4)
    sources = [item.source for item in flow.dropped]
    assert mimic_name(("0000ffff", "10000032", "50414267")) in sources
    assert any(source.endswith("mimic-cxr-2.0.0-metadata.csv.gz, row 2") for source in sources)
    assert not any(str(tmp_path) in item.reason for item in flow.dropped)


def test_without_any_film_the_root_is_named(tmp_path):
    root = mimic_tree(tmp_path)
    for film in root.rglob("*.jpg"):
        film.unlink()
    with pytest.raises(DataError, match=r"holds none of the 7 films named in .*metadata.* Remedy"):
        listing(Flow(), root, **POLICY)


def test_a_film_that_leads_out_of_the_root_is_not_read(tmp_path):
    root = mimic_tree(tmp_path / "data")
    outside = write_film(tmp_path / "secret.jpg", 7)
    film = root / mimic_name(MIMIC_FILMS[0])
    film.unlink()
    film.symlink_to(outside)
    with pytest.raises(DataError, match="leads out of"):
        listing(Flow(), root, **POLICY).studies[0].film.read(16)


# Tables


def test_tables_may_lie_elsewhere(tmp_path):
    root, tables = mimic_tree(tmp_path / "dicom", ".dcm"), tmp_path / "tables"
    tables.mkdir()
    for path in root.glob("*.csv.gz"):
        path.rename(tables / path.name)
    assert len(listing(Flow(), root, tables=tables, **POLICY).studies) == 4


@pytest.mark.parametrize("table", ["metadata", "split", "chexpert"])
def test_a_missing_table_is_named(tmp_path, table):
    root = mimic_tree(tmp_path)
    (root / f"mimic-cxr-2.0.0-{table}.csv.gz").unlink()
    with pytest.raises(DataError, match=rf"has no table mimic-cxr-\*-{table}\.csv\[\.gz\]"):
        listing(Flow(), root, **POLICY)


def test_a_damaged_table_is_named(tmp_path):
    root = mimic_tree(tmp_path)
    path = root / "mimic-cxr-2.0.0-split.csv.gz"
    path.write_bytes(gzip.compress(b"study_id,split\n" * 99)[:-9])
    with pytest.raises(DataError, match=r"mimic-cxr-2\.0\.0-split\.csv\.gz is no readable CSV"):
        listing(Flow(), root, **POLICY)


@pytest.mark.parametrize("folder", ["files", "files/mimic-cxr-jpg/2.1.0", "p10/p10000032"])
def test_a_wrong_root_is_named(tmp_path, folder):
    (tmp_path / folder).mkdir(parents=True)
    message = rf"has no folder files/ with p10, .* it holds {folder.split('/')[0]}\. Remedy"
    with pytest.raises(DataError, match=message):
        listing(Flow(), tmp_path, **POLICY)


@pytest.mark.parametrize("folder", ["2.1.0", "files/mimic-cxr-jpg/2.1.0"])
def test_the_folder_above_a_version_will_do(tmp_path, folder):
    root = mimic_tree(tmp_path / folder)
    listed = listing(Flow(), tmp_path, **POLICY)
    assert listed.studies == listing(Flow(), root, **POLICY).studies


def test_two_versions_below_the_root_are_refused(tmp_path):
    mimic_tree(tmp_path / "2.0.0")
    mimic_tree(tmp_path / "2.1.0")
    with pytest.raises(DataError, match=r"holds 2\.0\.0 and 2\.1\.0\. Remedy: give one of them"):
        listing(Flow(), tmp_path, **POLICY)


def test_a_table_packed_and_unpacked_is_refused(tmp_path):
    root = mimic_tree(tmp_path)
    mimic_table(root, "split.csv", ["study_id", "split"], [("50414267", "test")])
    with pytest.raises(DataError, match=r"split\.csv\.gz: there is mimic-cxr-2\.0\.0-split\.csv"):
        listing(Flow(), root, **POLICY)


# The DICOM release alone


def mimic_dicom_release(root):
    """Make what MIMIC-CXR ships: no table tells views, labels or the split."""
    mimic_tree(root, ".dcm")
    for path in root.glob("mimic-cxr-2*"):
        path.unlink()
    write_film(root / mimic_name(MIMIC_FILMS[0], ".dcm"), 0, view="PA")
    write_film(root / mimic_name(MIMIC_FILMS[2], ".dcm"), 2, view="LL")
    write_csv(
        root / "cxr-record-list.csv.gz",
        ["subject_id", "study_id", "dicom_id", "path"],
        [
            (film[1], film[2], f"{film[0]}-00000000-00000000-00000000", mimic_name(film, ".dcm"))
            for film in MIMIC_FILMS
        ],
    )
    return root


@pytest.mark.parametrize("labels_from", ["chexpert", "negbio"])
def test_the_dicom_release_alone_asks_for_the_tables(tmp_path, labels_from):
    root = mimic_dicom_release(tmp_path)
    message = r"has no table mimic-cxr-\*-metadata.* belong to MIMIC-CXR-JPG .* by --tables"
    with pytest.raises(DataError, match=message):
        listing(Flow(), root, labels_from=labels_from, **POLICY)


def test_the_dicom_release_alone_is_enough_with_labels_from_reports(tmp_path):
    root = mimic_dicom_release(tmp_path)
    flow = Flow()
    listed = listing(flow, root, labels_from="report", **POLICY)
    assert names(listed) == [mimic_name(MIMIC_FILMS[0], ".dcm")]
    assert positive(listed.studies[0]) == ["Cardiomegaly"]
    assert dropped(flow)["view known"] == (7, 5)
    assert listed.studies[0].split is None
    assert "No split table was there, so the split is drawn by patient." in listed.notes
    assert "Tables: cxr-record-list.csv.gz." in listed.notes


def test_a_study_in_two_splits_is_refused(tmp_path):
    root = mimic_tree(tmp_path, table_ending=".csv")
    with open(root / "mimic-cxr-2.0.0-split.csv", "a") as file:
        file.write("0000ffff,50414267,10000032,test\n")
    with pytest.raises(DataError, match="'split' of study_id '50414267' is 'test', but 'train'"):
        listing(Flow(), root, **POLICY)


def test_a_study_without_split_is_an_error_or_counted(tmp_path):
    root = mimic_tree(tmp_path, table_ending=".csv")
    mimic_table(root, "split.csv", ["study_id", "split"], [("50414267", "train")])
    with pytest.raises(DataError, match="study 53189527 is in no row of the split table"):
        listing(Flow(), root, **POLICY)
    flow = Flow("skip")
    assert len(listing(flow, root, **POLICY).studies) == 1
    assert dropped(flow)["no split"] == (4, 3)


def test_a_study_with_other_labels_is_refused(tmp_path):
    root = mimic_tree(tmp_path, table_ending=".csv")
    path = root / "mimic-cxr-2.0.0-chexpert.csv"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines, lines[1]]))
    assert len(listing(Flow(), root, **POLICY).studies) == 4
    path.write_text("".join([*lines, lines[1].replace("1.0", "-1.0")]))
    message = r"row 5: 'Cardiomegaly' of study_id '50414267' is '-1\.0', but '1\.0' in .*row 2\."
    with pytest.raises(DataError, match=message):
        listing(Flow(), root, **POLICY)


def test_a_table_that_was_cut_short_is_refused(tmp_path):
    root = mimic_tree(tmp_path, table_ending=".csv")
    path = root / "mimic-cxr-2.0.0-chexpert.csv"
    path.write_text(path.read_text()[:-9])
    with pytest.raises(DataError, match=r"chexpert\.csv, row 4 has 11 cells, .* names 16 columns"):
        listing(Flow(), root, **POLICY)


def test_a_formula_for_a_label_is_an_error_or_counted(tmp_path):
    labels = {**MIMIC_LABELS, "50414267": {"Edema": "=1+1"}}
    root = mimic_tree(tmp_path, labels=labels)
    with pytest.raises(DataError, match=r"chexpert\.csv\.gz, row 2: label 'Edema' is '=1\+1'"):
        listing(Flow(), root, **POLICY)
    flow = Flow("skip")
    assert len(listing(flow, root, **POLICY).studies) == 3
    assert dropped(flow)["bad label"] == (4, 1)


def test_a_path_in_the_table_leads_nowhere(tmp_path):
    films = (*MIMIC_FILMS[:1], ("../../../../secret", *MIMIC_FILMS[1][1:]))
    root = mimic_tree(tmp_path / "data", films=MIMIC_FILMS[:1], table_ending=".csv")
    write_film(tmp_path / "secret.jpg", 7)
    mimic_table(
        root,
        "metadata.csv",
        ["dicom_id", "subject_id", "study_id", "ViewPosition"],
        [(f"{films[0][0]}-00000000-00000000-00000000", *films[0][1:4]), films[1][:4]],
    )
    flow = Flow()
    assert len(listing(flow, root, **POLICY).studies) == 1
    assert dropped(flow)["film on disk"] == (2, 1)


# Labels


@pytest.mark.parametrize("labels", [("Edema", "Cardiomegaly"), ("Cardiomegaly", "Edema")])
def test_labels_are_joined_by_name(tmp_path, labels):
    listed = listing(Flow(), mimic_tree(tmp_path), labels=labels, **POLICY)
    assert listed.labels == labels
    assert listed.studies[0].labels == {"Edema": 0, "Cardiomegaly": 1}
    assert listed.studies[1].labels == {"Edema": 1, "Cardiomegaly": 0}


def test_labels_are_read_from_negbio(tmp_path):
    root = mimic_tree(tmp_path, table_ending=".csv")
    (root / "mimic-cxr-2.0.0-chexpert.csv").unlink()
    listed = listing(Flow(), root, labels_from="negbio", **POLICY)
    assert positive(listed.studies[0]) == ["Cardiomegaly"]


def test_labels_are_read_from_reports(tmp_path):
    root = mimic_tree(tmp_path, table_ending=".csv")
    (root / "mimic-cxr-2.0.0-chexpert.csv").unlink()
    listed = listing(Flow(), root, labels_from="report", **POLICY)
    assert [positive(study) for study in listed.studies] == [
        ["Cardiomegaly"], ["Edema"], ["Cardiomegaly"], None,
    ]  # fmt: skip


@pytest.mark.parametrize("labels_from", ["chexpert", "report"])
def test_a_label_that_is_named_twice_is_refused(tmp_path, labels_from):
    labels = ("Edema", "Fracture", "Edema")
    with pytest.raises(DataError, match=r"--labels names 'Edema' twice\. Remedy: name every"):
        listing(Flow(), mimic_tree(tmp_path), labels=labels, labels_from=labels_from, **POLICY)


@pytest.mark.parametrize("labels_from", ["chexpert", "report"])
def test_a_misspelt_label_is_named(tmp_path, labels_from):
    with pytest.raises(DataError, match=r"'Edma'.* Did you mean 'Edema'"):
        listing(Flow(), mimic_tree(tmp_path), labels=("Edma",), labels_from=labels_from, **POLICY)


# Reports


@pytest.mark.parametrize("rules", ["robust", "mimic"])
@pytest.mark.parametrize(
    ("section", "texts"),
    [
        ("findings", ["The heart is enlarged. There is no pleural effusion.", None]),
        ("impression", ["Cardiomegaly.", "Mild edema."]),
        (
            "both",
            ["The heart is enlarged. There is no pleural effusion. Cardiomegaly.", "Mild edema."],
        ),
    ],
)
def test_a_section_can_be_chosen(tmp_path, section, texts, rules):
    root = mimic_tree(tmp_path)
    listed = listing(Flow(), root, section=section, rules=rules, **POLICY)
    found = [study.report and " ".join(study.report.split()) for study in listed.studies[:2]]
    assert found == texts


def test_studies_without_the_section_can_be_left_out(tmp_path):
    flow = Flow()
    listed = listing(flow, mimic_tree(tmp_path), require_report=True, **POLICY)
    assert names(listed) == [mimic_name(MIMIC_FILMS[0]), mimic_name(MIMIC_FILMS[4])]
    assert dropped(flow)["report section"] == (4, 2)


def test_reports_may_lie_elsewhere(tmp_path):
    root = mimic_tree(tmp_path / "jpg", reports=None)
    for name, text in mimic_reports().items():
        write_text(tmp_path / "reports" / name, text)
    listed = listing(Flow(), root, reports=tmp_path / "reports", **POLICY)
    assert sum(bool(study.report) for study in listed.studies) == 2


def test_missing_reports_must_be_meant(tmp_path):
    root = mimic_tree(tmp_path, reports=None)
    with pytest.raises(DataError, match=r"holds neither mimic-cxr-reports\.zip nor files/p10"):
        listing(Flow(), root, **POLICY)
    listed = listing(Flow(), root, reports="none", **POLICY)
    assert {study.report for study in listed.studies} == {None}


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.zip", r"missing\.zip: there are no such reports"),
        ("files", r"files holds no report of 4 studies, neither files/p10/.*s50414267\.txt nor"),
        ("other.zip", r"other\.zip holds no report of 4 studies"),
    ],
)
def test_wrong_reports_are_named(tmp_path, name, message):
    root = mimic_tree(tmp_path, reports=None)
    write_zip(root / "other.zip", {"s1.txt": b"Edema."})
    with pytest.raises(DataError, match=message):
        listing(Flow(), root, reports=root / name, **POLICY)


def with_report(root, packed, data):
    if packed:
        write_zip(root / "mimic-cxr-reports.zip", {**mimic_reports(), FIRST_REPORT: data})
    else:
        write_text(root / FIRST_REPORT, data)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("data", [b"", b"  \n \n", b"FINAL REPORT\n"])
def test_an_empty_report_is_no_report(tmp_path, packed, data):
    root = mimic_tree(tmp_path, reports="zip" if packed else "files")
    with_report(root, packed, data)
    flow = Flow()
    listed = listing(flow, root, require_report=True, **POLICY)
    assert names(listed) == [mimic_name(MIMIC_FILMS[4])]
    assert dropped(flow)["report section"] == (4, 3)


@pytest.mark.parametrize("packed", [True, False])
def test_a_report_that_is_not_utf_8_is_read(tmp_path, packed):
    root = mimic_tree(tmp_path, reports="zip" if packed else "files")
    with_report(root, packed, MIMIC_REPORT.replace("effusion", "Ergu\xdf").encode("latin-1"))
    assert "Ergu\xdf" in listing(Flow(), root, **POLICY).studies[0].report


@pytest.mark.parametrize("packed", [True, False])
def test_a_huge_report_is_an_error_or_counted(tmp_path, packed):
    root = mimic_tree(tmp_path, reports="zip" if packed else "files")
    with_report(root, packed, b" FINDINGS: " + b"clear " * 2**22)
    with pytest.raises(DataError, match=r"s50414267\.txt: more than 200,000 bytes are no report"):
        listing(Flow(), root, **POLICY)
    flow = Flow("skip")
    assert len(listing(flow, root, **POLICY).studies) == 3
    assert dropped(flow)["report too long"] == (4, 1)


def test_what_macos_adds_to_a_zip_takes_no_reports_place(tmp_path):
    root = mimic_tree(tmp_path)
    mac = {f"__MACOSX/{FIRST_REPORT.replace('/s5', '/._s5')}": b"\0\5\x16\7\0\2"}
    write_zip(root / "mimic-cxr-reports.zip", {**mimic_reports(), **mac})
    assert listing(Flow(), root, **POLICY).studies[0].report.startswith("The heart is enlarged.")


def test_two_reports_of_a_study_are_refused(tmp_path):
    root = mimic_tree(tmp_path)
    again = {f"again/{FIRST_REPORT}": b" FINDINGS: Edema.\n"}
    write_zip(root / "mimic-cxr-reports.zip", {**mimic_reports(), **again})
    message = r"again/.*: study 50414267 has a report already \(.*zip, files/.*\)\. Remedy: remove"
    with pytest.raises(DataError, match=message):
        listing(Flow(), root, **POLICY)


def test_a_zip_bomb_is_refused(tmp_path):
    root = mimic_tree(tmp_path)
    bomb = {f"files/p10/p10000032/s{i}.txt": bytes(200_000) for i in range(200)}
    write_zip(root / "mimic-cxr-reports.zip", bomb)
    with pytest.raises(DataError, match=r"reports\.zip: its files unpack to more than"):
        listing(Flow(), root, **POLICY)


def test_a_zip_with_a_path_out_of_it_is_refused(tmp_path):
    root = mimic_tree(tmp_path)
    write_zip(root / "mimic-cxr-reports.zip", {"../s50414267.txt": b"Edema."})
    with pytest.raises(DataError, match="leads out of the archive"):
        listing(Flow(), root, **POLICY)


def test_a_report_that_leads_out_of_the_root_is_an_error_or_counted(tmp_path):
    root = mimic_tree(tmp_path / "data", reports="files")
    outside = write_text(tmp_path / "secret.txt", " FINDINGS: Secret.\n")
    (root / FIRST_REPORT).unlink()
    (root / FIRST_REPORT).symlink_to(outside)
    with pytest.raises(DataError, match="leads out of"):
        listing(Flow(), root, **POLICY)
    flow = Flow("skip")
    assert len(listing(flow, root, **POLICY).studies) == 3


def test_splits_are_the_publishers(tmp_path):
    splits = dict.fromkeys(MIMIC_SPLITS, "train") | {"11000011": "holdout"}
    listed = listing(Flow(), mimic_tree(tmp_path, splits=splits), **POLICY)
    assert [study.split for study in listed.studies] == ["train", "train", "holdout", "train"]
