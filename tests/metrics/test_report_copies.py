import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nltk.metrics.distance import edit_distance

from emixer_tf.data.reports import report_sentences
from emixer_tf.data.sources.phantom.studies import findings_and_report
from emixer_tf.metrics.report_copies import (
    copied_reports,
    edit_distances,
    nearest_reports,
    rare_ngrams,
)

FREQUENT = "heart size is normal the lungs are clear no pleural effusion or pneumothorax"
UNIQUE = "old healed fracture of the left third rib beside a clip from the operation last year"


def with_a_word_changed(text):
    words = text.split()
    words[len(words) // 2] = "perhaps"
    return " ".join(words)


def in_words(text):
    return " ".join(word for sentence in report_sentences(text) for word in sentence)


def test_rare_ngrams_occur_in_one_report_alone():
    reports = [["a", "b", "c", "a", "b"], ["b", "c", "d"]]
    assert rare_ngrams(reports, length=2) == {("a", "b"): 0, ("c", "a"): 0, ("c", "d"): 1}


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.integers(0, 3), max_size=7),
    st.lists(st.lists(st.integers(0, 3), max_size=9), min_size=1, max_size=4),
)
def test_edit_distances_equal_those_of_nltk(words, reports):
    padded = np.full((len(reports), 10), 9)
    for row, report in zip(padded, reports, strict=True):
        row[: len(report)] = report
    found = edit_distances(np.array(words, int), padded, np.array([len(r) for r in reports]))
    assert found.tolist() == [edit_distance(words, report) for report in reports]


def test_the_distance_is_the_one_worked_out_by_hand():
    training = ["a b c d e f g h", "a b c d x y z w", "k l"]
    # "a b c d" is in two reports and no rare 4-gram; "b c d e" to "d e f g" are, and cover 6 of 8.
    # Edits: 1 of 8 to the first, 4 of 8 to the second.
    distances, indices = nearest_reports(["a b c d e f g q"], training)
    assert indices == [0]
    assert distances == pytest.approx((1 / 8 + 0.1) / (4 / 8 + 0.1) * (1 - 6 / 8))


def test_a_frequent_report_is_no_copy_and_a_unique_one_is():
    distances, indices = nearest_reports([FREQUENT, UNIQUE], [FREQUENT, FREQUENT, UNIQUE])
    assert indices.tolist() == [0, 2]
    assert distances[0] == 1
    assert distances[1] == 0


def test_a_report_that_shares_no_word_is_at_distance_one():
    distances, _ = nearest_reports(["", "mass"], [FREQUENT, UNIQUE])
    np.testing.assert_array_equal(distances, 1)


def test_an_empty_training_report_is_copied_by_none():
    distances, _ = nearest_reports(["", FREQUENT], ["", ""])
    np.testing.assert_array_equal(distances, 1)


def test_spaces_do_not_matter():
    assert nearest_reports([f"  {UNIQUE}\n"], [UNIQUE.replace(" ", "  "), FREQUENT])[0] == 0


def test_what_is_no_list_of_texts_is_refused():
    with pytest.raises(ValueError, match="no query reports"):
        nearest_reports([], [FREQUENT])
    with pytest.raises(ValueError, match="None at place 1"):
        nearest_reports([FREQUENT], [FREQUENT, None])
    with pytest.raises(ValueError, match=r"are a list of texts\. Received: one text"):
        nearest_reports(FREQUENT, [FREQUENT])
    with pytest.raises(ValueError, match=r"are a list of texts\. Received: a dict of 1"):
        nearest_reports([FREQUENT], {"a": FREQUENT})


def test_nine_in_ten_copies_of_phantom_reports_are_found_with_a_word_changed():
    texts = [in_words(findings_and_report(0, index)[1]) for index in range(1000)]
    training, held_out = texts[:700], texts[700:]
    copies = [with_a_word_changed(text) for text in training[:100]]
    calls = copied_reports(copies, training, held_out)
    assert calls.nearest.tolist() == list(range(100))
    assert calls.held_out_rate <= 0.01
    assert calls.rate >= 0.9


def test_copies_of_real_reports_are_found_though_many_real_reports_occur_word_for_word(
    real_data,
):
    table = pd.read_csv(real_data / "iu_reports" / "metadata.csv").dropna(subset=["findings"])
    texts = table.findings.sample(1200, random_state=0).map(in_words).tolist()
    training, held_out = texts[:800], texts[800:]
    assert np.mean([text in set(training) for text in held_out]) > 0.15
    calls = copied_reports(training[:100], training, held_out)
    assert calls.held_out_rate <= 0.01
    assert calls.rate > 0.45
