import pytest

from emixer_tf.data.errors import RowError
from emixer_tf.data.flow import Dropped, Flow, FlowStep


def halved(number):
    if number % 2:
        raise RowError("odd", f"{number} is odd")
    return number // 2


def test_filters_are_counted_in_order():
    flow = Flow()
    rows = flow.keep(list(range(10)), "small", "is 5 or more", lambda row: row < 5, str)
    flow.keep(rows, "not zero", "is zero", bool, str)
    assert flow.steps == [
        FlowStep("small", 10, 5, "is 5 or more"),
        FlowStep("not zero", 5, 1, "is zero"),
    ]
    assert flow.dropped[-1] == Dropped("0", "not zero", "is zero")


def test_faults_are_filters_by_kind_when_errors_are_skipped():
    flow = Flow("skip")
    assert flow.made([1, 2, 3, 4], halved, source=str) == [1, 2]
    assert flow.steps == [FlowStep("odd", 4, 2, "faulty, see dropped.csv")]
    assert flow.dropped == [Dropped("1", "odd", "1 is odd"), Dropped("3", "odd", "3 is odd")]


def test_the_first_fault_stops_otherwise():
    with pytest.raises(RowError, match="1 is odd"):
        Flow("stop").made([2, 1, 3], halved, source=str)


def test_rows_of_all_filters_add_up():
    flow = Flow("skip")
    flow.note_faults(10, [("a", "cut", "m"), ("b", "blank", "m"), ("c", "cut", "m")])
    assert [(step.rows_in, step.dropped) for step in flow.steps] == [(10, 2), (8, 1)]


def test_a_copy_goes_its_own_way():
    flow = Flow("skip")
    other = flow.copy()
    other.keep([1], "none", "is a number", lambda row: False, str)
    assert (flow.steps, flow.dropped) == ([], [])
    assert len(other.steps) == len(other.dropped) == 1
