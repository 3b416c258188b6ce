import numpy as np
import pytest

from emixer_tf.data.splits import split_by_patient
from emixer_tf.data.vocabulary import SPECIAL_WORDS, Vocabulary

REPORTS = [[["no", "edema"], ["heart", "normal"]], [["no", "rib", "fracture"]], [["no"]]]


def test_build_orders_by_count_then_alphabet_and_drops_rare_words():
    vocabulary = Vocabulary.build(REPORTS)
    assert vocabulary.words[4:] == ("no", "edema", "fracture", "heart", "normal", "rib")
    assert Vocabulary.build(REPORTS, minimum_count=2).words[4:] == ("no",)


def test_encode_cuts_and_marks_unknown_words():
    vocabulary = Vocabulary.build(REPORTS, minimum_count=2)
    tokens = vocabulary.encode(REPORTS[0], sentences=1, words=3)
    np.testing.assert_array_equal(tokens, [[4, 3, 0]])


def test_decode_writes_sentences():
    vocabulary = Vocabulary.build(REPORTS)
    tokens = vocabulary.encode(REPORTS[0], sentences=3, words=4)
    assert vocabulary.decode(tokens) == "No edema. Heart normal."


def test_a_vocabulary_without_words_says_nothing():
    assert Vocabulary(SPECIAL_WORDS).decode([[3, 3], [3, 0]]) == ""


def test_a_vocabulary_without_special_words_is_refused():
    with pytest.raises(ValueError, match="begins with"):
        Vocabulary(["no", "edema", "rib", "heart"])


def test_patients_stay_together_and_shares_hold():
    patients = [f"p{i // 2}" for i in range(4000)]
    splits = split_by_patient(patients, val=0.1, test=0.2, seed=1)
    assert all(a == b for a, b in zip(splits[::2], splits[1::2], strict=True))
    assert np.mean([s == "test" for s in splits]) == pytest.approx(0.2, abs=0.03)
    assert np.mean([s == "val" for s in splits]) == pytest.approx(0.1, abs=0.03)
