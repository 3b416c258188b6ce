"""Sections of Keras docstrings, as the pages of the API read them.

Keras writes examples at the margin and a section "Call arguments"; the parser of Google docstrings
would take the prompts for quotations and the arguments for one paragraph.
"""

import re

import griffe

_EXAMPLE = re.compile(r"^Example:\n\n((?:.*\n?)*?)(?=^[A-Z][\w ]+:\n|\Z)", re.MULTILINE)
_CALL_ARGUMENTS = re.compile(r"^Call arguments:\n((?:    .*\n?)+)", re.MULTILINE)


class KerasSections(griffe.Extension):
    """Rewrites docstrings before they are parsed."""

    def on_object(self, *, obj, **kwargs):
        """Rewrite the docstring of a module, class or function."""
        if obj.docstring:
            obj.docstring.value = rewritten(obj.docstring.value)


def rewritten(docstring):
    """Return a docstring whose examples are indented and whose call arguments are a list.

    Args:
        docstring: Text without indentation.

    Returns:
        Text.
    """
    docstring = _CALL_ARGUMENTS.sub(_as_list, docstring)
    return _EXAMPLE.sub(_indented, docstring)


def _as_list(section):
    lines = re.sub(r"^    (?! )([\w, *]+): ", r"    - `\1`: ", section[1], flags=re.MULTILINE)
    return f"Call arguments:\n{lines}"


def _indented(section):
    lines = [f"    {line}" if line else line for line in section[1].rstrip("\n").split("\n")]
    return "Examples:\n" + "\n".join(lines) + "\n\n"
