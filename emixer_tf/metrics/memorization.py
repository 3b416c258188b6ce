"""What a generator memorized: generated studies that are copies of training studies."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.metrics.feature_arrays import checked_features
from emixer_tf.metrics.film_copies import copied_features, copied_films
from emixer_tf.metrics.report_copies import copied_reports
from emixer_tf.metrics.report_lists import checked_reports
from emixer_tf.metrics.shifted_pixels import checked_films


@dataclass(frozen=True)
class StudySet:
    """Studies to compare: what is known of each, in one order. What is None is not compared.

    Args:
        films: uint8 `[n, height, width, channels]`, or None.
        features: `[n, d]` features of the films, or None.
        reports: List of n reports, words separated by spaces, or None.

    Raises:
        ValueError: If nothing is given, a part is malformed, or the parts differ in length.

    Example:

    >>> StudySet(features=[[0.1], [0.2]], reports=["no edema", "clear lungs"]).parts
    ['features', 'reports']
    >>> StudySet(features=[[0.1], [0.2]], reports=["no edema"])
    Traceback (most recent call last):
        ...
    ValueError: The parts of a study set have one row a study, in one order. Received:
    {'features': 2, 'reports': 1}. Remedy: leave out studies of which a part is missing.

    Reference:
        docs/metrics.md, "Is it a copy?".
    """

    films: np.ndarray | None = None
    features: np.ndarray | None = None
    reports: list | None = None

    def __post_init__(self):
        checks = {"films": checked_films, "features": _checked_rows, "reports": checked_reports}
        for part, check in checks.items():
            if getattr(self, part) is not None:
                object.__setattr__(self, part, check(getattr(self, part), "study set's"))
        lengths = {part: len(getattr(self, part)) for part in self.parts}
        if not lengths:
            raise ValueError(
                "A study set holds films, features or reports. Received: none of them. Remedy: "
                "pass at least one."
            )
        if len(set(lengths.values())) > 1:
            raise ValueError(
                "The parts of a study set have one row a study, in one order. Received: "
                f"{lengths}. Remedy: leave out studies of which a part is missing."
            )

    @property
    def parts(self):
        """Names of the parts that are given."""
        return [part for part in _COPIED if getattr(self, part) is not None]


@dataclass(frozen=True)
class Memorization:
    """Generated studies beside the training studies they are nearest to.

    Args:
        calls: dict: "films" (by pixels), "features" and "reports", as far as given, to `CopyCalls`.
        same_study: dict: "films" and "features" to bool `[n]`: whether the film's and the report's
            nearest training study are one, or have the same report.
        held_out_same_study: The same of held-out studies, bool `[m]`.
    """

    calls: dict
    same_study: dict
    held_out_same_study: dict

    @property
    def rows(self):
        """One dict a generated study: neighbours, distances and calls; for a table."""
        columns = {}
        for part, calls in self.calls.items():
            columns[f"{part}_nearest"] = calls.nearest
            columns[f"{part}_distance"] = calls.distances
            columns[f"{part}_copy"] = calls.copies
        for part, same in self.same_study.items():
            columns[f"{part}_and_report_of_one_study"] = same
        lists = [column.tolist() for column in columns.values()]
        return [
            {"study": study, **dict(zip(columns, values, strict=True))}
            for study, values in enumerate(zip(*lists, strict=True))
        ]

    @property
    def rates(self):
        """dict: measure to `{"generated": share, "held_out": share}`.

        For "films", "features" and "reports" the share called copies; for "films of one study with
        reports" and "features of one study with reports" the share of pairs from one study.
        """
        rates = {
            part: {"generated": calls.rate, "held_out": calls.held_out_rate}
            for part, calls in self.calls.items()
        }
        for part, same in self.same_study.items():
            rates[f"{part} of one study with reports"] = {
                "generated": float(same.mean()),
                "held_out": float(self.held_out_same_study[part].mean()),
            }
        return rates


def nearest_training_neighbours(generated, training, held_out, share=0.01):
    """Compare generated studies with the training studies they are nearest to.

    Films are compared by features and by pixels, reports by words. What is nearer to a training
    study than all but `share` of the held-out real studies is called a copy. The strongest sign is
    a pair: a film and its report whose neighbours are one study. Held-out studies form such pairs
    only by chance, so the rates stand beside theirs.

    A generator that writes what is frequent and draws what is smooth comes near to training
    studies without copying: look at the pairs before you speak of memorization.

    Args:
        generated, training, held_out: `StudySet`s of the same parts; `held_out` real studies whose
            patients are not in training.
        share: Of the held-out studies that may be called copies.

    Returns:
        `Memorization`.

    Raises:
        ValueError: If the sets differ in their parts, and as `called_copies`.

    Example:

    >>> films = np.random.default_rng(0).integers(0, 256, (9, 32, 32, 1), "uint8")
    >>> generated, training, held_out = films[[0, 8]], films[:4], films[4:8]
    >>> found = nearest_training_neighbours(*map(StudySet, (generated, training, held_out)))
    >>> found.rates["films"]["generated"], found.rows[0]["films_nearest"]
    (0.5, 0)

    Reference:
        docs/metrics.md, "Is it a copy?".
    """
    if not generated.parts == training.parts == held_out.parts:
        raise ValueError(
            "Only study sets of the same parts can be compared. Received: generated "
            f"{generated.parts}, training {training.parts}, held out {held_out.parts}. Remedy: "
            "give all three the same parts."
        )
    calls = {}
    for part in generated.parts:
        sides = (getattr(studies, part) for studies in (generated, training, held_out))
        calls[part] = _COPIED[part](*sides, share)
    same, unseen = {}, {}
    for part in ("films", "features"):
        if part in calls and "reports" in calls:
            texts = np.array(training.reports, object)
            reports = calls["reports"]
            same[part] = texts[calls[part].nearest] == texts[reports.nearest]
            unseen[part] = texts[calls[part].held_out_nearest] == texts[reports.held_out_nearest]
    return Memorization(calls, same, unseen)


_COPIED = {"films": copied_films, "features": copied_features, "reports": copied_reports}


def _checked_rows(features, name):
    return checked_features(features, name, least=1)
