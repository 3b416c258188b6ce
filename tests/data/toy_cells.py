"""Cells that cost nothing, in a module that spawned processes can import."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from emixer_tf.experiments.cell import Cell, not_identity

VALUE = "value.txt"
_PATIENCE = 60.0


def note(log, line):
    """Add a line to a file; lines of several processes do not mix."""
    with open(log, "a", encoding="utf-8") as file:
        file.write(line + "\n")


def noted(log):
    return Path(log).read_text(encoding="utf-8").splitlines() if Path(log).exists() else []


def wait_for(path):
    end = time.monotonic() + _PATIENCE
    while not Path(path).exists():
        if time.monotonic() > end:
            raise TimeoutError(f"{path} did not come.")
        time.sleep(0.02)


@dataclass(frozen=True)
class Number(Cell):
    """A number, written into the folder; `log` gets a line whenever it is computed."""

    value: float
    log: str = not_identity(default="")

    @property
    def title(self):
        return f"number {self.value}"

    def run(self, folder, inputs):
        assert not list(folder.iterdir())
        if self.log:
            note(self.log, self.title)
        (folder / VALUE).write_text(str(self.value), encoding="utf-8")
        return {"scores": {"value": self.value}}


@dataclass(frozen=True)
class Sum(Cell):
    """The sum of cells that wrote a number."""

    parts: tuple
    log: str = not_identity(default="")

    @property
    def title(self):
        return f"sum of {len(self.parts)}"

    def run(self, folder, inputs):
        if self.log:
            note(self.log, self.title)
        values = [
            float((inputs[f"parts/{place}"] / VALUE).read_text(encoding="utf-8"))
            for place in range(len(self.parts))
        ]
        (folder / VALUE).write_text(str(sum(values)), encoding="utf-8")
        return {"scores": {"value": sum(values)}}


@dataclass(frozen=True)
class Negative(Cell):
    """A cell with another as a field."""

    of: Cell | None

    def run(self, folder, inputs):
        value = float((inputs["of"] / VALUE).read_text(encoding="utf-8"))
        return {"scores": {"value": -value}}


@dataclass(frozen=True)
class Failing(Cell):
    """Writes half of its work, and fails with one of the errors that cells have sentences for."""

    message: str

    @property
    def title(self):
        return f"the cell that says {self.message!r}"

    def run(self, folder, inputs):
        (folder / VALUE).write_text("half", encoding="utf-8")
        raise ValueError(self.message)


@dataclass(frozen=True)
class FailingWith(Cell):
    """Fails with an error that only a fault of the code brings."""

    kind: str

    @property
    def title(self):
        return f"the cell of {self.kind}"

    def run(self, folder, inputs):
        raise {"KeyError": KeyError, "TypeError": TypeError, "MemoryError": MemoryError}[self.kind](
            "what was missing"
        )


@dataclass(frozen=True)
class Killed(Cell):
    """Its process is killed."""

    after: Cell

    @property
    def title(self):
        return f"killed after {self.after.title}"

    def run(self, folder, inputs):
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Gated(Cell):
    """Writes half of its work, says so with its process, and goes on when `gate` is there."""

    number: int
    gate: str = not_identity(default="")
    log: str = not_identity(default="")

    @property
    def title(self):
        return f"gated {self.number}"

    def run(self, folder, inputs):
        assert not list(folder.iterdir())
        (folder / "half.txt").write_text("half", encoding="utf-8")
        note(self.log, f"{self.title} in {os.getpid()}")
        wait_for(self.gate)
        return {"scores": {"value": self.number}}


@dataclass(frozen=True)
class Slow(Cell):
    """Notes when it begins and ends."""

    MEMORY_GIB: ClassVar[float] = 2.0

    number: int
    seconds: float
    log: str = not_identity(default="")

    def run(self, folder, inputs):
        note(self.log, f"begin {self.number}")
        time.sleep(self.seconds)
        note(self.log, f"end {self.number}")
        return {}


@dataclass(frozen=True)
class Meeting(Cell):
    """Ends only if another of its kind runs at the same time."""

    own: str
    other: str

    def run(self, folder, inputs):
        Path(self.own).touch()
        wait_for(self.other)
        return {}


@dataclass(frozen=True)
class Odd(Cell):
    """A result of NumPy's numbers, of undefined ones, and of names that are no text."""

    number: int = 0

    def run(self, folder, inputs):
        return {
            "scores": {"nan": float("nan"), "inf": np.float64("inf"), "half": np.float32(0.5)},
            "count": np.int64(3),
            "whether": np.bool_(True),
            "table": np.array([[1.0, np.nan], [2.0, 3.0]]),
            "pairs": (1, (np.int32(2), "three")),
            "by_number": {1: None},
        }
