import numpy as np
import pytest
from random_studies import made, same

from emixer_tf.experiments.study_arrays import StudyArrays
from emixer_tf.experiments.study_selection import StudySelection


@pytest.fixture
def parts(tmp_path):
    first, second = made(4, seed=1), made(3, seed=2)
    first.save(tmp_path)
    return StudyArrays.load(tmp_path), second


def test_studies_of_several_parts_are_taken_in_the_order_asked(parts):
    both = StudySelection.of(*parts)
    assert len(both) == 7
    taken = both.take(np.array([6, 0, 4, 0]))
    same(taken.take(np.array([1, 3])), parts[0].take(np.array([0, 0])))
    same(taken.take(np.array([0, 2])), parts[1].take(np.array([2, 0])))


def test_what_is_taken_is_in_memory_and_what_is_selected_is_not(parts):
    some = StudySelection.of(parts[0]).select(np.array([3, 1]))
    assert some.parts[0] is parts[0]
    taken = some.take(np.arange(2))
    assert not isinstance(taken.films, np.memmap)
    same(taken, parts[0].take(np.array([3, 1])))


def test_selections_added_follow_each_other(parts):
    first = StudySelection.of(parts[0]).select(np.array([2]))
    second = StudySelection.of(parts[1]).select(np.array([1, 0]))
    taken = (first + second).take(np.arange(3))
    same(taken.take(np.array([0])), parts[0].take(np.array([2])))
    same(taken.take(np.array([1, 2])), parts[1].take(np.array([1, 0])))


def test_studies_without_reports_can_be_left_out(parts):
    both = StudySelection.of(*parts)
    kept = both.with_reports()
    have = np.concatenate([part.reported for part in parts])
    same(kept.take(np.arange(len(kept))), both.take(np.flatnonzero(have)))


def test_sizes_are_those_of_the_parts(parts):
    both = StudySelection.of(*parts)
    assert (both.film_shape, both.token_shape, both.label_count) == ((4, 4, 1), (2, 3), 5)
