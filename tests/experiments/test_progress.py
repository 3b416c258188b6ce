import io
import re
from types import SimpleNamespace

import pytest
from rich.console import Console
from toy_cells import Negative, Number

from emixer_tf.experiments import progress
from emixer_tf.experiments.progress import Progress, clock


@pytest.fixture
def now(monkeypatch):
    """A clock that stands still until it is set."""
    state = SimpleNamespace(seconds=0.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: state.seconds))
    return state


@pytest.fixture
def lines(capsys):
    return lambda: capsys.readouterr().out.splitlines()


def test_a_line_for_every_finished_cell_off_a_terminal(now, lines):
    cells = [Number(1), Number(2), Negative(Number(1))]
    with Progress(cells, workers=1) as shown:
        for cell in cells:
            shown.begin(cell)
            assert lines() == []
            shown.end(cell, 75.0)
            (line,) = lines()
            assert cell.title in line
            assert ": 1:15;" in line
    assert line.startswith("3/3 Negative")


def test_a_failure_is_told_while_others_are_waited_for(now, lines):
    cells = [Number(1), Number(2)]
    with Progress(cells, workers=2) as shown:
        for cell in cells:
            shown.begin(cell)
        shown.fail(cells[0])
        (line,) = lines()
        assert (
            line == f"Failed: {cells[0].title}. Waiting for {cells[1].title}, so that it is kept."
        )
        shown.fail(cells[1])
        assert lines() == []  # nothing is waited for: the error itself follows at once


def test_the_time_left_is_that_of_finished_cells_of_the_same_kind(now, lines):
    cells = [Number(number) for number in range(4)]
    with Progress(cells, workers=1) as shown:
        for cell, seconds in zip(cells, (10, 30, 50, 10), strict=True):
            shown.begin(cell)
            shown.end(cell, seconds)
    assert [line.split("left about ")[1] for line in lines()] == [
        "0:30",  # three of 10 s
        "0:40",  # two of 20 s
        "0:30",  # one of 30 s
        "0:00",
    ]


def test_a_kind_that_never_ended_takes_more_than_is_known(now, lines):
    cells = [Number(1), Negative(Number(1)), Negative(Number(2))]
    with Progress(cells, workers=1) as shown:
        for cell, seconds in zip(cells, (10, 20, 20), strict=True):
            shown.begin(cell)
            shown.end(cell, seconds)
    assert [line.split("left ")[1] for line in lines()] == [
        "more than 0:00",
        "about 0:20",
        "about 0:00",
    ]


def test_cells_of_earlier_runs_tell_how_long_a_kind_takes(now, lines):
    cells = [Number(1), Negative(Number(1))]
    with Progress(cells, workers=1, known_seconds={"Negative": [30, 50]}) as shown:
        shown.begin(cells[0])
        shown.end(cells[0], 10)
    assert [line.split("left ")[1] for line in lines()] == ["about 0:40"]


def test_what_runs_counts_for_the_rest_of_its_time(now, lines):
    cells = [Number(number) for number in range(3)]
    with Progress(cells, workers=2) as shown:
        shown.begin(cells[0])
        shown.begin(cells[1])
        now.seconds = 60.0
        shown.end(cells[0], 60.0)  # the second should be done, a third of 60 s on two processes
        shown.begin(cells[2])
        now.seconds = 80.0
        shown.end(cells[1], 80.0)  # the mean is 70 s now, of which 20 s are over
    assert [line.split("left about ")[1] for line in lines()] == ["0:30", "0:50"]


def test_a_long_title_stays_on_its_line(now, lines):
    cell = Number(int("9" * 200))
    with Progress([cell], workers=1) as shown:
        shown.begin(cell)
        shown.end(cell, 1.0)
    assert len(lines()) == 1


def test_titles_with_brackets_are_shown_as_they_are(now, lines):
    cell = Number("[red]")
    with Progress([cell], workers=1) as shown:
        shown.begin(cell)
        shown.end(cell, 1.0)
    assert "[red]" in lines()[0]


def test_a_terminal_shows_what_is_running_and_for_how_long(now, monkeypatch):
    screen = io.StringIO()
    monkeypatch.setattr(
        progress, "Console", lambda: Console(file=screen, force_terminal=True, width=80)
    )
    cells = [Number(1), Number(2), Number("[/red] [3]")]
    with Progress(cells, workers=1) as shown:
        shown.begin(cells[0])
        shown.end(cells[0], 60.0)
        shown.begin(cells[2])
        screen.seek(0)
        screen.truncate()
        now.seconds = 5.0
        shown.tick()
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue())
    assert "1 of 3 cells, left about 1:55" in " ".join(text.split())
    assert "number [/red] [3]" in text
    assert "0:05" in text
    assert "number 1" not in text


def test_nothing_to_compute_says_nothing(lines):
    with Progress([], workers=2):
        pass
    assert lines() == []


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (59.6, "1:00"), (3599.7, "1:00:00"), (90_000, "25:00:00")]
)
def test_clock(seconds, text):
    assert clock(seconds) == text
