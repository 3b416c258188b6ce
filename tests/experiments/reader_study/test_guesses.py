import numpy as np
import pytest

from emixer_tf.experiments.reader_study.guesses import figure_of_guesses, guess_areas, guess_places
from emixer_tf.reader_study.answers import GUESSES, Answers
from emixer_tf.reader_study.store import StudyItem

ITEMS = [StudyItem(b"", "", kind, ()) for kind in ("real",) * 3 + ("synthetic",) * 3]
ANSWERS = [Answers(guess=GUESSES[place]) for place in (0, 1, 2, 2, 3, 4)]


def test_guesses_are_steps_from_real_to_synthetic():
    assert guess_places(ANSWERS).tolist() == [0, 1, 2, 2, 3, 4]


def test_guesses_are_an_area_under_a_curve():
    # Of nine pairs eight are in order, and one is a tie of "cannot tell".
    assert guess_areas({"a": ANSWERS}, ITEMS)["a"] == pytest.approx(8.5 / 9)


def test_the_curve_has_the_area_that_is_told():
    areas = guess_areas({"a": ANSWERS}, ITEMS)
    axes = figure_of_guesses({"a": ANSWERS}, ITEMS, areas).axes[0]
    chance, curve = axes.lines
    assert chance.get_label().startswith("_")
    assert curve.get_label() == "a, 0.94"
    assert np.trapezoid(curve.get_ydata(), curve.get_xdata()) == pytest.approx(8.5 / 9)
