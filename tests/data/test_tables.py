import csv
import gzip

import pytest

from emixer_tf.data import DataError
from emixer_tf.data.tables import find_table, read_table, rows_of, write_rows

TEXT = "subject_id, Edema\n10,\n11,-1.0\n"


def test_cells_are_text_and_columns_lose_their_spaces(tmp_path):
    (tmp_path / "labels.csv").write_text(TEXT)
    table = read_table(tmp_path / "labels.csv", ["subject_id", "Edema"])
    rows = list(rows_of("labels.csv", table))
    assert rows[0] == ("labels.csv, row 2", {"subject_id": "10", "Edema": ""})
    assert rows[1][1]["Edema"] == "-1.0"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_encodings_are_read(tmp_path, encoding):
    (tmp_path / "labels.csv").write_bytes("name\nMüller\n".encode(encoding))
    assert read_table(tmp_path / "labels.csv", ["name"])["name"].tolist() == ["Müller"]


def test_a_packed_table_is_found_and_read(tmp_path):
    with gzip.open(tmp_path / "mimic-cxr-2.0.0-split.csv.gz", "wt") as file:
        file.write(TEXT)
    path = find_table(tmp_path, "mimic-cxr-*-split")
    assert read_table(path)["subject_id"].tolist() == ["10", "11"]


def test_a_missing_table_is_named_with_its_folder(tmp_path):
    with pytest.raises(DataError, match=r"has no table split\.csv\[\.gz\] or parts\.csv\[\.gz\]"):
        find_table(tmp_path, "split", "parts")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is no readable CSV"),
        (b"a,b\n1,2\n1,2,3,4\n", "is no readable CSV"),
        (b"a,b\n", "has no rows below its header"),
        (b"subject,b\n1,2\n", "has no column 'subject_id'. Did you mean 'subject'"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(tmp_path, content, message):
    (tmp_path / "labels.csv").write_bytes(content)
    with pytest.raises(DataError, match=rf"labels\.csv {message}"):
        read_table(tmp_path / "labels.csv", ["subject_id"])


def test_a_cut_packed_table_is_told_in_a_sentence(tmp_path):
    packed = gzip.compress(TEXT.encode() * 500)
    (tmp_path / "labels.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(DataError, match=r"labels\.csv\.gz is no readable CSV"):
        read_table(tmp_path / "labels.csv.gz")


def test_what_a_spreadsheet_would_run_is_written_as_text(tmp_path):
    write_rows(tmp_path / "dropped.csv", ("source", "n"), [("=HYPERLINK(1)", 3), ("@a", "-1")])
    rows = list(csv.reader((tmp_path / "dropped.csv").read_text().splitlines()))
    assert rows == [["source", "n"], ["'=HYPERLINK(1)", "3"], ["'@a", "'-1"]]
