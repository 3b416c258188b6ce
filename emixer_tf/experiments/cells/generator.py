"""Training a generator, and making studies with it."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cells.data import RealStudies, known_label_rows, real_split
from emixer_tf.experiments.methods import train_method

STEPS_PER_EPOCH = 250  # between checkpoints
_MADE_AT_ONCE = 1024
_SHOWN = 14  # on the sheet
_METHOD_VERSIONS = {"EMIXER": 2}  # raised where one method alone learns or writes otherwise


@dataclass(frozen=True)
class Generator(Cell):
    """A generator of studies, trained on the training split.

    Args:
        data: `PhantomData` or `PreparedData`.
        method: Name of a method in tables.
        configuration: Name of a configuration; labels, vocabulary and sizes are the data's.
        changes: `FIELD=VALUE` changes of it.
        steps: Generator steps.
        seed: Of weights, noise and order.
        begun: The same `Generator` after fewer steps, which this one goes on from; None: from the
            first step.
    """

    data: Cell
    method: str
    configuration: str
    changes: tuple
    steps: int
    seed: int
    begun: Cell | None = None
    VERSION: ClassVar[int] = 4  # words begin as frequent as Zipf says
    GOES_ON: ClassVar[bool] = True  # from its last checkpoint

    @property
    def title(self):
        """What progress calls it."""
        told = [change for change in self.changes if change.startswith("labelled_fraction")]
        if self.begun is not None:
            told.append(f"after {self.steps} steps")
        return " ".join([self.method, *told, f"seed {self.seed}"])

    @property
    def specification(self):
        """The parameters, and which version of the method it was."""
        version = _METHOD_VERSIONS.get(self.method)
        return super().specification | ({"method_version": version} if version else {})

    def run(self, folder, inputs):
        """Train; the preset is `folder/preset`."""
        if self.begun is not None:
            from emixer_tf.training.checkpoint import go_on_from

            go_on_from(inputs["begun"], folder)
        return train_method(
            self.method,
            data=self.data.place(inputs["data"]),
            configuration=self.configuration,
            changes=[*self.changes, f"seed={self.seed}"],
            steps=self.steps,
            steps_per_epoch=min(STEPS_PER_EPOCH, (self.begun or self).steps),
            folder=folder,
        )


class GeneratedStudies(Cell):
    """Studies by a generator: `count` of them, whose `origin` those name that learn from them."""

    @property
    def title(self):
        """What progress calls it."""
        return f"{self.count} studies of {self.origin}"


@dataclass(frozen=True)
class SyntheticStudies(GeneratedStudies):
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

    VERSION: ClassVar[int] = 3  # sentences do not run in circles

    @property
    def origin(self):
        """What those call it that learn from it."""
        return self.generator.title

    def run(self, folder, inputs):
        """Write the studies as `StudyArrays`, and a sheet of some."""
        from emixer_tf.baselines import load_study_generator
        from emixer_tf.experiments.study_arrays import save_parts

        rows = known_label_rows(real_split(inputs["real"], "train"))
        picks = np.random.default_rng(self.seed).integers(0, len(rows), self.count)
        model = load_study_generator(inputs["generator"] / "preset")

        def made(start, count):
            labels = rows[picks[start : start + count]]
            seed = self.seed * self.count + start
            return model.generate(labels, seed=seed, temperature=self.temperature)

        starts = range(0, self.count, _MADE_AT_ONCE)
        parts = (as_arrays(made(start, _MADE_AT_ONCE), model) for start in starts)
        save_parts(folder, self.count, parts)
        _sheet(made(0, _SHOWN)).save(folder / "sheet.png")
        return {}


@dataclass(frozen=True)
class StudiesAsRead(GeneratedStudies):
    """Generated studies with the labels that their generator reads off their films.

    Args:
        generator: `Generator` of a method that reads labels off films.
        synthetic: `SyntheticStudies` of this generator, whose labels are those that were asked for.
    """

    generator: Cell
    synthetic: Cell

    @property
    def origin(self):
        """What those call it that learn from it."""
        return f"{self.generator.title}, labels as read"

    @property
    def count(self):
        """Number of studies."""
        return self.synthetic.count

    def run(self, folder, inputs):
        """Write the studies as `StudyArrays`."""
        from emixer_tf.baselines import load_study_generator
        from emixer_tf.experiments.study_arrays import StudyArrays, save_parts

        model = load_study_generator(inputs["generator"] / "preset")
        asked = StudyArrays.load(inputs["synthetic"])

        def as_read(start):
            some = asked.take(np.arange(start, min(start + _MADE_AT_ONCE, len(asked))))
            return replace(some, labels=model.read_labels(some.films))

        save_parts(folder, len(asked), map(as_read, range(0, len(asked), _MADE_AT_ONCE)))
        return {}


def as_arrays(made, model):
    """Return generated studies as `StudyArrays`.

    Args:
        made: `emixer_tf.models.generation.Studies`.
        model: The generator, for its vocabulary and the limits of a report.
    """
    from emixer_tf.data.reports import joined_sentences, report_sentences
    from emixer_tf.data.vocabulary import Vocabulary
    from emixer_tf.experiments.study_arrays import StudyArrays

    vocabulary, limits = Vocabulary(model.vocabulary), (model.config.sentences, model.config.words)
    sentences = [report_sentences(report) for report in made.reports]
    return StudyArrays(
        films=made.images,
        tokens=np.stack([vocabulary.encode(report, *limits) for report in sentences]),
        labels=made.label_values,
        label_mask=np.ones_like(made.label_values),
        reported=np.array([bool(report) for report in sentences], "float32"),
        reports=[joined_sentences(report) for report in sentences],
    )


def _sheet(made):
    from emixer_tf.sheets import contact_sheet

    titles = [made.title(place) for place in range(len(made.images))]
    return contact_sheet(made.images, titles, made.reports)
