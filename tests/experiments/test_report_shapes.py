from emixer_tf.experiments.report_shapes import report_shapes


def test_reports_are_compared_at_one_number_and_one_size():
    made = ["a b . c", "", "a b . c", "d"]
    real = ["a b c d e . f g", "h . i j k . l m n o p", ""]
    ours, theirs = report_shapes(made, real, sentences=2, words=3)
    assert ours == {"mean_words": 3.0, "distinct": 0.5, "distinct_words": 3, "reports": 2}
    assert theirs == {"mean_words": 4.5, "distinct": 1.0, "distinct_words": 9, "reports": 2}


def test_without_reports_there_is_nothing_to_compare():
    assert report_shapes(["", ""], ["a"], 2, 3) is None
    assert report_shapes(["a"], [], 2, 3) is None
