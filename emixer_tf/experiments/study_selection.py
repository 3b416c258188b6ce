"""Studies chosen from several arrays, which stay on disk until a batch is taken."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.experiments.study_arrays import ARRAYS, StudyArrays


@dataclass(frozen=True)
class StudySelection:
    """Some studies of one or several `StudyArrays`, in an order of their own.

    Args:
        parts: Tuple of `StudyArrays` with studies of one size.
        addresses: int `[n, 2]`: part, and place in it.
    """

    parts: tuple
    addresses: np.ndarray

    @classmethod
    def of(cls, *parts):
        """Return all studies of `StudyArrays`, one after the other."""
        addresses = [
            np.stack([np.full(len(part), number), np.arange(len(part))], axis=1)
            for number, part in enumerate(parts)
        ]
        return cls(parts, np.concatenate(addresses))

    def __len__(self):
        return len(self.addresses)

    def __add__(self, other):
        """Return the studies of both, these first."""
        moved = other.addresses + np.array([len(self.parts), 0])
        return StudySelection((*self.parts, *other.parts), np.concatenate([self.addresses, moved]))

    @property
    def film_shape(self):
        """Shape of a film, `(R, R, C)`."""
        return self.parts[0].films.shape[1:]

    @property
    def token_shape(self):
        """Shape of a report's word ids, `(S, W)`."""
        return self.parts[0].tokens.shape[1:]

    @property
    def label_count(self):
        """Number of labels."""
        return self.parts[0].labels.shape[1]

    def with_reports(self):
        """Return the studies that have a report."""
        return self.select(np.flatnonzero(self._gathered("reported", self.addresses)))

    def select(self, places):
        """Return some of the studies, without reading them."""
        return StudySelection(self.parts, self.addresses[places])

    def take(self, places):
        """Return some of the studies as `StudyArrays` in memory, in the order of `places`."""
        chosen = self.addresses[places]
        arrays = {name: self._gathered(name, chosen) for name in ARRAYS}
        reports = [self.parts[number].reports[place] for number, place in chosen]
        return StudyArrays(**arrays, reports=reports)

    def _gathered(self, name, addresses):
        """Return the rows of an array at addresses, read part by part."""
        first = getattr(self.parts[0], name)
        rows = np.empty((len(addresses), *first.shape[1:]), first.dtype)
        for number, part in enumerate(self.parts):
            here = addresses[:, 0] == number
            rows[here] = getattr(part, name)[addresses[here, 1]]
        return rows
