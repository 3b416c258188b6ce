import numpy as np
import pandas as pd
import pytest

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.metrics.label_arrays import by_name, checked_pair, each_label, in_order_of


def test_what_is_masked_may_be_anything():
    mask = [[1, 0], [1, 0]]
    labels, scores, known = checked_pair([[1, -1], [0, np.nan]], [[3, np.nan], [1, np.inf]], mask)
    np.testing.assert_array_equal(labels, [[True, False], [False, False]])
    np.testing.assert_array_equal(scores, [[3, 0], [1, 0]])
    np.testing.assert_array_equal(known, mask)


def test_a_mask_of_rows_covers_all_labels_of_a_study():
    labels, scores, known = checked_pair([[1, 0], [-1, np.nan]], [[3, 4], [np.nan, 5]], [1, 0])
    np.testing.assert_array_equal(labels, [[True, False], [False, False]])
    np.testing.assert_array_equal(scores, [[3, 4], [0, 0]])
    np.testing.assert_array_equal(known, [[True, True], [False, False]])


def test_integers_and_strided_arrays_are_taken_as_they_are():
    labels = np.asfortranarray(np.eye(4, dtype="int8"))[::-2].T
    scores = np.arange(16, dtype="uint8").reshape(4, 4)[:, ::2]
    taken = checked_pair(labels, scores)
    np.testing.assert_array_equal(taken[0], labels == 1)
    np.testing.assert_array_equal(taken[1], scores)
    assert taken[1].dtype == np.float64
    assert taken[2].all()


@pytest.mark.parametrize(
    ("labels", "scores", "mask", "sentence"),
    [
        ([1, 0], [0.5], None, r"one shape.*labels \(2,\), scores \(1,\)"),
        (1, 0.5, None, r"one shape"),
        (np.zeros((2, 2, 2)), np.zeros((2, 2, 2)), None, "one shape"),
        ([], [], None, "nothing to score"),
        (np.zeros((3, 0)), np.zeros((3, 0)), None, "nothing to score"),
        ([1, -1], [0.5, 0.5], None, r"is 0 or 1. Received: -1.0 at \[1\], and 0 more"),
        ([[1, np.nan]], [[0.5, 0.5]], None, r"is 0 or 1. Received: nan at \[0, 1\]"),
        ([1, 0.5], [0.5, 0.5], [1, 1], "is 0 or 1. Received: 0.5"),
        ([1, 0], [np.nan, np.inf], None, r"finite number. Received: nan at \[0\], and 1 more"),
        ([1, 0], [1, 0], [1, 2], "mask holds 0 and 1. Received: 2.0"),
        ([1, 0], [1, 0], [1, np.nan], "mask holds 0 and 1. Received: nan"),
        ([1, 0], [1, 0], [1, 1, 1], r"mask \(3,\), labels \(2,\)"),
        (["yes", "no"], [1, 0], None, "Labels are numbers.*'yes'"),
        ([[1, 0], [1]], [[1, 0], [1, 1]], None, "Labels are numbers"),
        ([1, 0], [1j, 0], None, "Scores are numbers"),
    ],
)
def test_what_cannot_be_scored_is_told(labels, scores, mask, sentence):
    with pytest.raises(ValueError, match=sentence):
        checked_pair(labels, scores, mask)


def test_tables_in_another_order_are_refused():
    labels = pd.DataFrame({"Edema": [1, 0], "Fracture": [0, 1]}, index=["a", "b"])
    scores = labels.astype(float)
    assert checked_pair(labels, scores)[0].sum() == 2
    with pytest.raises(ValueError, match="columns of labels and scores have one order"):
        checked_pair(labels, scores[["Fracture", "Edema"]])
    with pytest.raises(ValueError, match="rows of labels and scores have one order"):
        checked_pair(labels, scores.loc[["b", "a"]])
    with pytest.raises(ValueError, match="rows of labels and scores"):
        checked_pair(labels["Edema"], scores["Edema"].loc[["b", "a"]])
    for mask in (labels[["Fracture", "Edema"]], labels.loc[["b", "a"]]):
        with pytest.raises(ValueError, match="of labels and mask have one order"):
            checked_pair(labels, scores, mask)


def test_a_statistic_is_of_what_is_known_of_each_label():
    labels, scores, known = checked_pair([[1, 0], [0, 1]], [[3, 4], [5, 6]], [[1, 0], [1, 1]])
    found = each_label(lambda labels, scores: scores.sum() + labels.sum(), labels, scores, known)
    np.testing.assert_array_equal(found, [3 + 5 + 1, 6 + 1])
    assert (
        each_label(lambda labels, scores: len(scores), *checked_pair([1, 0], [1, 2], [1, 0])) == 1
    )


def test_rows_of_different_lengths_are_told():
    with pytest.raises(ValueError, match="Rows are of one length"):
        in_order_of([[1], [0, 1]], ["Edema"], ["Edema"])


def test_columns_are_joined_by_name():
    chexbert = [*CHEXPERT_LABELS[1:], CHEXPERT_LABELS[0]]
    values = np.random.default_rng(0).random((5, 14))
    ordered = in_order_of(values, chexbert, sorted(CHEXPERT_LABELS))
    by_hand = dict(zip(chexbert, values.T, strict=True))
    for name, column in zip(sorted(CHEXPERT_LABELS), ordered.T, strict=True):
        np.testing.assert_array_equal(column, by_hand[name])
    np.testing.assert_array_equal(in_order_of(ordered, sorted(CHEXPERT_LABELS), chexbert), values)


def test_a_table_knows_its_names_and_an_array_is_taken_at_its_word():
    table = pd.DataFrame({"Fracture": [0, 1], "Age": [40, 50], "Edema": [1, 1]})
    named = by_name(table, ["Edema", "Fracture"])
    assert list(named.columns) == ["Edema", "Fracture"]
    np.testing.assert_array_equal(named, [[1, 0], [1, 1]])
    np.testing.assert_array_equal(by_name([[1, 0]], ["Edema", "Fracture"]), [[1, 0]])


@pytest.mark.parametrize(
    ("names", "wanted", "sentence"),
    [
        (["Edema", "Fracture"], ["Edma"], "no column 'Edma'. Did you mean 'Edema'"),
        (["Edema", "Edema"], ["Edema"], "'Edema' stands 2 times"),
        (["Edema", "Fracture"], ["Edema", "Edema"], "'Edema' stands 2 times"),
        (["Edema"], ["Edema"], r"shape \(1, 2\) and 1 names \(Edema\)"),
    ],
)
def test_a_name_missing_or_twice_is_told(names, wanted, sentence):
    with pytest.raises(ValueError, match=sentence):
        in_order_of([[1, 0]], names, wanted)
