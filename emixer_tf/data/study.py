"""A study: one film, its report and its labels."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np


@dataclass(frozen=True)
class Study:
    """One film with what is known of it.

    Args:
        image: float32 `[height, width]` or `[height, width, 3]` in [0, 1].
        report: The report's text, or None.
        labels: Label values by name, or None where they are unknown.
        patient: Who was filmed; studies of one patient stay in one split.
        source: Where it comes from (file and row), for messages.
        split: "train", "val", "test", or None where it is still to be drawn.
    """

    image: np.ndarray
    report: str | None
    labels: dict | None
    patient: str
    source: str
    split: str | None = None


class Film(Protocol):
    """A film that is not read yet. It is small and can be sent to another process."""

    @property
    def name(self) -> str:
        """The same on every machine: it does not depend on where the data lie."""

    def state(self) -> str:
        """What changes when the film is replaced, so that it is read again."""

    def read(self, at_least: int) -> np.ndarray:
        """Return float32 `[height, width]` or `[height, width, 3]` in [0, 1].

        Args:
            at_least: Pixels of the short side that are wanted; a reader may stop there.

        Raises:
            RowError: If the film cannot be read.
        """


@dataclass(frozen=True)
class ListedStudy:
    """A study whose film is still to be read.

    Args:
        film: `Film`.
        report: The report's text, or None.
        labels: Label values by name, NaN where one is unknown, or None where all are.
        patient: Who was filmed; studies of one patient stay in one split.
        source: Where it comes from (file and row), for messages.
        split: "train", "val", "test", or None where it is still to be drawn.
    """

    film: Film
    report: str | None
    labels: dict | None
    patient: str
    source: str
    split: str | None = None
