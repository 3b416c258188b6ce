"""A study: one film, its report and its labels."""

from dataclasses import dataclass

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
