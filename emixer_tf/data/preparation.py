"""How studies become records."""

from dataclasses import dataclass

from emixer_tf.names import check_choice

CHANNELS = (1, 3)
FITS = ("pad", "crop", "stretch")
MARKS = ("keep", "drop", "drop-sentence")
NEAR_DUPLICATES = ("error", "drop", "allow")
RUNNERS = ("DirectRunner", "DataflowRunner", "FlinkRunner", "SparkRunner")


@dataclass(frozen=True)
class Preparation:
    """How studies become records.

    Args:
        resolution: Pixels of a side, 1 or more.
        channels: 1 or 3.
        fit: How a film becomes a square: "pad", "crop" or "stretch".
        marks: What becomes of de-identification marks: "keep", "drop" or "drop-sentence".
        minimum_count: Occurrences in the training split that a word needs; None for the source's.
        sentences, words: Limits of a report and of a sentence; None for the source's, or where it
            has none, for the 99th percentiles of the training split.
        seed: Of splits that the source does not give.
        near_duplicates: What becomes of films that look alike and stand in two splits: "error",
            "drop" (the one that is held out less goes) or "allow".
        workers: Processes that read films.
        runner: Apache Beam runner that reads films instead, one of `RUNNERS`, or None.
        runner_options: Further options of the runner, "name=value" each.
        overwrite: Whether an existing data set may be replaced.

    Raises:
        ValueError: If a choice is unknown, or a number below 1.

    Example:

    >>> Preparation(resolution=128, fit="crop").notes()[0]
    'Films: 128 px, crop; near duplicates in two splits: error.'
    """

    resolution: int = 64
    channels: int = 1
    fit: str = "pad"
    marks: str = "keep"
    minimum_count: int | None = None
    sentences: int | None = None
    words: int | None = None
    seed: int = 0
    near_duplicates: str = "error"
    workers: int = 1
    runner: str | None = None
    runner_options: tuple = ()
    overwrite: bool = False

    def __post_init__(self):
        choices = {
            "channels": CHANNELS,
            "fit": FITS,
            "marks": MARKS,
            "near_duplicates": NEAR_DUPLICATES,
        }
        for name, allowed in choices.items():
            check_choice(name, getattr(self, name), allowed)
        for name in ("resolution", "workers", "minimum_count", "sentences", "words"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ValueError(f"{name} is at least 1. Received: {name}={value}")

    def notes(self):
        """Return the choices as remarks for the card.

        Returns:
            List of sentences.
        """
        return [
            f"Films: {self.resolution} px, {self.fit}; near duplicates in two splits: "
            f"{self.near_duplicates}.",
            f"Marks of de-identification: {self.marks}. Seed {self.seed}.",
        ]
