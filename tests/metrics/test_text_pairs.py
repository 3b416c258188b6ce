import numpy as np
import pandas as pd
import pytest

from emixer_tf.metrics.text_pairs import paired_texts, reference_words


def test_dicts_are_paired_by_id_in_the_order_of_the_references():
    pairs = paired_texts({"b": ["x y", "z"], "a": "w"}, {"a": "1", "b": "2 3"})
    assert pairs.ids == ["b", "a"]
    assert pairs.references == [[["x", "y"], ["z"]], [["w"]]]
    assert pairs.hypotheses == [["2", "3"], ["1"]]


def test_lists_and_arrays_are_paired_by_place():
    expected = ([0, 1], [[["x"]], [["y"]]], [["1"], ["2"]])
    assert tuple(paired_texts([["x"], "y"], ["1", "2"])) == expected
    assert tuple(paired_texts(np.array(["x", "y"]), ("1", "2"))) == expected


def test_any_white_space_parts_words():
    pairs = paired_texts([" no\tedema \n seen "], ["  "])
    assert pairs.references == [[["no", "edema", "seen"]]]
    assert pairs.hypotheses == [[]]


@pytest.mark.parametrize(
    ("references", "hypotheses", "sentence"),
    [
        ({"a": ["x"], "b": ["x"]}, {"a": "x", "c": "x"}, r"1 \('b'\) without hypothesis, 1 \('c'"),
        ({1: ["x"]}, {"1": "x"}, r"1 \(1\) without hypothesis, 1 \('1'\)"),
        (dict.fromkeys("abcde", "x"), {}, r"5 \('a', 'b', 'c', \.\.\.\)"),
        (["x", "y"], ["x"], "2 references and 1 hypotheses"),
        (["x"], [], "1 references and 0 hypotheses"),
        ([], [], "no texts to compare"),
        ({}, {}, "no texts to compare"),
        ({"a": "x"}, ["x"], "a dict of references and a list of hypotheses"),
        ([[]], ["x"], "Item 0 has no reference with words"),
        ([["", " "]], ["x"], "Item 0 has no reference with words"),
        ({"a": ""}, {"a": "x"}, "Item 'a' has no reference with words"),
        ("no edema", "no edema", "Received str: 'no edema'"),
        (pd.Series(["x"]), ["x"], "Received Series"),
        ({"x"}, {"x"}, "Received set"),
        ([float("nan")], ["x"], "references of item 0 must be a list of str.*Received float: nan"),
        ([["x", None]], ["x"], "reference of item 0 must be a str.*NoneType"),
        (["x"], [None], "hypothesis of item 0 must be a str.*NoneType"),
        (["x"], [["x"]], "hypothesis of item 0 must be a str.*list"),
        (["x"], [b"x"], "hypothesis of item 0 must be a str.*bytes"),
    ],
)
def test_what_cannot_be_compared_is_refused(references, hypotheses, sentence):
    with pytest.raises(ValueError, match=f"(?s){sentence}.*Remedy"):
        paired_texts(references, hypotheses)


def test_references_alone_keep_their_ids():
    assert reference_words({"a": "x y", "b": ["z"]}) == {"a": [["x", "y"]], "b": [["z"]]}
