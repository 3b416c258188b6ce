import numpy as np
import pytest

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.sources.phantom import studies
from emixer_tf.metrics.report_labels import (
    LABELS_BY_RULES,
    by_phantom_grammar,
    by_rules,
    labels_said,
)


def test_the_phantom_s_reports_say_what_was_asked():
    made = list(studies(n=20, seed=0, resolution=32))
    asked = [[study.labels[name] for name in CHEXPERT_LABELS] for study in made]
    reports = [study.report for study in made]
    np.testing.assert_array_equal(labels_said(reports, CHEXPERT_LABELS, by_phantom_grammar), asked)


def test_what_the_grammar_could_not_have_written_is_unread():
    said = labels_said(["lungs lungs lungs.", ""], ["Edema", "Fracture"], by_phantom_grammar)
    assert np.isnan(said).all()


def test_rules_count_uncertain_and_unmentioned_labels_as_negative():
    names = ["Pneumonia", "Cardiomegaly", "Fracture", "No Finding"]
    reports = ["Cardiomegaly. Possible pneumonia.", "The lungs are clear.", " "]
    said = labels_said(reports, names, by_rules)
    np.testing.assert_array_equal(said[:2], [[0, 1, 0, 0], [0, 0, 0, 1]])
    assert np.isnan(said[2]).all()


def test_rules_know_effusion_by_the_name_that_nih_gives_it():
    reports = ["Small left pleural effusion.", "No effusion."]
    said = labels_said(reports, ["Effusion", "Pleural Effusion"], by_rules)
    np.testing.assert_array_equal(said, [[1, 1], [0, 0]])
    assert set(by_rules(reports[0])) == set(LABELS_BY_RULES)


@pytest.mark.parametrize(
    ("reports", "names", "sentence"),
    [
        ("Mild edema.", ["Edema"], "list of texts. Received: one text"),
        ({"a": "Mild edema."}, ["Edema"], "list of texts. Received: a dict of 1"),
        ([], ["Edema"], "no given reports"),
        (["Mild edema."], ["Edma"], "no column 'Edma'. Did you mean 'Edema'"),
        (["Mild edema.", None], ["Edema"], "reports are texts. Received: None at place 1"),
    ],
)
def test_what_cannot_be_read_is_told(reports, names, sentence):
    with pytest.raises(ValueError, match=sentence):
        labels_said(reports, names, by_rules)
