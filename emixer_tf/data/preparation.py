"""How studies become records."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Preparation:
    """How studies become records.

    Args:
        resolution: Pixels of a side.
        channels: 1 or 3.
        fit: How a film becomes a square: "pad", "crop" or "stretch".
        marks: What becomes of de-identification marks: "keep", "drop" or "drop-sentence".
        minimum_count: Occurrences in the training split that a word needs; None for the source's.
        sentences, words: Limits of a report; None for the 99th percentiles of the training split.
        seed: Of splits that the source does not give.
        allow_look_alikes: Whether films that look alike may stand in two splits.
        workers: Processes that read films.
        runner: Apache Beam runner that reads films instead, or None.
        runner_options: Further options of the runner.
        overwrite: Whether an existing data set may be replaced.
    """

    resolution: int = 64
    channels: int = 1
    fit: str = "pad"
    marks: str = "keep"
    minimum_count: int | None = None
    sentences: int | None = None
    words: int | None = None
    seed: int = 0
    allow_look_alikes: bool = False
    workers: int = 1
    runner: str | None = None
    runner_options: tuple = ()
    overwrite: bool = False
