"""Training a generator, and making studies with it."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cells.data import RealStudies, known_label_rows, real_split
from emixer_tf.experiments.methods import METHODS

_MADE_AT_ONCE = 1024


@dataclass(frozen=True)
class Generator(Cell):
    """A generator of studies, trained on the training split.

    Args:
        data: `PhantomData` or `PreparedData`.
        method: Name of a method in `METHODS`.
        configuration: Name of a configuration; labels, vocabulary and sizes are the data's.
        changes: `FIELD=VALUE` changes of it.
        steps: Generator steps.
        seed: Of weights, noise and order.
    """

    data: Cell
    method: str
    configuration: str
    changes: tuple
    steps: int
    seed: int
    GOES_ON: ClassVar[bool] = True  # from its last checkpoint

    @property
    def title(self):
        """What progress calls it."""
        told = [change for change in self.changes if change.startswith("labelled_fraction")]
        return " ".join([self.method, *told, f"seed {self.seed}"])

    def run(self, folder, inputs):
        """Train; the preset is `folder/preset`."""
        return METHODS[self.method](
            data=self.data.place(inputs["data"]),
            configuration=self.configuration,
            changes=[*self.changes, f"seed={self.seed}"],
            steps=self.steps,
            folder=folder,
        )


@dataclass(frozen=True)
class SyntheticStudies(Cell):
    """Studies that a generator made from label rows of the training split.

    Args:
        generator: `Generator`.
        real: `RealStudies`, for the label rows and the vocabulary's limits.
        count: Number of studies.
        temperature: Of the words.
        seed: Of the choice of rows and of the studies.
    """

    generator: Cell
    real: RealStudies
    count: int
    temperature: float
    seed: int

    @property
    def title(self):
        """What progress calls it."""
        return f"{self.count} studies of {self.generator.title}"

    def run(self, folder, inputs):
        """Write the studies as `StudyArrays`, and a sheet of some."""
        from emixer_tf.data.reports import joined_sentences, report_sentences
        from emixer_tf.data.vocabulary import Vocabulary
        from emixer_tf.experiments.study_arrays import StudyArrays, joined
        from emixer_tf.models.emixer import EMIXER
        from emixer_tf.sheets import contact_sheet

        rows = known_label_rows(real_split(inputs["real"], "train"))
        picks = np.random.default_rng(self.seed).integers(0, len(rows), self.count)
        model = EMIXER.from_preset(inputs["generator"] / "preset")
        vocabulary, config = Vocabulary(model.vocabulary), model.config
        parts = []
        for start in range(0, self.count, _MADE_AT_ONCE):
            labels = rows[picks[start : start + _MADE_AT_ONCE]]
            seed = self.seed * self.count + start
            made = model.generate(labels, seed=seed, temperature=self.temperature)
            sentences = [report_sentences(report) for report in made.reports]
            parts.append(
                StudyArrays(
                    films=made.images,
                    tokens=np.stack(
                        [
                            vocabulary.encode(report, config.sentences, config.words)
                            for report in sentences
                        ]
                    ),
                    labels=labels,
                    label_mask=np.ones_like(labels),
                    reported=np.array([float(bool(report)) for report in sentences], "float32"),
                    reports=[joined_sentences(report) for report in sentences],
                )
            )
            if not start:
                shown = range(min(14, len(made.images)))
                contact_sheet(
                    made.images[: len(shown)], [made.title(i) for i in shown],
                    made.reports[: len(shown)],
                ).save(folder / "sheet.png")  # fmt: skip
        joined(parts).save(folder)
        return {}
