import hashlib
from dataclasses import dataclass
from typing import ClassVar

from toy_cells import Negative, Number, Sum

from emixer_tf.experiments.cell import Cell


def test_equal_parameters_are_one_key_and_others_are_others():
    assert Number(2).key == Number(2).key
    assert len({Number(2).key, Number(3).key, Negative(Number(2)).key, Sum((Number(2),)).key}) == 4


def test_where_data_lie_is_no_part_of_the_key():
    assert Number(2, log="here").key == Number(2, log="there").key
    assert "log" not in Number(2, log="here").specification


def test_the_key_is_the_hash_of_the_specification_and_no_process_changes_it():
    text = '{"cell": "Number", "value": 2, "version": 1}'
    assert Number(2).key == hashlib.sha256(text.encode()).hexdigest()[:16]


def test_what_inputs_depend_on_is_in_the_key():
    assert Negative(Number(1)).key != Negative(Number(2)).key
    assert Sum((Negative(Number(1)),)).key != Sum((Negative(Number(2)),)).key
    assert Sum((Number(1), Number(2))).key != Sum((Number(2), Number(1))).key
    specification = Negative(Sum((Number(1),))).specification
    assert specification["of"]["parts"] == [{"cell": "Number", "version": 1, "value": 1}]


def test_a_raised_version_is_another_key_for_the_cell_and_for_what_needs_it():
    class Again(Number):
        pass

    before = Again(1).key, Negative(Again(1)).key
    Again.VERSION = 2
    assert Again(1).key != before[0]
    assert Negative(Again(1)).key != before[1]


def test_cells_of_two_kinds_with_equal_parameters_differ():
    @dataclass(frozen=True)
    class Count(Cell):
        MEMORY_GIB: ClassVar[float] = 1.0
        value: float

    assert Count(2).key != Number(2).key


def test_inputs_are_the_cells_among_the_fields():
    assert Number(1).inputs == {}
    assert Negative(None).inputs == {}
    assert Negative(Number(1)).inputs == {"of": Number(1)}


def test_cells_of_a_tuple_are_inputs_by_place():
    assert Sum((Number(1), "no cell", Number(2))).inputs == {
        "parts/0": Number(1),
        "parts/2": Number(2),
    }
