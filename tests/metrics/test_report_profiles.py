import pytest

from emixer_tf.metrics import report_profile


def test_words_are_counted_and_reports_told_apart():
    reports = ["a b c", "a  b c", "a", "b a", ""]
    assert report_profile(reports) == {"mean_words": 1.8, "distinct": 0.8, "distinct_words": 3}


def test_one_report_for_all_films_is_told():
    assert report_profile(["the"] * 50)["distinct"] == 0.02


def test_no_reports_have_no_profile():
    with pytest.raises(ValueError, match="There are no given reports"):
        report_profile([])
