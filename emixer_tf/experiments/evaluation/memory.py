"""Whether generated studies repeat training studies."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.metrics.deidentification import mark_rate
from emixer_tf.metrics.membership import membership_inference
from emixer_tf.metrics.memorization import Memorization, StudySet, nearest_training_neighbours

_FEW = 100


@dataclass(frozen=True)
class Memory:
    """What was found.

    Args:
        neighbours: `Memorization`.
        summary: JSON-serialisable dict of "copies", "membership" and "marks".
        notes: List of sentences.
    """

    neighbours: Memorization
    summary: dict
    notes: list


def memory(generated, training, test, features):
    """Look for generated studies that are copies of training studies.

    The attack on membership is done twice: from the generated films, and from half of the test
    films in their place, which know nothing of the training split. Both attack the same studies, so
    what an extractor makes of films that it was trained on is in both.

    Args:
        generated, training, test: `Studies`; reports are compared if each of the three has some.
        features: Dict from "generated", "training" and "test" to `[n, d]` of one extractor.

    Returns:
        `Memory`.
    """
    parts = {"generated": generated, "training": training, "test": test}
    have_reports = all(len(studies.reported) for studies in parts.values())
    sets = [
        StudySet(studies.films, features[name], studies.words if have_reports else None)
        for name, studies in parts.items()
    ]
    neighbours = nearest_training_neighbours(*sets)
    real, unseen = features["test"][::2], features["test"][1::2]
    notes = []
    if len(test) < _FEW:
        notes.append(
            f"Only {len(test)} held-out studies say how near an unseen study comes to the training "
            "split, so that the threshold is the nearest of them, and more generated studies are "
            f"called copies by chance. Better have {_FEW} or more."
        )
    return Memory(
        neighbours,
        {
            "copies": {
                part: {
                    **rates,
                    **_counts(neighbours, part, len(generated)),
                }
                for part, rates in neighbours.rates.items()
            },
            "thresholds": {part: calls.threshold for part, calls in neighbours.calls.items()},
            "membership": _membership(features["generated"], features["training"], unseen),
            "membership_by_real": _membership(real, features["training"], unseen),
            "marks": _marks(generated, training) if have_reports else None,
        },
        notes,
    )


def _counts(neighbours, part, count):
    rate = neighbours.rates[part]["generated"]
    return {"generated_count": None if np.isnan(rate) else round(rate * count)}


def _membership(films, members, non_members):
    attack = membership_inference(films, members, non_members)
    return {
        "auroc": attack.auroc,
        "low": attack.interval[0],
        "high": attack.interval[1],
        "advantage": attack.advantage,
        "members": attack.members,
        "non_members": attack.non_members,
    }


def _marks(generated, training):
    """Return the shares of reports with a mark of de-identification."""
    sides = {"generated": generated, "training": training}
    return {
        name: mark_rate([studies.reports[place] for place in studies.reported])
        for name, studies in sides.items()
    }


def closest(neighbours, part, count):
    """Return the generated studies that come nearest to a training study.

    Args:
        neighbours: `Memorization`.
        part: "films", "features" or "reports".
        count: Pairs to return at most.

    Returns:
        List of `(generated, training, distance, is_copy)`, nearest first; of several generated
        studies near to one training study the nearest alone.
    """
    calls = neighbours.calls[part]
    pairs, met = [], set()
    for place in np.argsort(calls.distances, kind="stable"):
        training = int(calls.nearest[place])
        if training not in met:
            met.add(training)
            pairs.append(
                (int(place), training, float(calls.distances[place]), bool(calls.copies[place]))
            )
        if len(pairs) == count:
            break
    return pairs
