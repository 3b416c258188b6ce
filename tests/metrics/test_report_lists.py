import numpy as np
import pandas as pd
import pytest

from emixer_tf.metrics.report_lists import checked_reports


@pytest.mark.parametrize("of", [list, tuple, np.array, pd.Series, iter])
def test_texts_in_any_order_keeping_form_become_a_list(of):
    assert checked_reports(of(["b", "", "a"]), "given") == ["b", "", "a"]


@pytest.mark.parametrize(
    ("reports", "sentence"),
    [
        ("no edema", "given reports are a list of texts.*one text"),
        ({"study 1": "no edema"}, "a dict of 1"),
        ([], "no given reports"),
        (["no edema", None], "None at place 1"),
        ([["no", "edema"]], r"\['no', 'edema'\] at place 0"),
        ([b"no edema"], "b'no edema' at place 0"),
    ],
)
def test_what_is_no_list_of_texts_is_told(reports, sentence):
    with pytest.raises(ValueError, match=sentence):
        checked_reports(reports, "given")
