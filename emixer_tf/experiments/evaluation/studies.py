"""Studies that are compared: films, labels and reports in one order."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.data.reports import words_alone


@dataclass(frozen=True)
class Studies:
    """Studies, real or generated.

    Args:
        ids: n names, none twice.
        films: uint8 `[n, R, R, C]`.
        label_names: K names.
        labels: float32 `[n, K]`: of real studies what is known, of generated ones what was asked.
        known: bool `[n, K]`: whether a label is known, and 0 or 1.
        reports: n texts: sentences of lower-case words, as `joined_sentences` joins them; "" where
            there is none.
    """

    ids: list
    films: np.ndarray
    label_names: tuple
    labels: np.ndarray
    known: np.ndarray
    reports: list

    def __len__(self):
        return len(self.ids)

    @property
    def words(self):
        """The reports as words separated by spaces; full stops are no words."""
        return [words_alone(report) for report in self.reports]

    @property
    def reported(self):
        """Places of the studies that have a report, int `[m]`."""
        return np.flatnonzero([bool(report) for report in self.reports])

    def take(self, places):
        """Return some of the studies, in the order of `places`."""
        return Studies(
            [self.ids[place] for place in places],
            self.films[places],
            self.label_names,
            self.labels[places],
            self.known[places],
            [self.reports[place] for place in places],
        )

    def title(self, place):
        """Return the names of a study's positive labels."""
        row = self.labels[place] * self.known[place]
        named = [name for name, value in zip(self.label_names, row, strict=True) if value > 0]
        return ", ".join(named) or "no label"
