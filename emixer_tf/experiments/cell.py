"""A cell: one computation whose result is known by its inputs."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import ClassVar

_KEY_LENGTH = 16


def not_identity(**options):
    """Return a dataclass field that does not change what is computed, such as where data lie."""
    return field(metadata={"identity": False}, **options)


@dataclass(frozen=True)
class Cell:
    """One computation of an experiment.

    A subclass is a frozen dataclass: its fields are its parameters, and those that are cells are
    computed before it. Two cells with equal parameters are one computation; the key is a hash of
    them, so that a result is found again in another run, or by another experiment.

    `VERSION` is raised by hand when a change of the code changes results.

    Example:

    >>> @dataclass(frozen=True)
    ... class Square(Cell):
    ...     number: int
    ...     def run(self, folder, inputs):
    ...         return {"square": self.number**2}
    >>> Square(2).key == Square(2).key != Square(3).key
    True
    """

    VERSION: ClassVar[int] = 1
    MEMORY_GIB: ClassVar[float] = 2.0
    GOES_ON: ClassVar[bool] = False  # whether `run` goes on in the folder a killed run left

    @property
    def inputs(self):
        """The cells among the fields, by field; those of a tuple by field and place."""
        found = {}
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Cell):
                found[item.name] = value
            elif isinstance(value, tuple):
                cells = [
                    (place, part) for place, part in enumerate(value) if isinstance(part, Cell)
                ]
                found.update({f"{item.name}/{place}": part for place, part in cells})
        return found

    @property
    def specification(self):
        """Everything the result depends on, as JSON-serialisable dicts."""
        values = {"cell": type(self).__name__, "version": self.VERSION}
        for item in dataclasses.fields(self):
            if item.metadata.get("identity", True):
                values[item.name] = _specified(getattr(self, item.name))
        return values

    @property
    def key(self):
        """Hash of the specification."""
        text = json.dumps(self.specification, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:_KEY_LENGTH]

    @property
    def title(self):
        """What progress and errors call the cell."""
        return type(self).__name__

    def run(self, folder, inputs):
        """Compute the result.

        Args:
            folder: `pathlib.Path` of an empty folder for arrays, weights and pictures.
            inputs: Folders of the cells among the fields, by field.

        Returns:
            JSON-serialisable dict.
        """
        raise NotImplementedError


def _specified(value):
    if isinstance(value, tuple):
        return [_specified(part) for part in value]
    return value.specification if isinstance(value, Cell) else value
