"""Docstrings as the pages of the API read them."""

import importlib.util
import inspect
from pathlib import Path

import griffe
import pytest

PATH = Path(__file__).parents[1] / "mkdocs_extensions" / "keras_sections.py"


@pytest.fixture(scope="module")
def keras_sections():
    spec = importlib.util.spec_from_file_location(PATH.stem, PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def made_by(module, text):
    docstring = griffe.Docstring(module.rewritten(inspect.cleandoc(text)), parser="google")
    return {section.title or section.kind.value: section.value for section in docstring.parse()}


def test_examples_are_code_and_call_arguments_a_list(keras_sections):
    found = made_by(
        keras_sections,
        """Turn a film.

        Call arguments:
            films: Of shape
                `[batch, side, side]`, that
                is even: square.
            training: Whether it learns.

        Example:

        >>> turned(1)
        2

        >>> turned(2)
        3

        Reference:
            EMIXER, section 3.
        """,
    )
    assert found["text"] == "Turn a film."
    films, training = found["Call arguments"].description.split("\n- ")
    assert films == "- `films`: Of shape\n    `[batch, side, side]`, that\n    is even: square."
    assert training == "`training`: Whether it learns."
    code = [value for kind, value in found["examples"] if kind.value == "examples"]
    assert code == [">>> turned(1)\n2", ">>> turned(2)\n3"]
    assert found["Reference"].description == "EMIXER, section 3."


def test_what_has_neither_stays_as_it_is(keras_sections):
    text = "Turn a film.\n\nArgs:\n    films: Films."
    assert keras_sections.rewritten(text) == text
