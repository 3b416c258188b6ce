"""Real studies, and as many generated ones with the same labels."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.data.reports import cut_sentences


@dataclass(frozen=True)
class PairedStudies:
    """Both kinds of studies of a reader study.

    Args:
        real, synthetic: `(films, reports)`: uint8 `[n, R, R, C]` and n texts.
        labels: float32 `[n, K]`, of both kinds.
    """

    real: tuple
    synthetic: tuple
    labels: np.ndarray


def paired_studies(films, reports, labels, usable, model, items, seed, temperature):
    """Draw real studies, and generate one with the same labels for each.

    Reports of real studies are cut at what the report decoder can say: their length would tell
    them. None is picked for its looks.

    Args:
        films: uint8 `[n, R, R, C]` of real studies.
        reports: n joined texts (`emixer_tf.data.reports.joined_sentences`).
        labels: `[n, K]`, in the model's order.
        usable: bool `[n]`: whether a study has a report and all its labels.
        model: `StudyGenerator`.
        items: Real studies to draw.
        seed: Of the draw and of the generated studies.
        temperature: Of the generated words.

    Returns:
        `PairedStudies`.

    Raises:
        ValueError: If fewer studies are usable than wanted.
    """
    complete = np.flatnonzero(usable)
    if len(complete) < items:
        raise ValueError(
            f"The test split has {len(complete)} studies with a report and all labels, and {items} "
            "are wanted. Remedy: a smaller --items."
        )
    picks = np.sort(np.random.default_rng(seed).permutation(complete)[:items])
    asked = np.asarray(labels[picks], "float32")
    made = model.generate(asked, seed=seed, temperature=temperature)
    sentences, words = model.config.sentences, model.config.words
    written = [_cut(reports[i], sentences, words) for i in picks]
    return PairedStudies((np.asarray(films[picks]), written), (made.images, made.reports), asked)


def _cut(report, sentences, words):
    kept = cut_sentences(report, sentences, words)
    return " ".join(" ".join(sentence) + "." for sentence in kept)
