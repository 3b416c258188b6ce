import math

import pytest

from emixer_tf.data.errors import RowError
from emixer_tf.data.label_policy import LabelPolicy, no_finding_note, stated_labels

STATED = {"Edema": 1.0, "Fracture": 0.0, "Pneumonia": -1.0, "Atelectasis": None}


@pytest.mark.parametrize(
    ("uncertain", "blank", "pneumonia", "atelectasis"),
    [
        ("zeros", "zeros", 0.0, 0.0),
        ("ones", "zeros", 1.0, 0.0),
        ("soft", "ignore", 0.5, math.nan),
        ("ignore", "zeros", math.nan, 0.0),
    ],
)
def test_policies(uncertain, blank, pneumonia, atelectasis):
    values = LabelPolicy(uncertain, blank).values(STATED)
    assert list(values) == list(STATED)
    assert list(values.values()) == pytest.approx([1, 0, pneumonia, atelectasis], nan_ok=True)


def test_a_study_of_which_nothing_is_known_is_unlabelled():
    assert LabelPolicy("zeros", "ignore").values({"Edema": None, "Fracture": None}) is None


def test_a_policy_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="uncertain is one of zeros, ones, ignore, soft"):
        LabelPolicy("zero", "zeros")


def test_the_policy_is_told():
    assert LabelPolicy("ones", "zeros").note() == "Labels: uncertain -> ones, blank -> zeros."


def test_cells_are_read_by_name():
    row = {"Fracture": "0.0", "Edema": " 1 ", "Pneumonia": "-1.0", "Path": "a", "Atelectasis": ""}
    assert stated_labels("train.csv, row 2", row, STATED) == STATED


@pytest.mark.parametrize("cell", ["2", "nan", "=1+1", "yes"])
def test_another_cell_is_named(cell):
    with pytest.raises(RowError, match=r"train\.csv, row 7: label 'Edema' is .*, none of 1, 0, -1"):
        stated_labels("train.csv, row 7", {"Edema": cell}, ["Edema"])


def test_no_finding_is_held_against_the_others():
    note = no_finding_note(
        [
            {"No Finding": 1.0, "Edema": None, "Support Devices": 1.0},
            {"No Finding": 1.0, "Edema": -1.0, "Support Devices": None},
            {"No Finding": None, "Edema": 0.0, "Support Devices": None},
        ]
    )
    assert note.startswith("No Finding is positive in 2 studies, in 1 of them beside")
    assert note.endswith("1 studies have neither.")
    assert no_finding_note([{"Edema": 1.0}]) is None
