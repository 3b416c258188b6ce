"""Studies as arrays on disk: what cells hand to each other."""

import json
from dataclasses import dataclass

import numpy as np

from emixer_tf.models.generation import films_to_float

ARRAYS = ("films", "tokens", "labels", "label_mask", "reported")


@dataclass(frozen=True)
class StudyArrays:
    """Studies, real or generated.

    Args:
        films: uint8 `[n, R, R, C]`.
        tokens: int32 `[n, S, W]`, word ids, as in the batches of `load_dataset`.
        labels: float32 `[n, K]`, 0, 1, or between them where an uncertain label is soft.
        label_mask: float32 `[n, K]`, 0 where a label is unknown.
        reported: float32 `[n]`, 0 where a study has no report.
        reports: n texts: sentences of lower-case words, joined.
    """

    films: np.ndarray
    tokens: np.ndarray
    labels: np.ndarray
    label_mask: np.ndarray
    reported: np.ndarray
    reports: list

    def __len__(self):
        return len(self.films)

    @property
    def images(self):
        """The films as float32 in [-1, 1]."""
        return films_to_float(np.asarray(self.films))

    @property
    def known(self):
        """Whether a label is known, and 0 or 1: what can be scored, bool `[n, K]`."""
        labels = np.asarray(self.labels)
        return (np.asarray(self.label_mask) > 0) & ((labels == 0) | (labels == 1))

    def take(self, places):
        """Return some of the studies, in the order of `places`."""
        arrays = {name: getattr(self, name)[places] for name in ARRAYS}
        return StudyArrays(**arrays, reports=[self.reports[place] for place in places])

    def save(self, folder):
        """Write the studies to a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "reports.json").write_text(json.dumps(self.reports), encoding="utf-8")

    @classmethod
    def load(cls, folder):
        """Read what `save` wrote; the arrays stay on disk until they are used."""
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
        return cls(**arrays, reports=json.loads((folder / "reports.json").read_text("utf-8")))


def save_parts(folder, count, parts):
    """Write studies that come in parts to a folder, without holding all of them in memory.

    Args:
        folder: `pathlib.Path` of a folder, from which `StudyArrays.load` reads.
        count: Number of studies in all.
        parts: Iterable of `StudyArrays`.
    """
    arrays, reports = {}, []
    for part in parts:
        here = slice(len(reports), len(reports) + len(part))
        for name in ARRAYS:
            values = getattr(part, name)
            if name not in arrays:
                arrays[name] = np.lib.format.open_memmap(
                    folder / f"{name}.npy", "w+", values.dtype, (count, *values.shape[1:])
                )
            arrays[name][here] = values
        reports += part.reports
    for array in arrays.values():
        array.flush()
    (folder / "reports.json").write_text(json.dumps(reports), encoding="utf-8")
