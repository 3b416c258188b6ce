"""Making one listing of two."""

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np

from emixer_tf.data.errors import DataError
from emixer_tf.data.flow import Flow
from emixer_tf.data.listing import Listing
from emixer_tf.data.splits import with_split


def merged(one, other, seed=0):
    """Put the studies of two listings together; a label that a source lacks is unknown there.

    Splits are those that each source has alone: who tests a model that was trained on one of them
    does not train one on both.

    Args:
        one, other: `Listing`.
        seed: Of splits that are drawn.

    Returns:
        `Listing`.

    Example:

    >>> from emixer_tf.data.study import ListedStudy
    >>> one, other = (
    ...     Listing(name, (label,), [ListedStudy(None, None, {label: 1.0}, "p1", name)], Flow())
    ...     for name, label in (("covid", "COVID-19"), ("nih", "Edema"))
    ... )
    >>> [study.labels for study in merged(one, other).studies]
    [{'COVID-19': 1.0, 'Edema': nan}, {'COVID-19': nan, 'Edema': 1.0}]
    """
    one, other = _named_apart(one, other)
    labels = tuple(dict.fromkeys((*one.labels, *other.labels)))
    studies = [
        replace(
            study,
            patient=f"{listing.name} {study.patient}",
            labels=_with_all(labels, study.labels),
        )
        for listing in (one, other)
        for study in (with_split(study, seed) for study in listing.studies)
    ]
    listing = _together(one, other, f"{one.name} and {other.name}", labels, studies)
    listing.notes.insert(0, "Somebody who is in both sources counts as two patients.")
    return listing


def _named_apart(one, other):
    if one.name != other.name:
        return one, other
    return replace(one, name=f"{one.name} 1"), replace(other, name=f"{other.name} 2")


def _with_all(labels, values):
    return None if values is None else {name: values.get(name, math.nan) for name in labels}


def label_matched(films, reports, seed=0):
    """Give every film of one listing a report of another that has the same labels.

    Film and report are then of different patients: the set is for exercise, and its card says so.
    A film takes only reports of its own split.

    Args:
        films, reports: `Listing`. Labels that both name are compared, and kept.
        seed: Of the choice among reports, and of splits that are drawn.

    Returns:
        `Listing`.

    Raises:
        DataError: If the two have no label in common.
    """
    films, reports = _named_apart(films, reports)
    common = tuple(name for name in films.labels if name in reports.labels)
    if not common:
        raise DataError(
            f"{films.name} and {reports.name} have no label in common: {', '.join(films.labels)} "
            f"against {', '.join(reports.labels)}. Remedy: name labels alike, for instance with "
            "--labels-as chexpert."
        )
    texts = _texts_by_labels(reports, common, seed)
    random = np.random.default_rng(seed)
    studies = []
    for study in (with_split(study, seed) for study in films.studies):
        fitting = texts.get(_key(study, common), ())
        report = fitting[random.integers(len(fitting))] if fitting else None
        studies.append(replace(study, report=report, labels=_with_all(common, study.labels)))
    name = f"{films.name} x {reports.name}, label-matched"
    listing = _together(films, reports, name, common, studies)
    listing.studies = listing.flow.keep(
        studies,
        "report with the same labels",
        f"no report of {reports.name} in the same split has the same labels",
        lambda study: study.report is not None,
    )
    listing.notes.insert(
        0,
        f"Label-matched: films of {films.name} and reports of {reports.name} with the same "
        f"{', '.join(common)}. Film and report are of different patients.",
    )
    return listing


def _texts_by_labels(reports, common, seed):
    texts = defaultdict(list)
    for study in (with_split(study, seed) for study in reports.studies):
        if study.report:
            texts[_key(study, common)].append(study.report)
    texts.pop(None, None)
    return texts


def _key(study, common):
    """Return split and label values, or None where a label is unknown."""
    if study.labels is None:
        return None
    values = tuple(study.labels[name] for name in common)
    return None if any(map(math.isnan, values)) else (study.split, values)


def _together(one, other, name, labels, studies):
    flow = Flow(one.flow.on_error)
    for listing in (one, other):
        flow.steps += [
            step._replace(filter=f"{listing.name}: {step.filter}") for step in listing.flow.steps
        ]
        flow.dropped += listing.flow.dropped
    return Listing(
        name=name,
        labels=labels,
        studies=studies,
        flow=flow,
        notes=[f"{listing.name}: {note}" for listing in (one, other) for note in listing.notes],
        minimum_count=max(one.minimum_count, other.minimum_count),
        limits=one.limits if one.limits == other.limits else None,
        drawn_by_program=one.drawn_by_program and other.drawn_by_program,
    )
