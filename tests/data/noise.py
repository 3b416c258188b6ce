"""Films of noise, for tests of what happens to films."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from emixer_tf.data.errors import RowError
from emixer_tf.data.flow import Flow
from emixer_tf.data.listing import Listing
from emixer_tf.data.study import ListedStudy


@dataclass(frozen=True)
class NoiseFilm:
    """A film that is a function of its seed.

    Args:
        seed: Of the noise; None for a film that cannot be read.
        diary: Folder where every reading leaves a file, or None.
        deadly: Whether reading it kills the process, as long as the file `alive` is not in the
            diary.
    """

    seed: int | None
    diary: str | None = None
    deadly: bool = False

    @property
    def name(self):
        return f"{self.seed}.png"

    def state(self):
        return f"{self.seed}"

    def read(self, at_least):
        if self.deadly and not (Path(self.diary) / "alive").exists():
            os.kill(os.getpid(), signal.SIGKILL)
        if self.diary:
            with open(Path(self.diary) / self.name, "a") as file:
                file.write(".")
        if self.seed is None:
            raise RowError("unreadable film", f"{self.name}: there is no such file. Remedy: none.")
        return np.random.default_rng(self.seed).random((at_least, at_least), "float32")


@dataclass(frozen=True)
class NearlyEqualFilm(NoiseFilm):
    """The film of a seed with one corner in another shade."""

    shade: float = 0.5

    def read(self, at_least):
        film = super().read(at_least)
        film[:1, :2] = self.shade
        return film


def study(number, edema=None, split="train", report="No edema.", patient=None, film=None):
    """Return a `ListedStudy` of a film of noise."""
    edema = float(number % 2) if edema is None else edema
    return ListedStudy(
        film or NoiseFilm(number),
        report,
        {"edema": edema},
        patient or f"patient-{number}",
        f"films.csv, row {number}",
        split,
    )


def listing(*studies, on_error="stop", labels=("edema",), **fields):
    """Return a `Listing` of studies."""
    fields = {"minimum_count": 1, **fields}
    return Listing("noise", labels, list(studies), Flow(on_error), **fields)


def files_of(folder):
    """Return the bytes of all files of a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}
