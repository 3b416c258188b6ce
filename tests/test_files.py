import pytest

from emixer_tf.files import holds_something_else


@pytest.mark.parametrize("taken", ["a file", "another folder"])
def test_what_has_not_the_mark_is_something_else(tmp_path, taken):
    path = tmp_path / "out"
    if taken == "a file":
        path.touch()
    else:
        (path / "mark").mkdir(parents=True)  # a folder of that name is no mark
    assert holds_something_else(path, "mark")


def test_nothing_an_empty_folder_and_one_with_the_mark_are_free(tmp_path):
    assert not holds_something_else(tmp_path / "out", "mark")
    assert not holds_something_else(tmp_path, "mark")
    (tmp_path / "mark").touch()
    (tmp_path / "more").touch()
    assert not holds_something_else(tmp_path, "mark")
