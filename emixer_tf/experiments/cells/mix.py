"""Training sets made of real and of generated studies."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.experiments.cell import Cell


@dataclass(frozen=True)
class Mix:
    """How many real and how many generated studies a model is trained on.

    Args:
        real: Real studies of the training split; None for all.
        synthetic: Generated studies.
        pretrain: Whether the generated ones come first and the real ones alone last, half of the
            updates each, instead of both together.

    Reference:
        RoentGen-v2 found training on synthetic, then on real films stronger than mixing them.
    """

    real: int | None
    synthetic: int
    pretrain: bool = False


def phases(mix, real, synthetic, updates, seed):
    """Return what is trained on after what.

    Args:
        mix: `Mix`.
        real: `StudyArrays` of the training split.
        synthetic: `StudyArrays`, or None where the mix has none.
        updates: Batches in all.
        seed: Of the choice of real studies, where not all are taken.

    Returns:
        List of `(StudySelection, updates)`.

    Raises:
        ValueError: If a mix asks for more studies than there are, or for none.
    """
    from emixer_tf.experiments.study_selection import StudySelection

    parts = []
    if synthetic is not None:
        _check_enough("generated", mix.synthetic, len(synthetic))
        parts.append(StudySelection.of(synthetic).select(np.arange(mix.synthetic)))
    if mix.real != 0:
        parts.append(_some(StudySelection.of(real), mix.real, seed))
    if len(parts) < 1 + mix.pretrain:
        raise ValueError(
            "A training set needs studies, and pre-training both real and generated ones. "
            f"Received: {mix}. Remedy: more data, so that no share of them is rounded to none."
        )
    if mix.pretrain:
        first, last = parts
        return [(first, updates - updates // 2), (last, updates // 2)]
    return [(parts[0] + parts[1] if len(parts) > 1 else parts[0], updates)]


def _some(studies, count, seed):
    if count is None:
        return studies
    _check_enough("real", count, len(studies))
    return studies.select(np.sort(np.random.default_rng(seed).permutation(len(studies))[:count]))


def _check_enough(kind, wanted, there):
    if wanted > there:
        raise ValueError(
            f"{wanted:,} {kind} studies are wanted, and there are {there:,}. Remedy: a smaller "
            "scale, or more data."
        )


@dataclass(frozen=True)
class TrainedOnMix(Cell):
    """A model trained on a mix, and what it scores on the real test split.

    Args:
        real: `RealStudies`.
        synthetic: `SyntheticStudies`, `StudiesAsRead`, or None.
        real_count, synthetic_count, pretrain: The `Mix`.
        updates: Updates in all, the same for every mix.
        batch_size: Studies in an update.
        seed: Of weights and order.
    """

    real: Cell
    synthetic: Cell | None
    real_count: int | None
    synthetic_count: int
    pretrain: bool
    updates: int
    batch_size: int
    seed: int

    @property
    def mix(self):
        """The mix of the training set."""
        return Mix(self.real_count, self.synthetic_count, self.pretrain)

    @property
    def title(self):
        """What progress calls it."""
        real = "all" if self.real_count is None else self.real_count
        order = "then" if self.pretrain else "and"
        source = f" of {self.synthetic.origin}" if self.synthetic else ""
        parts = [f"{self.synthetic_count} synthetic{source}"] * bool(self.synthetic_count)
        parts += [f"{real} real"] * (self.real_count != 0)
        return f"{type(self).__name__} on {f' {order} '.join(parts)}, seed {self.seed}"

    def training_phases(self, inputs):
        """Return `phases` of this cell's mix."""
        from emixer_tf.experiments.cells.data import real_split
        from emixer_tf.experiments.study_arrays import StudyArrays

        synthetic = StudyArrays.load(inputs["synthetic"]) if self.synthetic else None
        real = real_split(inputs["real"], "train")
        return phases(self.mix, real, synthetic, self.updates, self.seed)
