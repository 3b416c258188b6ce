import numpy as np
from random_studies import made, same

from emixer_tf.experiments.cells.data import known_label_rows
from emixer_tf.experiments.study_arrays import StudyArrays, save_parts


def test_what_is_saved_is_read_again(tmp_path):
    studies = made(6)
    studies.save(tmp_path / "deep" / "train")
    read = StudyArrays.load(tmp_path / "deep" / "train")
    same(read, studies)
    assert isinstance(read.films, np.memmap)  # it is not read into memory before it is used


def test_some_are_taken_in_the_order_of_their_places(tmp_path):
    studies = made(6)
    studies.save(tmp_path)
    for source in (studies, StudyArrays.load(tmp_path)):
        some = source.take(np.array([4, 0, 4]))
        assert len(some) == 3
        assert some.reports == [studies.reports[place] for place in (4, 0, 4)]
        np.testing.assert_array_equal(some.films, studies.films[[4, 0, 4]])
        np.testing.assert_array_equal(some.label_mask, studies.label_mask[[4, 0, 4]])


def test_studies_written_in_parts_follow_each_other(tmp_path):
    first, second = made(4, seed=1), made(3, seed=2)
    save_parts(tmp_path, 7, iter([first, second]))
    both = StudyArrays.load(tmp_path)
    assert len(both) == 7
    same(both.take(np.arange(4)), first)
    same(both.take(np.arange(4, 7)), second)


def test_images_are_floats_from_minus_1_to_1():
    studies = made(3)
    assert studies.images.dtype == np.float32
    np.testing.assert_allclose(studies.images, studies.films / 127.5 - 1, atol=1e-6)


def test_what_can_be_scored_is_known_and_no_soft_label():
    studies = made(2)
    studies.labels[:] = [[0, 1, 0.5, 0.5, 1], [1, 1, 0, 0, 0]]
    studies.label_mask[:] = [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1]]
    assert studies.known.tolist() == [[True, True, False, False, False], [True] * 5]
    assert known_label_rows(studies).tolist() == [[1, 1, 0, 0, 0]]
