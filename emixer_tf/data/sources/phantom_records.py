"""Phantom studies as prepared data."""

import dataclasses

from rich.progress import track

from emixer_tf.data.records import write_records
from emixer_tf.data.sources import phantom
from emixer_tf.data.splits import split_by_patient


def prepare_phantom(out, n, resolution, seed=0, channels=1, overwrite=False):
    """Draw phantom studies and write them as prepared data.

    Args:
        out: Folder to make.
        n: Number of studies.
        resolution: Pixels of a side.
        seed: Of the studies.
        channels: 1 or 3.
        overwrite: Whether an existing data set may be replaced.

    Returns:
        `DatasetCard`.
    """

    def drawn():
        studies = phantom.studies(n, seed, resolution)
        for study in track(studies, "Drawing phantom studies", total=n):
            (split,) = split_by_patient([study.patient])
            yield dataclasses.replace(study, split=split)

    return write_records(
        drawn(), out, "phantom", phantom.LABELS, resolution, channels,
        sentences=8, words=16, overwrite=overwrite,
        notes=["A phantom: films drawn by a program, reports written by a grammar. No patients."],
    )  # fmt: skip
