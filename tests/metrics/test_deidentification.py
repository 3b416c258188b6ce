import pandas as pd
import pytest

from emixer_tf.metrics.deidentification import mark_rate


def test_marks_of_mimic_and_open_i_count_and_other_words_do_not():
    assert mark_rate(["seen by dr ___ today", "XXXX sternotomy wires", "xx", "a_b", ""]) == 0.4


def test_a_report_with_many_marks_counts_once():
    assert mark_rate(["XXXX XXXX XXXX", "normal"]) == 0.5


def test_open_i_findings_hold_marks_as_often_as_a_plain_search_says(real_data):
    findings = pd.read_csv(real_data / "iu_reports" / "metadata.csv").findings.dropna().head(500)
    assert mark_rate(findings) == pytest.approx(findings.str.contains("XXX").mean())


def test_no_reports_are_refused():
    with pytest.raises(ValueError, match="no given reports"):
        mark_rate([])


def test_a_dict_of_reports_is_refused_as_its_ids_are_no_reports():
    with pytest.raises(ValueError, match="Received: a dict of 1"):
        mark_rate({"study 1": "XXXX"})
