import pytest

from emixer_tf.metrics.bleu_score import bleu
from emixer_tf.metrics.legacy_references import legacy_r2gen_references

TRAINING = ["no edema seen . ", "no edema .", "no effusion ."]


def test_rare_words_become_unknown_and_the_start_mark_takes_a_place():
    references = {"a": ["no edema . no effusion .", "massive edema"], "b": "seen"}
    assert legacy_r2gen_references(references, TRAINING, max_length=6, minimum_count=2) == {
        "a": ["no edema . no <unk>", "<unk> edema"],
        "b": ["<unk>"],
    }


def test_a_word_at_the_threshold_stays():
    cut = legacy_r2gen_references(["seen edema"], TRAINING, max_length=60, minimum_count=1)
    assert cut == {0: ["seen edema"]}


def test_such_references_are_easier():
    whole = ["no edema . massive effusion . heart large ."]
    cut = legacy_r2gen_references(whole, TRAINING, max_length=6, minimum_count=2)
    hypothesis = "no edema . <unk> <unk>"
    assert bleu(cut, {0: hypothesis})["bleu_4"] > 0.99
    assert bleu(whole, [hypothesis])["bleu_4"] < 0.1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((["x"], TRAINING, 1, 2), "counts the start mark"),
        ((["x"], [], 60, 2), "training_texts is empty"),
        ((["x"], "no edema", 60, 2), "Received str"),
        ((["x"], [None], 60, 2), "must be a list of str"),
        (([""], TRAINING, 60, 2), "no reference with words"),
        ((None, TRAINING, 60, 2), "Received NoneType"),
    ],
)
def test_what_gives_no_references_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        legacy_r2gen_references(*arguments)
