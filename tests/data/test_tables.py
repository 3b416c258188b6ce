import csv
import gzip
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emixer_tf.data import DataError
from emixer_tf.data.tables import find_table, read_table, rows_by_key, rows_of, write_rows

TEXT = "subject_id, Edema\n10,\n11,-1.0\n"


def write(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path, *arguments, **options):
    table = read_table(path, *arguments, **options)
    return [row for _, row in rows_of(path.name, table)]


def test_cells_are_text_and_columns_lose_their_spaces(tmp_path):
    table = read_table(write(tmp_path / "labels.csv", TEXT), ["subject_id", "Edema"])
    assert table.columns == ("subject_id", "Edema")
    assert list(rows_of("labels.csv", table)) == [
        ("labels.csv, row 2", {"subject_id": "10", "Edema": ""}),
        ("labels.csv, row 3", {"subject_id": "11", "Edema": "-1.0"}),
    ]


def test_columns_are_returned_as_they_are_asked_for(tmp_path):
    path = write(tmp_path / "labels.csv", "a,b,c\n1,2,3\n")
    assert rows(path) == [{"a": "1", "b": "2", "c": "3"}]
    assert rows(path, ["c", "a"], optional=["d", "b"]) == [{"c": "3", "a": "1", "d": "", "b": "2"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_are_read(tmp_path, encoding, line_end):
    text = line_end.join(["name,n", "Müller,1", "Roe,2"])
    path = write(tmp_path / "labels.csv", text.encode(encoding))
    assert rows(path) == [{"name": "Müller", "n": "1"}, {"name": "Roe", "n": "2"}]


def test_quoted_cells_hold_commas_quotes_and_lines(tmp_path):
    path = write(tmp_path / "notes.csv", 'a,b\n"1, ""2""\n3",4\n5,6')
    places = list(rows_of(path.name, read_table(path)))
    assert places[0][1] == {"a": '1, "2"\n3', "b": "4"}
    assert places[1][0] == "notes.csv, row 3", "as a spreadsheet counts"


def test_a_long_cell_is_read(tmp_path):
    path = write(tmp_path / "notes.csv", f"a,b\n{'x' * 10**6},1\n")
    assert len(rows(path)[0]["a"]) == 10**6


def test_blank_lines_are_passed_over_and_counted(tmp_path):
    path = write(tmp_path / "labels.csv", "\na\n1\n\n\n2\n\n")
    places = [place for place, _ in rows_of("labels.csv", read_table(path))]
    assert places == ["labels.csv, row 3", "labels.csv, row 6"]


@pytest.mark.parametrize("cells", ["1,2", "1,2,", "1,2,,", "1,2,x,"])
def test_columns_without_a_name_at_the_end_may_be_left_out(tmp_path, cells):
    path = write(tmp_path / "metadata.csv", f"a,b,,\n{cells}\n")
    assert rows(path) == [{"a": "1", "b": "2"}]


def test_a_column_without_a_name_at_the_beginning_stays(tmp_path):
    path = write(tmp_path / "labels.csv", ",Edema\na.png,1\n")
    assert rows(path) == [{"": "a.png", "Edema": "1"}]


def test_a_packed_table_is_found_and_read(tmp_path):
    write(tmp_path / "mimic-cxr-2.0.0-split.csv.gz", gzip.compress(TEXT.encode(), mtime=0))
    path = find_table(tmp_path, "mimic-cxr-*-split")
    assert [row["subject_id"] for row in rows(path)] == ["10", "11"]


@pytest.mark.parametrize(
    ("name", "content"),
    [("t.csv", gzip.compress(TEXT.encode(), mtime=0)), ("t.csv.gz", TEXT)],
)
def test_what_a_table_is_packed_by_is_not_told_by_its_name(tmp_path, name, content):
    assert len(rows(write(tmp_path / name, content))) == 2


def test_of_several_versions_the_newest_is_found(tmp_path):
    for name in ("t-2.0.0.csv", "t-2.1.0.csv.gz", "t-2.0.1.csv"):
        write(tmp_path / name, TEXT)
    assert find_table(tmp_path, "t-*").name == "t-2.1.0.csv.gz"
    assert find_table(tmp_path, "u-*", "t-2.0.0").name == "t-2.0.0.csv"


def test_a_table_that_is_there_packed_and_unpacked_is_refused(tmp_path):
    for name in ("t.csv", "t.csv.gz"):
        write(tmp_path / name, TEXT)
    with pytest.raises(DataError, match=r"t\.csv\.gz: there is t\.csv beside it.* Remedy: remove"):
        find_table(tmp_path, "t")


def test_a_missing_table_is_named_with_its_folder(tmp_path):
    with pytest.raises(DataError, match=r"has no table split\.csv\[\.gz\] or parts\.csv\[\.gz\]"):
        find_table(tmp_path, "split", "parts")
    with pytest.raises(DataError, match="Remedy: ask the publisher"):
        find_table(tmp_path, "split", remedy="ask the publisher.")
    assert find_table(tmp_path, "split", needed=False) is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r" is no readable CSV \(the file is empty\)"),
        (b"\n\n", r" is no readable CSV"),
        (b",,\n1,2,3\n", r" is no readable CSV \(its first row holds no names of columns\)"),
        (b"subject_id,b\n", " has no rows below its header"),
        (b"subject,b\n1,2\n", " has no column 'subject_id'. Did you mean 'subject'"),
        (b"a,b, a\n1,2,3\n", " has the column 'a' twice. Remedy: rename"),
        (b"subject_id,b\n1,2\n1,2,3,4\n", ", row 3 has 4 cells, but the header names 2 columns"),
        (b"subject_id,b\n1,2\n1,2,\n", ", row 3 has 3 cells"),
        (b"subject_id,b\n\n3", ", row 3 has 1 cells, .* begins with '3'.* may be cut short"),
        (b"subject_id,b,\n1,2,\n1", ", row 3 has 1 cells"),
        (b'subject_id,b\n1,2\n1,"2', r" is no readable CSV \(row 3: unexpected end of data\)"),
        (b'subject_id,b\n1,"2"3\n', r" is no readable CSV \(row 2: .*Remedy: mend the quotation"),
        (b"<!DOCTYPE html>\n<p>Sign in, please", r" is no readable CSV \(.* is a web page\)"),
        (b" <html>\n", r" is no readable CSV \(.* is a web page\)\. .* signed in"),
        (b"version https://git-lfs.github.com/spec/v1\n", r" .*is a Git LFS pointer"),
        ("subject_id,b\n1,2\n".encode("utf-16"), r" is no readable CSV \(it begins with"),
    ],
)
def test_a_table_that_cannot_be_used_is_named(tmp_path, content, message):
    path = write(tmp_path / "labels.csv", content)
    with pytest.raises(DataError, match=rf"labels\.csv{message}"):
        read_table(path, ["subject_id"] if b"a,b" not in content else None)


