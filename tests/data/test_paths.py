import pytest

from emixer_tf.data import DataError
from emixer_tf.data.paths import check_root, inside


def test_a_path_below_the_root_is_returned(tmp_path):
    assert inside(tmp_path, "files/p10/film.jpg") == tmp_path / "files/p10/film.jpg"


@pytest.mark.parametrize("name", ["../film.jpg", "files/../../film.jpg", "/etc/film.jpg"])
def test_a_path_that_leads_out_is_refused(tmp_path, name):
    with pytest.raises(DataError, match=r"film\.jpg: this leads out of .* Remedy"):
        inside(tmp_path, name)


def test_a_link_that_leads_out_is_refused_and_a_linked_root_is_not(tmp_path):
    root, other = tmp_path / "root", tmp_path / "other"
    root.mkdir()
    other.mkdir()
    (other / "film.jpg").touch()
    (root / "film.jpg").symlink_to(other / "film.jpg")
    with pytest.raises(DataError, match="leads out of"):
        inside(root, "film.jpg")
    (tmp_path / "link").symlink_to(other)
    assert inside(tmp_path / "link", "film.jpg").is_file()


def test_a_wrong_root_is_told_with_what_it_holds(tmp_path):
    with pytest.raises(DataError, match=r"gone: there is no such folder. Remedy: check --root"):
        check_root(tmp_path / "gone")
    (tmp_path / "holiday.jpg").touch()
    with pytest.raises(DataError, match=r"has no files/\* and no \*\.csv; it holds holiday\.jpg"):
        check_root(tmp_path, "files/*", "*.csv")
    assert check_root(str(tmp_path), "files/*", "*.jpg") == tmp_path
