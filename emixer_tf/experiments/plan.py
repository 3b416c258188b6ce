"""The cells that several experiments share, so that each is computed once."""

from dataclasses import dataclass, replace

from emixer_tf.config import EmixerConfig
from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cells.classifiers import (
    FilmClassification,
    JointClassification,
    NothingFound,
)
from emixer_tf.experiments.cells.data import RealStudies
from emixer_tf.experiments.cells.generator import Generator, StudiesAsRead, SyntheticStudies
from emixer_tf.experiments.cells.generator_quality import GeneratorQuality
from emixer_tf.experiments.cells.mix import Mix
from emixer_tf.experiments.cells.report_generation import ReportGeneration
from emixer_tf.experiments.scales import Scale

ONLY_REAL = Mix(real=None, synthetic=0)
_READ_FILM_LABELS = ("EMIXER", "SM-GAN")  # methods whose encoder can learn labels
_JUDGES = 3
_FIRST_JUDGE_SEED = 1000  # of no arm


@dataclass(frozen=True)
class Arm:
    """One line of a table for one seed: a name, and the cells that score it.

    Args:
        name: What was trained on.
        method: Name of the generator's method, "" where none was used.
        seed: Of everything.
        cells: Tuple of `Cell`s whose scores are put together.
    """

    name: str
    method: str
    seed: int
    cells: tuple


@dataclass(frozen=True)
class Plan:
    """What is computed on: data, sizes, methods and seeds.

    Args:
        scale: `Scale`.
        data: `PhantomData` or `PreparedData`.
        real_count: Studies of the training split.
        film_size: Side and channels of the films.
        methods: Names of methods.
        seeds: Ints.
        has_reports: Whether any study has a report.
    """

    scale: Scale
    data: Cell
    real_count: int
    film_size: tuple
    methods: tuple
    seeds: tuple
    has_reports: bool = True

    @property
    def real(self):
        """The real studies."""
        return RealStudies(self.data)

    def times_real(self, ratio):
        """Return a number of studies in proportion to the real ones."""
        return round(ratio * self.real_count)

    def generator(self, method, seed, changes=(), steps=None):
        """Return a generator trained on all real training studies.

        Args:
            method: Name of a method in tables.
            seed: Of the generator.
            changes: `FIELD=VALUE` changes of the configuration, beside the scale's.
            steps: Generator steps, more than the scale's; None: as many.
        """
        plain = Generator(
            data=self.data,
            method=method,
            configuration=self.scale.configuration,
            changes=(*self.scale.changes, *changes),
            steps=self.scale.generator_steps,
            seed=seed,
        )
        return plain if steps is None else replace(plain, steps=steps, begun=plain)

    def synthetic(self, method, seed, changes=(), ratio=None, steps=None):
        """Return studies of a generator: the most that any experiment asks for, or a ratio."""
        if ratio is None:
            ratio = max(*self.scale.ratios, self.scale.joint_ratio, 1)
        return SyntheticStudies(
            generator=self.generator(method, seed, changes, steps),
            real=self.real,
            count=self.times_real(ratio),
            temperature=self.scale.temperature,
            seed=seed,
        )

    def reads_film_labels(self, method):
        """Return whether generators of a method read labels off films."""
        config = EmixerConfig.named(self.scale.configuration).changed(self.scale.changes)
        return method in _READ_FILM_LABELS and config.encoder_label_weight > 0

    def as_read(self, synthetic):
        """Return generated studies with the labels that their generator reads off their films."""
        return StudiesAsRead(synthetic.generator, synthetic)

    def film_classification(self, seed, mix=ONLY_REAL, synthetic=None):
        """Return a classifier of films trained on a mix."""
        return FilmClassification(
            **self._trained(mix, synthetic, seed),
            updates=self.scale.classifier_updates,
            batch_size=self.scale.classifier_batch,
            backbone=self.scale.backbone,
        )

    def film_arms(self, name, mix=ONLY_REAL, method=""):
        """Return arms of classifiers of films trained on a mix, one a seed."""
        return [
            self.film_arm(name, method, seed, mix, self.synthetic(method, seed) if method else None)
            for seed in self.seeds
        ]

    def film_arm(self, name, method, seed, mix, synthetic):
        """Return the arm of one classifier of films."""
        return Arm(name, method, seed, (self.film_classification(seed, mix, synthetic),))

    def nothing_found(self):
        """Return the arms of what calls every label negative, which accuracy must beat."""
        cell = NothingFound(self.real)
        return [Arm("nothing found", "", seed, (cell,)) for seed in self.seeds]

    def joint_classification(self, seed, mix=ONLY_REAL, synthetic=None):
        """Return a classifier of films with reports trained on a mix."""
        return JointClassification(
            **self._trained(mix, synthetic, seed),
            updates=self.scale.classifier_updates,
            batch_size=self.scale.classifier_batch,
            backbone=self.scale.backbone,
        )

    def report_generation(self, seed, mix=ONLY_REAL, synthetic=None):
        """Return a report generator trained on a mix."""
        return ReportGeneration(
            **self._trained(mix, synthetic, seed),
            updates=self.scale.report_updates,
            batch_size=self.scale.report_batch,
            configuration=self.scale.configuration,
        )

    def judge(self, number):
        """Return a classifier of real films that judges generated ones; they differ in seeds."""
        return self.film_classification(_FIRST_JUDGE_SEED + number)

    def quality(self, synthetic):
        """Return how good generated studies are; the same classifiers of real films judge all."""
        return GeneratorQuality(
            real=self.real,
            synthetic=synthetic,
            judges=tuple(self.judge(number) for number in range(_JUDGES)),
            count=self.scale.measured,
        )

    def _trained(self, mix, synthetic, seed):
        return {
            "real": self.real,
            "synthetic": synthetic if mix.synthetic else None,
            "real_count": mix.real,
            "synthetic_count": mix.synthetic,
            "pretrain": mix.pretrain,
            "seed": seed,
        }