def test_another_file_by_a_tables_name_is_told_as_what_it_is(tmp_path):
    with zipfile.ZipFile(tmp_path / "labels.csv", "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(DataError, match=r"labels\.csv is no readable CSV \(.* is a zip archive\)"):
        read_table(tmp_path / "labels.csv")


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_cut_packed_table_is_told_in_a_sentence(tmp_path, share):
    packed = gzip.compress(("id,n\n" + "".join(f"{i},{i * i}\n" for i in range(5000))).encode())
    path = write(tmp_path / "labels.csv.gz", packed[: int(len(packed) * share)])
    with pytest.raises(
        DataError, match=r"labels\.csv\.gz is no readable CSV \(Compressed file ended"
    ):
        read_table(path)


def test_a_table_that_is_cut_within_a_letter_is_told(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("one,two\na,ü".encode()[:-1])
    with pytest.raises(DataError, match=r"t\.csv is no readable CSV \(it ends within a letter"):
        read_table(path)


cells = st.text(st.sampled_from('ab1,"\n ü'))


@given(st.lists(st.tuples(cells, cells, cells), min_size=1), st.floats(0, 1))
def test_a_table_that_is_cut_anywhere_loses_no_cell_silently(tmp_path_factory, written, share):
    path = tmp_path_factory.mktemp("cut") / "t.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("one", "two", "three"), *written])
    expected = [dict(zip(("one", "two", "three"), row, strict=True)) for row in written]
    assert rows(path) == expected
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    try:
        read = rows(path, ["one", "two", "three"])
    except DataError:
        return
    *complete, last = read
    assert complete == expected[: len(complete)]
    assert last["one"] == expected[len(complete)]["one"]
    assert last["two"] == expected[len(complete)]["two"]


def test_reading_a_table_leaves_the_limit_of_the_csv_module(tmp_path):
    before = csv.field_size_limit()
    read_table(write(tmp_path / "labels.csv", TEXT))
    assert csv.field_size_limit() == before


def test_rows_are_found_by_their_key(tmp_path):
    path = write(tmp_path / "labels.csv", "id,Edema\nCXR1,1\n2,0\n1,1\n")
    found = rows_by_key(path, read_table(path), "id", lambda cell: cell.removeprefix("CXR"))
    assert found == {
        "1": (f"{path}, row 2", {"id": "CXR1", "Edema": "1"}),
        "2": (f"{path}, row 3", {"id": "2", "Edema": "0"}),
    }


def test_rows_that_contradict_each_other_are_refused(tmp_path):
    path = write(tmp_path / "labels.csv", "id,,Edema\n1,,1\n2,,0\n1,,0\n")
    message = r"csv, row 4: 'Edema' of id '1' is '0', but '1' in .*csv, row 2\. Remedy: leave one"
    with pytest.raises(DataError, match=message):
        rows_by_key(path, read_table(path), "id")


def test_what_a_spreadsheet_would_run_is_written_as_text(tmp_path):
    write_rows(tmp_path / "dropped.csv", ("source", "n"), [("=HYPERLINK(1)", 3), ("@a", "-1")])
    written = list(csv.reader((tmp_path / "dropped.csv").read_text().splitlines()))
    assert written == [["source", "n"], ["'=HYPERLINK(1)", "3"], ["'@a", "'-1"]]


def test_a_name_that_is_no_unicode_is_written_all_the_same(tmp_path):
    name = b"M\xfcller.png".decode("utf-8", "surrogateescape")
    write_rows(tmp_path / "dropped.csv", ("source",), [(name,)])
    assert (tmp_path / "dropped.csv").read_text().splitlines()[1] == r"M\udcfcller.png"
