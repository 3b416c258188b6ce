import csv
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emixer_tf.data.errors import RowError
from emixer_tf.data.report_files import MOST_CHARACTERS, decode_report, report_bytes
from emixer_tf.data.reports import DEIDENTIFIED, report_sentences

PIECES = ("No edema. ", "XXXX", "___ ", "1. ", "Dr. ", "2.5 cm", "\n", " ,", "heart ", "-", "  ")
anything = st.text() | st.lists(st.sampled_from(PIECES)).map("".join)


def joined(text, marks="keep"):
    return " . ".join(" ".join(words) for words in report_sentences(text, marks))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Heart size\n is normal.  No edema!", "heart size is normal . no edema"),
        ("A 2.5 cm nodule. Seen by Dr. Roe.", "a 2.5 cm nodule . seen by dr roe"),
        ("Seen at 3 p.m. today.", "seen at 3 p.m today"),
        ("1. No edema. 2. No fracture.", "no edema . no fracture"),
        ("1) No edema.\n2) No fracture.", "no edema . no fracture"),
        ("1.No edema.2.No fracture.", "no edema . no fracture"),
        ("1. No edema\n2. No fracture", "no edema . no fracture"),
        ("1. \n1. 2. No edema. 3.", "no edema"),
        ("1.XXXX fracture. 2. ___ too.", "___ fracture . ___ too"),
        ("It measures 2.5. At 10:30. Ratio 16.2/24.7. T4-5. Ribs 4 and 5. 6 mm.",
         "it measures 2.5 . at 10:30 . ratio 16.2/24.7 . t4-5 . ribs 4 and 5 . 6 mm"),
        ("Tubes, e.g. drains, at 3 a.m. on the left.", "tubes e.g drains at 3 a.m on the left"),
        ("Apex.There is no edema.", "apex . there is no edema"),
        ("X-ray: cardio-mediastinal and/or hila.", "x-ray cardio-mediastinal and/or hila"),
        ("no edema . heart is normal .", "no edema . heart is normal"),
        ("T5. Fracture of rib 10.", "t5 . fracture of rib 10"),
    ],
)  # fmt: skip
def test_sentences_and_words(text, expected):
    assert joined(text) == expected


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ("keep", "compared to ___ . no edema . seen on ___ and ___"),
        ("drop", "compared to . no edema . seen on and"),
        ("drop-sentence", "no edema"),
    ],
)
def test_marks_of_deidentification(marks, expected):
    text = "Compared to XXXX. No edema. Seen on ___, XXXX-XXXX and ___."
    assert joined(text, marks) == expected


@pytest.mark.parametrize(
    "mark", ["___", "_____", "XXXX", "xxxx", "XXXX XXXX", "XXXX-XXXX", "XXXX___", "___/___, (XXXX)"]
)
def test_every_run_of_marks_is_one_word(mark):
    assert report_sentences(f"Seen {mark} today.") == [["seen", DEIDENTIFIED, "today"]]


def test_words_that_hold_an_x_are_no_marks():
    assert joined("Pneumothorax, x-ray, T_1.") == "pneumothorax x-ray t_1"


def test_an_unknown_policy_is_refused():
    with pytest.raises(ValueError, match='marks must be "keep", "drop" or "drop-sentence"'):
        report_sentences("", "mask")


@pytest.mark.parametrize("text", ["", " ", "...", "- - -", "?!"])
def test_a_text_without_words_has_no_sentences(text):
    assert report_sentences(text) == []


def test_a_text_that_is_no_report_is_refused():
    with pytest.raises(RowError, match=r"characters are no report\. Remedy") as caught:
        report_sentences("a" * (MOST_CHARACTERS + 1))
    assert caught.value.kind == "report too long"


def test_a_file_that_is_no_report_is_refused():
    with pytest.raises(RowError, match=r"s5\.txt: more than 200,000 bytes are no report") as caught:
        decode_report(b"a" * (MOST_CHARACTERS + 1), "s5.txt")
    assert caught.value.kind == "report too long"
    assert len(decode_report(b"a" * MOST_CHARACTERS)) == MOST_CHARACTERS


@given(anything)
def test_dropping_marks_leaves_the_other_words(text):
    kept = [word for words in report_sentences(text) for word in words if word != DEIDENTIFIED]
    assert [word for words in report_sentences(text, "drop") for word in words] == kept
    assert DEIDENTIFIED not in joined(text, "drop-sentence").split()


@given(anything)
def test_words_are_small_whole_and_not_empty(text):
    for words in report_sentences(text):
        assert words
        for word in words:
            assert word == word.lower()
            assert word.split() == [word]
            assert word != "."


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_spaces_around_line_breaks_change_nothing(text):
    once = joined(text)
    assert joined(text.replace("\n", " \n ")) == once


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_words_that_were_split_once_are_split_the_same_again(text):
    assert joined(joined(text)) == joined(text)


@pytest.mark.parametrize("piece", [" ", "\n", "1. ", "___ ", "a.", "a ", ".", ", ", "(", "'"])
def test_a_long_text_takes_no_quadratic_time(piece):
    # Quadratic time would be minutes.
    report_sentences(piece * (MOST_CHARACTERS // len(piece)))


@pytest.mark.parametrize(
    "data",
    [
        "Müller: no edema.\nNormal.".encode(),
        "Müller: no edema.\r\nNormal.".encode("utf-8-sig"),
        "Müller: no edema.\rNormal.".encode("latin-1"),
        "Müller: no edema.\nNormal.".encode("utf-16"),
    ],
)
def test_encodings_and_line_ends_are_read(data):
    assert decode_report(data) == "Müller: no edema.\nNormal."


def test_of_a_file_no_more_is_read_than_tells_that_it_is_too_long(tmp_path):
    (tmp_path / "s5.txt").write_bytes(b"a" * 10**6)
    assert len(report_bytes(tmp_path, "s5.txt")) == MOST_CHARACTERS + 1
    with pytest.raises(RowError, match=r"gone\.txt cannot be read \(No such file"):
        report_bytes(tmp_path, "gone.txt")
    with pytest.raises(RowError, match="leads out of"):
        report_bytes(tmp_path / "files", "../s5.txt")


@given(st.binary())
def test_any_bytes_are_a_text(data):
    assert "\0" not in decode_report(data)


def test_the_vocabulary_of_open_i(real_data):
    path = real_data / "iu_reports" / "metadata.csv"
    with open(path, newline="", encoding="utf-8") as file:
        reports = [report_sentences(row["findings"]) for row in csv.DictReader(file)]
    counts = Counter(word for report in reports for words in report for word in words)
    assert sum(map(bool, reports)) == 3425
    again = [report_sentences(" . ".join(map(" ".join, report))) for report in reports]
    assert again == reports
    assert 600 < sum(count >= 6 for count in counts.values()) < 760
    assert counts[DEIDENTIFIED] > 1000
