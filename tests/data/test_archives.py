import io
import tarfile
import zipfile

import pytest

from emixer_tf.data import DataError
from emixer_tf.data.archives import MOST_BYTES, archived_files


def write_zip(path, files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def write_tar(path, files):
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize(
    ("write", "name"), [(write_zip, "reports.zip"), (write_tar, "reports.tgz")]
)
def test_files_of_a_suffix_are_read(tmp_path, write, name):
    write(tmp_path / name, {"files/p10/s5.txt": b"no edema", "a.XML": b"<a/>", "film.png": b"x"})
    assert list(archived_files(tmp_path / name, ".txt")) == [("files/p10/s5.txt", b"no edema")]
    assert list(archived_files(tmp_path / name, ".xml")) == [("a.XML", b"<a/>")]


@pytest.mark.parametrize("write", [write_zip, write_tar])
@pytest.mark.parametrize("name", ["../s5.txt", "/etc/s5.txt", "a/../../s5.txt", "..\\s5.txt"])
def test_a_member_that_leads_out_is_refused(tmp_path, write, name):
    write(tmp_path / "reports", {name: b"no edema"})
    with pytest.raises(DataError, match=r"its member .*s5\.txt' leads out of the archive"):
        list(archived_files(tmp_path / "reports", ".txt"))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path):
    write_zip(tmp_path / "bomb.zip", {f"s{i}.txt": bytes(MOST_BYTES // 2) for i in range(8)})
    with pytest.raises(DataError, match=r"bomb\.zip: its files unpack to more than .* Remedy"):
        list(archived_files(tmp_path / "bomb.zip", ".txt"))


def test_a_huge_member_is_refused(tmp_path):
    write_zip(tmp_path / "reports.zip", {"s5.txt": bytes(MOST_BYTES + 1)})
    with pytest.raises(DataError, match=r"reports\.zip, s5\.txt: .* bytes are no report"):
        list(archived_files(tmp_path / "reports.zip", ".txt"))


@pytest.mark.parametrize("kept", [0, 30, 100])
def test_a_damaged_archive_is_told_in_a_sentence(tmp_path, kept):
    write_zip(tmp_path / "whole.zip", {"s5.txt": b"no edema" * 50})
    (tmp_path / "cut.zip").write_bytes((tmp_path / "whole.zip").read_bytes()[:kept])
    with pytest.raises(DataError, match=r"cut\.zip is no readable archive .* Remedy"):
        list(archived_files(tmp_path / "cut.zip", ".txt"))
