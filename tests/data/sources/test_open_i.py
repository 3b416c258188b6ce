import pytest
from packed import write_tar, write_zip
from trees import (
    open_i_reports,
    open_i_tree,
    open_i_xml,
    write_csv,
    write_film,
    write_text,
)

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data import DataError
from emixer_tf.data.flow import Flow
from emixer_tf.data.sources.open_i import listing
from emixer_tf.data.sources.open_i_labels import MESH, labelling
from emixer_tf.data.sources.open_i_reports import read_reports, text_groups
from emixer_tf.data.tables import read_table, rows_of

BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE eCitation [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<eCitation><uId id="CXR6"/><AbstractText Label="FINDINGS">&b;</AbstractText></eCitation>"""


def positive(study):
    return [name for name, value in study.labels.items() if value]


def dropped(flow):
    return {step.filter: (step.rows_in, step.dropped) for step in flow.steps}


@pytest.mark.parametrize("reports", ["tgz", "folder"])
@pytest.mark.parametrize(
    ("films", "second"),
    [
        ("png", "NLMCXR_png/CXR2_IM-0652-1001.png"),
        ("dcm", "NLMCXR_dcm/2/2_IM-0652-1001.dcm"),
        ("kaggle", "images/images_normalized/2_IM-0652-1001.dcm.png"),
    ],
)
def test_films_and_reports_are_joined(tmp_path, films, reports, second):
    flow = Flow()
    listed = listing(flow, open_i_tree(tmp_path, films, reports))
    assert [study.report for study in listed.studies] == [
        "Heart size is normal.",
        "The heart is enlarged. There is a small left effusion.",
        "heart size is NORMAL",
        None,
    ]
    assert listed.studies[1].film.name == second
    assert listed.studies[1].film.read(16).std() > 0.1
    assert listed.labels == CHEXPERT_LABELS
    assert [positive(study) for study in listed.studies] == [
        ["No Finding"],
        ["Cardiomegaly", "Pleural Effusion"],
        ["No Finding"],
        ["Lung Opacity"],
    ]
    assert dropped(flow)["report names a film"] == (5, 1)
    assert dropped(flow)["film on disk"] == (5, 0)


def test_reports_that_repeat_a_text_are_one_patient(tmp_path):
    patients = [study.patient for study in listing(Flow(), open_i_tree(tmp_path)).studies]
    assert patients == ["CXR1", "CXR2", "CXR1", "CXR4"]


@pytest.mark.parametrize(
    ("section", "report"),
    [("impression", "Clear lungs."), ("both", "heart size is NORMAL\nClear lungs.")],
)
def test_a_section_can_be_chosen(tmp_path, section, report):
    assert listing(Flow(), open_i_tree(tmp_path), section=section).studies[2].report == report


def test_studies_without_the_section_are_noted_or_left_out(tmp_path):
    root = open_i_tree(tmp_path)
    assert "1 of 4 studies have no report with findings" in " ".join(listing(Flow(), root).notes)
    flow = Flow()
    assert len(listing(flow, root, require_report=True).studies) == 3
    assert dropped(flow)["report section"] == (4, 1)


def test_reports_alone_are_listed(tmp_path):
    listed = listing(Flow(), open_i_tree(tmp_path, films=None), without_films=True)
    assert [study.film for study in listed.studies] == [None] * 4
    assert listed.studies[-1].report == "Clear lungs."
    assert listed.studies[-1].labels is None  # not indexed


# Views


@pytest.mark.parametrize("column", ["filename", "image_id"])
def test_a_table_tells_the_views(tmp_path, column):
    root = open_i_tree(tmp_path)
    rows = [
        ("2", "2_IM-0652-1001.dcm.png", "Lateral"),
        ("2", "2_IM-0652-2001.dcm.png", "Frontal"),
        ("1", "CXR1_1_IM-0001-3001", "Frontal"),
    ]
    write_csv(root / "views.csv", ["uid", column, "projection"], rows)
    flow = Flow()
    listed = listing(flow, root, views=root / "views.csv")
    assert [study.film.name for study in listed.studies] == [
        "NLMCXR_png/CXR1_1_IM-0001-3001.png",
        "NLMCXR_png/CXR2_IM-0652-2001.png",
    ]
    assert dropped(flow)["view known"] == (5, 2)
    assert dropped(flow)["frontal view"] == (3, 1)


def test_kaggles_table_of_views_is_found(tmp_path):
    root = open_i_tree(tmp_path, "kaggle")
    rows = [("2", "2_IM-0652-2001.dcm.png", "Frontal")]
    write_csv(root / "indiana_projections.csv", ["uid", "filename", "projection"], rows)
    (study,) = listing(Flow(), root).studies
    assert study.film.name.endswith("2_IM-0652-2001.dcm.png")


def test_a_dicom_tag_tells_the_view(tmp_path):
    root = open_i_tree(tmp_path, "dcm")
    write_film(root / "NLMCXR_dcm/2/2_IM-0652-1001.dcm", 1, view="LL")
    write_film(root / "NLMCXR_dcm/2/2_IM-0652-2001.dcm", 2, view="AP")
    listed = listing(Flow(), root)
    assert listed.studies[1].film.name == "NLMCXR_dcm/2/2_IM-0652-2001.dcm"


def test_without_any_view_the_first_film_is_taken_and_that_is_noted(tmp_path):
    flow = Flow()
    listed = listing(flow, open_i_tree(tmp_path))
    assert listed.studies[1].film.name == "NLMCXR_png/CXR2_IM-0652-1001.png"
    assert dropped(flow)["view known"] == (5, 1)
    assert "of 4 without, the first film is taken for frontal" in " ".join(listed.notes)


# Labels


def test_mesh_maps_to_chexpert_names():
    assert set(MESH) == set(CHEXPERT_LABELS)


def test_labels_are_read_from_reports(tmp_path):
    listed = listing(
        Flow(), open_i_tree(tmp_path), labels_from="report", uncertain="ones", blank="zeros"
    )
    assert positive(listed.studies[1]) == ["Cardiomegaly", "Pleural Effusion"]
    assert "Labels: uncertain -> ones, blank -> zeros." in listed.notes


def test_labels_from_reports_need_a_policy(tmp_path):
    with pytest.raises(DataError, match="--blank"):
        listing(Flow(), open_i_tree(tmp_path), labels_from="report")


def test_labels_of_a_table_are_joined_by_number(tmp_path):
    root = open_i_tree(tmp_path)
    rows = [("CXR4", "x", "0.0", "1.0"), ("1", "y", "1", "0")]
    table = write_csv(root / "labels.csv", ["uid", "text", "my_Effusion", "my_Nodule"], rows)
    listed = listing(Flow(), root, labels_from="table", label_table=table, label_prefix="my_")
    assert listed.labels == ("Effusion", "Nodule")
    assert [study.labels for study in listed.studies] == [
        {"Effusion": 1.0, "Nodule": 0.0}, None, None, {"Effusion": 0.0, "Nodule": 1.0},
    ]  # fmt: skip
    assert "2 of 4 studies are unlabelled." in listed.notes


def test_no_finding_of_a_table_is_judged_by_what_is_stated(tmp_path):
    root = open_i_tree(tmp_path)
    table = write_csv(root / "labels.csv", ["uid", "No Finding", "Edema"], [("1", "1", "-1")])
    listed = listing(Flow(), root, labels_from="table", label_table=table, uncertain="soft")
    assert "positive in 1 studies, in 1 of them beside" in " ".join(listed.notes)


def test_what_macos_adds_to_an_archive_is_passed_over(tmp_path):
    root = open_i_tree(tmp_path)
    files = {"ecgen-radiology/._1.xml": b"\0\5\x16\7", **open_i_reports()}
    write_tar(root / "NLMCXR_reports.tgz", files)
    assert len(listing(Flow(), root).studies) == 4


@pytest.mark.parametrize(
    ("rows", "arguments", "message"),
    [
        ([("1", "=1+1")], {}, r"labels\.csv, row 2: label 'Edema' is '=1\+1'"),
        (
            [("CXR1", "1"), ("1", "0")],
            {},
            r"labels\.csv, row 3: 'Edema' of uid '1' is '0', but '1' in .*row 2",
        ),
        ([("1", "1")], {"label_prefix": "x"}, r"no label column that begins with 'x'"),
        ([("1", "-1")], {}, r"row 2: label 'Edema' is uncertain .*--uncertain"),
    ],
)
def test_a_faulty_label_table_is_an_error(tmp_path, rows, arguments, message):
    root = open_i_tree(tmp_path)
    table = write_csv(root / "labels.csv", ["uid", "Edema"], rows)
    with pytest.raises(DataError, match=message):
        listing(Flow(), root, labels_from="table", label_table=table, **arguments)


def test_a_label_table_must_be_named(tmp_path):
    with pytest.raises(DataError, match="--label-table"):
        listing(Flow(), open_i_tree(tmp_path), labels_from="table")


# Bad input


def test_films_that_are_not_there_are_counted_and_others_named(tmp_path):
    root = open_i_tree(tmp_path)
    (root / "NLMCXR_png/CXR1_1_IM-0001-3001.png").unlink()
    write_film(root / "NLMCXR_png/CXR9_IM-0001-3001.png", 9)
    flow = Flow()
    assert len(listing(flow, root).studies) == 3
    assert dropped(flow)["film is named"] == (5, 1)
    assert dropped(flow)["film on disk"] == (5, 1)
    sources = [item.source for item in flow.dropped]
    assert "NLMCXR_png/CXR9_IM-0001-3001.png" in sources
    assert any(source.endswith("1.xml, CXR1_1_IM-0001-3001") for source in sources)


def test_without_films_on_disk_the_root_is_named(tmp_path):
    with pytest.raises(DataError, match=r"holds none of the 5 films named in the reports"):
        listing(Flow(), open_i_tree(tmp_path, films=None))


@pytest.mark.parametrize(
    ("data", "kind", "message"),
    [
        (BOMB, "unreadable report", r"6\.xml is no XML .*declares a document type"),
        (BOMB.decode().encode("utf-16"), "unreadable report", r"declares a document type"),
        (b"", "unreadable report", r"6\.xml is no XML of a report"),
        (b"<eCitation>\xff\xfe</eCitation>", "unreadable report", r"6\.xml is no XML of a report"),
        (b"<html/>", "unreadable report", r"6\.xml has no <uId"),
        (b"<a>" + b" " * 10 * 2**20 + b"</a>", "report too long", r"6\.xml: more than 200,000"),
        (open_i_xml(1, "", "", [], []), None, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("packed", [True, False])
def test_a_bad_report_is_an_error_or_counted(tmp_path, packed, data, kind, message):
    root = open_i_tree(tmp_path, reports="folder")
    write_text(root / "ecgen-radiology/6.xml", data)
    reports = root / "ecgen-radiology"
    if packed:
        files = {**open_i_reports(), "ecgen-radiology/6.xml": data}
        reports = write_zip(root / "reports.zip", files)
    if kind:
        with pytest.raises(DataError, match=message):
            listing(Flow(), root, reports=reports)
    flow = Flow("skip")
    assert len(listing(flow, root, reports=reports).studies) == 4
    assert dropped(flow)[kind or "one report a number"] == (6, 1)
    assert "6.xml" in flow.dropped[0].source


def test_a_linked_report_outside_the_folder_is_not_read(tmp_path):
    root = open_i_tree(tmp_path / "data", reports="folder")
    outside = write_text(tmp_path / "7.xml", open_i_xml(7, "Secret.", "", ["normal"], []))
    (root / "ecgen-radiology/7.xml").symlink_to(outside)
    with pytest.raises(DataError, match="leads out of"):
        listing(Flow(), root)


def test_an_archive_with_a_path_out_of_it_is_refused(tmp_path):
    root = open_i_tree(tmp_path)
    write_tar(root / "NLMCXR_reports.tgz", {"../1.xml": b"<eCitation/>"})
    with pytest.raises(DataError, match="leads out of the archive"):
        listing(Flow(), root)


def test_a_zip_bomb_is_refused(tmp_path):
    root = open_i_tree(tmp_path)
    bomb = write_zip(root / "bomb.zip", {f"{i}.xml": bytes(200_000) for i in range(200)})
    with pytest.raises(DataError, match=r"bomb\.zip: its files unpack to more than"):
        listing(Flow(), root, reports=bomb)


@pytest.mark.parametrize(
    ("reports", "message"),
    [
        (None, "holds neither ecgen-radiology nor NLMCXR_reports"),
        ("missing.tgz", "there are no such reports"),
        ("empty", r"empty holds no \.xml file"),
    ],
)
def test_missing_reports_are_named(tmp_path, reports, message):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=message):
        listing(Flow(), tmp_path, reports=reports and tmp_path / reports)


# The published reports


@pytest.fixture
def published(real_data):
    path = real_data / "iu_reports" / "NLMCXR_reports.tgz"
    if not path.is_file():
        pytest.skip("the reports of Open-i are not here")
    return path.parent


def test_all_published_reports_are_read(published):
    reports = read_reports(Flow(), published / "NLMCXR_reports.tgz")
    assert len(reports) == 3955
    sections = [report.sections for report in reports]
    assert sum(bool(section["findings"]) for section in sections) == 3425
    assert sum(bool(section["impression"]) for section in sections) == 3921
    assert sum(not any(section.values()) for section in sections) == 28
    assert sum(len(report.films) for report in reports) == 7470


def test_published_reports_with_one_text_are_in_one_group(published):
    reports = read_reports(Flow(), published / "NLMCXR_reports.tgz")
    groups = text_groups(reports)
    assert len(set(groups.values())) == 3084
    texts = {report.uid: report.sections["findings"] for report in reports}
    by_text = {(text, groups[uid]) for uid, text in texts.items() if text}
    assert len(by_text) == len({text for text, _ in by_text}) == 2633


def test_published_reports_are_listed_without_films(published):
    flow = Flow()
    listed = listing(flow, published, without_films=True)
    assert len(listed.studies) == 3425
    assert dropped(flow)["report section"] == (3955, 530)
    assert sum(study.labels is None for study in listed.studies) == 90


GOLD = {
    "Atelectasis": "Atelectasis",
    "Cardiomegaly": "Cardiomegaly",
    "Consolidation": "Consolidation",
    "Edema": "Edema",
    "Pneumonia": "Pneumonia",
    "Pneumothorax": "Pneumothorax",
    "Pleural Effusion": "Effusion",
    "No Finding": "normal",
}


def test_mesh_labels_agree_with_the_manual_labels(published):
    path = published / "metadata.csv"
    gold = {row["uid"]: row for _, row in rows_of(path, read_table(path)) if row["gold14_normal"]}
    listed = listing(Flow(), published, without_films=True, section="both")
    pairs = [
        (study, gold[number])
        for study in listed.studies
        if (number := study.source.rpartition("/")[2].removesuffix(".xml")) in gold
    ]
    for label, name in GOLD.items():
        said = [bool(study.labels and study.labels[label]) for study, _ in pairs]
        true = [row[f"gold14_{name}"] == "1.0" for _, row in pairs]
        right = sum(a and b for a, b in zip(said, true, strict=True))
        assert right / sum(true) >= 0.97, label
        assert right / sum(said) >= 0.84, label


def test_mesh_labels_agree_with_the_texts(published):
    """The manual labels stem from MeSH terms themselves; what the text says does not."""
    reports = read_reports(Flow(), published / "NLMCXR_reports.tgz")
    _, labels_of, _ = labelling("mesh")
    _, read_from, _ = labelling("report", uncertain="zeros", blank="zeros")
    indexed = [report for report in reports if labels_of(report)[1] and read_from(report)[1]]
    assert len(indexed) == 3832
    for label in CHEXPERT_LABELS:
        if label in ("No Finding", "Enlarged Cardiomediastinum"):
            continue  # the terms mean less, or more, than CheXpert does
        said = [bool(labels_of(report)[1][label]) for report in indexed]
        written = [bool(read_from(report)[1][label]) for report in indexed]
        agreeing = sum(a and b for a, b in zip(said, written, strict=True))
        assert agreeing / sum(said) >= 0.7, label
        assert agreeing / sum(written) >= 0.8, label
