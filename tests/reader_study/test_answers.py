import pytest

from emixer_tf.reader_study.answers import Answers


def test_answers_are_complete_without_a_comment():
    assert Answers(1, 10, 5, "cannot tell").complete
    assert not Answers(1, 10, 5).complete
    assert not Answers(comment="no film").complete


@pytest.mark.parametrize(
    "wrong",
    [{"film": 0}, {"report": 11}, {"match": 5.0}, {"match": "5"}, {"film": True},
     {"guess": "real"}, {"comment": None}, {"comment": "x" * 4001}],
)  # fmt: skip
def test_what_is_no_answer_is_told(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Answers(**wrong)
