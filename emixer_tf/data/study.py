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
        labels: Values from 0 to 1 by name, or None where they are unknown.
        patient: Who was filmed; studies of one patient stay in one split.
        source: Where it comes from (file and row), for messages.
        split: "train", "val", "test", or None where it is still to be drawn.

    Example:

    >>> from emixer_tf.data.sources.phantom.studies import study
    >>> drawn = study(seed=0, index=1, resolution=32)
    >>> drawn.image.shape, [name for name, value in drawn.labels.items() if value]
    ((32, 32), ['Edema', 'Atelectasis', 'Pleural Other', 'Support Devices'])
    >>> drawn.report.split(". ")[1]
    'There is moderate bilateral pulmonary edema'
    """

    image: np.ndarray
    report: str | None
    labels: dict | None
    patient: str
    source: str
    split: str | None = None


class Film(Protocol):
    """A film that is not read yet. It is small and can be sent to another process.

    Example:

    >>> from emixer_tf.data.sources.phantom_studies import PhantomFilm
    >>> film = PhantomFilm(seed=0, index=3)  # drawn when it is read
    >>> film.name, film.read(at_least=32).shape
    ('phantom-0-3', (32, 32))
    """

    @property
    def name(self) -> str:
        """The same on every machine: it does not depend on where the data lie."""

    def state(self) -> str:
        """Return what changes when the film is replaced, so that it is read again.

        Returns:
            str; "" for a film that is never replaced.
        """

    def read(self, at_least: int) -> np.ndarray:
        """Read the film.

        Args:
            at_least: Pixels of the short side that are wanted; a reader may stop there.

        Returns:
            float32 `[height, width]` or `[height, width, 3]` in [0, 1].

        Raises:
            RowError: If the film cannot be read.
        """


@dataclass(frozen=True)
class ListedStudy:
    """A study whose film is still to be read.

    Args:
        film: `Film`.
        report: The report's text, or None.
        labels: Values from 0 to 1 by name, NaN where one is unknown, or None where all are.
        patient: Who was filmed; studies of one patient stay in one split.
        source: Where it comes from (file and row), for messages.
        split: "train", "val", "test", or None where it is still to be drawn.

    Example:

    >>> from emixer_tf.data.film_file import FilmFile
    >>> from emixer_tf.data.splits import with_split
    >>> film = FilmFile("films", "a.png")  # may be missing until it is read
    >>> study = ListedStudy(film, "No edema.", {"Edema": 0.0}, "patient 7", "films.csv, row 2")
    >>> study.split, with_split(study).split  # drawn by the patient
    (None, 'train')
    """

    film: Film
    report: str | None
    labels: dict | None
    patient: str
    source: str
    split: str | None = None
