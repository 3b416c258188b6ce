"""The real studies of an experiment: prepared data, and its splits as arrays."""

import hashlib
import json
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path

import numpy as np

from emixer_tf.experiments.cell import Cell, not_identity

_NAMES = "names.json"


@dataclass(frozen=True)
class PhantomData(Cell):
    """Phantom studies with as many in each split as are asked for.

    Args:
        train, val, test: Studies.
        resolution: Of the films, in pixels.
        seed: Of the studies.
    """

    train: int
    val: int
    test: int
    resolution: int
    seed: int = 0

    @property
    def title(self):
        """What progress calls it."""
        return f"phantom, {self.train} + {self.val} + {self.test} studies"

    @property
    def name(self):
        """Name of the data set."""
        return "phantom"

    @property
    def note(self):
        """What a page of results says of the data."""
        counts = {"train": self.train, "val": self.val, "test": self.test}
        return f"phantoms, {_sizes(counts, self.resolution)}, drawn by a program."

    def run(self, folder, inputs):
        """Prepare the data in `folder/data`."""
        from emixer_tf.data import Preparation, prepare
        from emixer_tf.data.flow import Flow
        from emixer_tf.data.sources import phantom_studies

        total = self.train + self.val + self.test
        listing = phantom_studies.listing(Flow(), total, self.seed)
        splits = ["train"] * self.train + ["val"] * self.val + ["test"] * self.test
        listing.studies = [
            replaced(study, split=split)
            for study, split in zip(listing.studies, splits, strict=True)
        ]
        prepare(listing, folder / "data", Preparation(self.resolution))
        return {}

    def place(self, folder):
        """Return the prepared data of the cell's folder."""
        return folder / "data"


@dataclass(frozen=True)
class PreparedData(Cell):
    """Data that `emixer prepare` wrote.

    Args:
        digest: Of its card, which names every count and every choice.
        path: Where it lies.
    """

    digest: str
    path: str = not_identity(default="")

    @classmethod
    def of(cls, path):
        """Return the cell of a prepared data set."""
        from emixer_tf.data import read_card

        card = read_card(path)
        return cls(hashlib.sha256(card.to_json().encode()).hexdigest(), str(Path(path).resolve()))

    @property
    def title(self):
        """What progress calls it."""
        return f"data of {self.path}"

    @property
    def name(self):
        """Name of the data set."""
        return self._card().name

    @property
    def note(self):
        """What a page of results says of the data: without positive studies there is no score."""
        card = self._card()
        positives = card.label_counts["test"].items()
        told = ", ".join(f"{label} {count:,}" for label, count in positives)
        return (
            f"{Path(self.path).name}, {_sizes(card.counts, card.resolution)}; "
            f"{card.unreported:,} of all have no report. Positive in the test split: {told}."
        )

    def run(self, folder, inputs):
        """Nothing is to be done: the data are there."""
        return {}

    def place(self, folder):
        """Return where the prepared data lie."""
        return Path(self.path)

    def _card(self):
        from emixer_tf.data import read_card

        return read_card(self.path)


def _sizes(counts, resolution):
    return (
        f"{counts['train']:,} training, {counts['val']:,} validation and {counts['test']:,} test "
        f"studies of {resolution} px"
    )


@dataclass(frozen=True)
class RealStudies(Cell):
    """A data set's splits as arrays.

    Args:
        data: `PhantomData` or `PreparedData`.
    """

    data: Cell

    @property
    def title(self):
        """What progress calls it."""
        return "real studies as arrays"

    def run(self, folder, inputs):
        """Write `train`, `val` and `test`, and the labels' names."""
        from emixer_tf.data import read_card
        from emixer_tf.data.stored_studies import read_stored
        from emixer_tf.experiments.study_arrays import StudyArrays

        place = self.data.place(inputs["data"])
        card = read_card(place)
        for split, count in card.counts.items():
            if not count:
                continue
            studies = read_stored(place, split)
            StudyArrays(
                films=studies["image"],
                tokens=studies["tokens"],
                labels=studies["labels"],
                label_mask=studies["label_mask"] * studies["labelled"][:, None],
                reported=studies["reported"],
                reports=studies["report"],
            ).save(folder / split)
        words = {"labels": card.labels, "vocabulary": card.vocabulary}
        (folder / _NAMES).write_text(json.dumps(words), encoding="utf-8")
        return {"counts": card.counts, "labels": card.labels, "data": card.name}


def real_split(folder, split):
    """Return a split of `RealStudies`.

    Args:
        folder: The cell's folder.
        split: "train", "val" or "test".

    Raises:
        ValueError: If the data have no studies in the split.
    """
    from emixer_tf.experiments.study_arrays import StudyArrays

    if not (folder / split).is_dir():
        raise ValueError(
            f"The data have no studies in {split!r}, which the experiment needs. Remedy: prepare "
            "them with all of train, val and test."
        )
    return StudyArrays.load(folder / split)


def label_names(folder):
    """Return the labels of `RealStudies`, in the order of the label vectors."""
    return tuple(json.loads((folder / _NAMES).read_text(encoding="utf-8"))["labels"])


def vocabulary_words(folder):
    """Return the words of `RealStudies`, in the order of their ids."""
    return json.loads((folder / _NAMES).read_text(encoding="utf-8"))["vocabulary"]


def known_label_rows(studies):
    """Return the label rows `[m, K]` of studies whose labels are all known as 0 or 1.

    Raises:
        ValueError: If there is none.
    """
    rows = np.asarray(studies.labels)[studies.known.all(axis=1)]
    if not len(rows):
        raise ValueError(
            "No training study has all labels known as 0 or 1, and studies are generated for whole "
            "rows of labels. Remedy: prepare the data with another policy for uncertain labels."
        )
    return rows
