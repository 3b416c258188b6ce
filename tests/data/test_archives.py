import pytest
from packed import write_tar, write_zip

from emixer_tf.data import DataError
from emixer_tf.data.archives import archived_files
from emixer_tf.data.report_files import MOST_CHARACTERS

both = pytest.mark.parametrize("write", [write_zip, write_tar])


@both
def test_files_of_a_suffix_are_read(tmp_path, write):
    write(tmp_path / "r", {"files/p10/s5.txt": b"no edema", "a.XML": b"<a/>", "film.png": b"x"})
    assert list(archived_files(tmp_path / "r", ".txt")) == [("files/p10/s5.txt", b"no edema")]
    assert list(archived_files(tmp_path / "r", ".xml")) == [("a.XML", b"<a/>")]


@both
def test_what_macos_adds_is_passed_over(tmp_path, write):
    added = {"__MACOSX/files/p10/s5.txt": b"x", "files/p10/._s5.txt": b"x", ".s5.txt": b"x"}
    write(tmp_path / "r", {"./files/p10/s5.txt": b"no edema", **added})
    ((name, data),) = archived_files(tmp_path / "r", ".txt")
    assert (name.removeprefix("./"), data) == ("files/p10/s5.txt", b"no edema")


@both
@pytest.mark.parametrize("name", ["../s5.txt", "/etc/s5.txt", "a/../../s5.txt", "..\\s5.txt"])
def test_a_member_that_leads_out_is_refused(tmp_path, write, name):
    write(tmp_path / "reports", {name: b"no edema"})
    with pytest.raises(DataError, match=r"its member .*s5\.txt' leads out of the archive"):
        list(archived_files(tmp_path / "reports", ".txt"))


@both
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, write):
    write(tmp_path / "bomb", {f"s{i}.txt": bytes(MOST_CHARACTERS) for i in range(200)})
    with pytest.raises(DataError, match=r"bomb: its files unpack to more than .* Remedy"):
        list(archived_files(tmp_path / "bomb", ".txt"))


@both
def test_of_a_huge_member_the_beginning_is_read_and_others_too(tmp_path, write):
    write(tmp_path / "r", {"s5.txt": bytes(32 * 2**20), "s6.txt": b"no edema"})
    (_, beginning), other = archived_files(tmp_path / "r", ".txt")
    assert len(beginning) == MOST_CHARACTERS + 1
    assert other == ("s6.txt", b"no edema")


@pytest.mark.parametrize("kept", [0, 30, 100])
def test_a_damaged_archive_is_told_in_a_sentence(tmp_path, kept):
    write_zip(tmp_path / "whole.zip", {"s5.txt": b"no edema" * 50})
    (tmp_path / "cut.zip").write_bytes((tmp_path / "whole.zip").read_bytes()[:kept])
    with pytest.raises(DataError, match=r"cut\.zip is no readable archive .* Remedy"):
        list(archived_files(tmp_path / "cut.zip", ".txt"))
