import numpy as np
import pytest

from emixer_tf.experiments.reader_study.key import item_names, read_key, write_key
from emixer_tf.experiments.reader_study.ratings import read_ratings

ITEMS = item_names(3)
GOOD = "item,quality,guess,comment\n001,7,real,\n003,10,,fine\n002,1,Synthetic,odd\n"


def put(folder, text, name="ratings-A.csv", encoding="utf-8"):
    (folder / name).write_text(text, encoding=encoding)


def test_ratings_are_put_into_the_order_of_the_items(tmp_path):
    put(tmp_path, GOOD)
    (rating,) = read_ratings(tmp_path, ITEMS)
    assert rating.rater == "A"
    np.testing.assert_array_equal(rating.quality, [7, 1, 10])
    assert rating.guesses == ("real", "synthetic", "")
    assert rating.comments == ("", "odd", "fine")


def test_all_raters_are_read_and_the_template_is_not(tmp_path):
    put(tmp_path, GOOD, "ratings-B b.csv")
    put(tmp_path, GOOD, "ratings-A.csv")
    put(tmp_path, "item,quality,guess,comment\n001,,,\n", "ratings-template.csv")
    assert [rating.rater for rating in read_ratings(tmp_path, ITEMS)] == ["A", "B b"]


def test_what_spreadsheets_write_is_read(tmp_path):
    text = 'Item;Quality;Guess;Comment\r\n1;7;;\r\n2;8;;"left; or right"\r\n3;9;;\r\n;;;\r\n'
    put(tmp_path, text, encoding="utf-8-sig")
    (rating,) = read_ratings(tmp_path, ITEMS)
    np.testing.assert_array_equal(rating.quality, [7, 8, 9])
    assert rating.comments[1] == "left; or right"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (GOOD.replace("001,7", "001,11"), "line 2: the quality of item 001 is '11'"),
        (GOOD.replace("001,7", "001,0"), "line 2: the quality of item 001 is '0'"),
        (GOOD.replace("001,7", "001,-7"), "quality of item 001 is '-7'"),
        (GOOD.replace("001,7", "001,7.5"), "quality of item 001 is '7.5'"),
        (GOOD.replace("001,7", "001,7.0"), "quality of item 001 is '7.0'"),
        (GOOD.replace("001,7", "001,"), "quality of item 001 is missing"),
        (GOOD.replace("001,7", "001,\u0667"), "quality of item 001 is"),
        (GOOD.replace("001,7", "001,seven"), "is 'seven'; it must be a whole number from 1 to 10"),
        (GOOD.replace("001,7", "004,7"), "line 2: there is no item '004'; items are 001 to 003"),
        (GOOD.replace("001,7", "x,7"), "there is no item 'x'"),
        (GOOD.replace("003,10", "001,10"), "line 3: item 001 stands there twice"),
        (GOOD.replace("001,7", "1,7") + "001,7,,\n", "line 5: item 001 stands there twice"),
        (GOOD.replace("002,1,Synthetic,odd\n", ""), r"no line for 1 of 3 items \(002\)"),
        (GOOD.replace("Synthetic", "fake"), "line 4: the guess of item 002 is 'fake'"),
        (GOOD.replace("quality", "score"), "the columns are item, score, guess, comment"),
        ("", "the columns are missing"),
        (GOOD.replace("odd", "odd, very"), "line 4: 5 cells instead of 4"),
        (GOOD.replace("odd", '"odd'), "is no CSV"),
    ],
)
def test_faults_are_named_with_file_line_and_value(tmp_path, text, told):
    put(tmp_path, text)
    with pytest.raises(ValueError, match=told) as error:
        read_ratings(tmp_path, ITEMS)
    assert "ratings-A.csv" in str(error.value)
    assert "Remedy" in str(error.value)


def test_a_file_in_another_encoding_is_refused(tmp_path):
    put(tmp_path, GOOD.replace("odd", "größer"), encoding="latin-1")
    with pytest.raises(ValueError, match="not in UTF-8"):
        read_ratings(tmp_path, ITEMS)


def test_all_faults_of_all_files_are_named_at_once(tmp_path):
    put(tmp_path, GOOD.replace("001,7", "001,70"), "ratings-A.csv")
    put(tmp_path, GOOD.replace("003,10", "003,5.5"), "ratings-B.csv")
    with pytest.raises(ValueError, match="cannot be used") as error:
        read_ratings(tmp_path, ITEMS)
    assert "ratings-A.csv, line 2" in str(error.value)
    assert "ratings-B.csv, line 3" in str(error.value)


def test_many_faults_are_counted_and_some_shown(tmp_path):
    items = item_names(50)
    put(tmp_path, "item,quality,guess,comment\n" + "".join(f"{item},,,\n" for item in items))
    with pytest.raises(ValueError, match="and 38 more"):
        read_ratings(tmp_path, items)


def test_no_ratings_are_refused(tmp_path):
    put(tmp_path, GOOD, "ratings-template.csv")
    with pytest.raises(ValueError, match=r"no ratings-NAME\.csv"):
        read_ratings(tmp_path, ITEMS)


def test_the_key_is_read_back(tmp_path):
    write_key(tmp_path, ["synthetic", "real", "real"], [0, 1, 0])
    assert read_key(tmp_path) == {"001": "synthetic", "002": "real", "003": "real"}


@pytest.mark.parametrize(
    "text",
    [
        "item,kind,number\n001,real,0\n003,synthetic,0\n",
        "item,kind,number\n001,real,0\n002,real,1\n",
        "item,kind,number\n001,real,0\n002,fake,1\n",
        "",
    ],
)
def test_a_changed_key_is_refused(tmp_path, text):
    (tmp_path / "key-do-not-open.csv").write_text(text)
    with pytest.raises(ValueError, match="is not the key"):
        read_key(tmp_path)


def test_a_missing_key_is_refused(tmp_path):
    with pytest.raises(ValueError, match="is not there"):
        read_key(tmp_path)
