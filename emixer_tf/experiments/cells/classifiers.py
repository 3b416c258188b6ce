"""Classifiers of films, and of films with reports, trained on a mix and tested on real studies."""

from dataclasses import dataclass

import keras
import numpy as np

from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cells.data import label_names, real_split, vocabulary_words
from emixer_tf.experiments.cells.mix import TrainedOnMix
from emixer_tf.metrics.bootstrap import macro_auroc_interval
from emixer_tf.metrics.classification import best_thresholds, classification_scores
from emixer_tf.metrics.ranking import auroc
from emixer_tf.models.classifier_files import save_classifier
from emixer_tf.models.film_classifier import film_classifier
from emixer_tf.models.joint_classifier import JointClassifier
from emixer_tf.training.film_classifier import (
    UNKNOWN,
    masked_label_loss,
    predict_probabilities,
)
from emixer_tf.training.keep_best import fit_keeping_best
from emixer_tf.training.study_batches import study_batches

_LEARNING_RATE = 2e-3


@dataclass(frozen=True)
class FilmClassification(TrainedOnMix):
    """Labels read off films.

    Args:
        backbone: As for `film_classifier`.

    Reference:
        EMIXER (arXiv:2007.05597), section 4.4.1, Table 1.
    """

    backbone: str = "small"

    def run(self, folder, inputs):
        """Train and test; the folder is one that `load_classifier` reads."""
        phases = self.training_phases(inputs)
        keras.utils.set_random_seed(self.seed)
        side, _, channels = phases[0][0].film_shape
        model = film_classifier(self.backbone, side, channels, phases[0][0].label_count)
        train_on_phases(self, model, _films, phases, real_split(inputs["real"], "val"))
        result = tested(model, _films, inputs["real"])
        save_classifier(model, folder, label_names(inputs["real"]), {"scores": result["scores"]})
        return result


@dataclass(frozen=True)
class JointClassification(TrainedOnMix):
    """Labels read off films and reports together.

    Args:
        backbone: Of the films, as for `film_classifier`.

    Reference:
        EMIXER, section 4.5, Table 2.
    """

    backbone: str = "small"

    def run(self, folder, inputs):
        """Train and test."""
        phases = self.training_phases(inputs)
        keras.utils.set_random_seed(self.seed)
        side, _, channels = phases[0][0].film_shape
        model = JointClassifier(
            backbone=self.backbone,
            resolution=side,
            channels=channels,
            vocabulary_size=len(vocabulary_words(inputs["real"])),
            outputs=phases[0][0].label_count,
        )
        train_on_phases(self, model, _films_and_words, phases, real_split(inputs["real"], "val"))
        return tested(model, _films_and_words, inputs["real"])


@dataclass(frozen=True)
class NothingFound(Cell):
    """What calls every label of every test study negative: no model at all.

    Where labels are rare its accuracy is high.

    Args:
        real: `RealStudies`.
    """

    real: Cell

    @property
    def title(self):
        """What progress calls it."""
        return "nothing found"

    def run(self, folder, inputs):
        """Score."""
        test = real_split(inputs["real"], "test")
        names, labels = label_names(inputs["real"]), np.asarray(test.labels) * test.known
        result = classification_scores(labels, np.zeros_like(labels), names, test.known)
        scores = {name: result["macro"][name] for name in ("auroc", "accuracy")}
        return {"scores": scores, "notes": []}


def _films(studies):
    return studies.images


def _films_and_words(studies):
    return {"image": studies.images, "tokens": np.asarray(studies.tokens)}


def train_on_phases(cell, model, inputs_of, phases, validation):
    """Train a classifier on one set of studies after the other.

    Args:
        cell: `TrainedOnMix`, for batch size and seed.
        model: `keras.Model`.
        inputs_of: Function of `StudyArrays` to what the model reads.
        phases: List of `(StudySelection, updates)`.
        validation: `StudyArrays` on which the best epoch is chosen, by macro AUROC.
    """
    read = inputs_of(validation)

    def score(model):
        scores = predict_probabilities(model, read)
        return np.nanmean(auroc(validation.labels, scores, validation.known))

    for number, (studies, updates) in enumerate(phases):

        def batch_of(places, studies=studies):
            some = studies.take(places)
            return inputs_of(some), np.where(some.label_mask > 0, some.labels, UNKNOWN)

        batches = study_batches(
            batch_of, len(studies), cell.batch_size, updates, seed=cell.seed + number
        )
        fit_keeping_best(model, batches, updates, score, _LEARNING_RATE, masked_label_loss)


def tested(model, inputs_of, real_folder):
    """Return the scores of a classifier on the real test split.

    Thresholds are chosen on the validation split alone.

    Args:
        model: `keras.Model`.
        inputs_of: Function of `StudyArrays` to what the model reads.
        real_folder: Folder of `RealStudies`.

    Returns:
        Dict of `scores` (flat), `by_label` and `notes`.
    """
    names = label_names(real_folder)
    validation, test = (real_split(real_folder, split) for split in ("val", "test"))
    thresholds = best_thresholds(
        validation.labels, predict_probabilities(model, inputs_of(validation)),
        validation.known,
    )  # fmt: skip
    probabilities = predict_probabilities(model, inputs_of(test))
    result = classification_scores(
        test.labels, probabilities, names, test.known, thresholds=thresholds
    )
    interval = macro_auroc_interval(test.labels, probabilities, test.known)
    by_label = {f"auroc/{name}": scores["auroc"] for name, scores in result["by_label"].items()}
    return {
        "scores": {**result["macro"], **by_label},
        "by_label": result["by_label"],
        "macro_auroc_interval": interval,
        "notes": result["notes"],
    }
