"""Classifiers of one class a film, from scratch or pre-trained, and of the film's source."""

from dataclasses import dataclass

import keras
import numpy as np

from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cells.disease_classes import CLASSES
from emixer_tf.metrics.multiclass import multiclass_scores
from emixer_tf.metrics.ranking import auroc
from emixer_tf.models.classifier_files import load_classifier
from emixer_tf.models.film_classifier import film_classifier, with_new_outputs
from emixer_tf.models.generation import films_to_float
from emixer_tf.training.film_classifier import class_loss
from emixer_tf.training.keep_best import fit_keeping_best
from emixer_tf.training.study_batches import study_batches

_LEARNING_RATE = 2e-3


@dataclass(frozen=True)
class DiseaseClassification(Cell):
    """The class of a film, read off it.

    Args:
        films: `DiseaseClasses`.
        pretrained: `FilmClassification` whose layers are taken over, or None.
        backbone: As for `film_classifier`, where nothing is taken over.
        updates, batch_size: Of the training.
        seed: Of weights and order.

    Reference:
        EMIXER (arXiv:2007.05597), section 4.5.2, Table 5.
    """

    films: Cell
    pretrained: Cell | None
    backbone: str
    updates: int
    batch_size: int
    seed: int

    @property
    def title(self):
        """What progress calls it."""
        before = f" after {self.pretrained.title}" if self.pretrained else ""
        return f"{type(self).__name__}, seed {self.seed}{before}"

    def run(self, folder, inputs):
        """Train and test."""
        train, validation, test = (
            np.load(inputs["films"] / f"{split}.npz") for split in ("train", "val", "test")
        )
        keras.utils.set_random_seed(self.seed)
        count = self.outputs(train)
        model = self._model(train["films"].shape, count, inputs)
        targets = np.eye(count, dtype="float32")[self.targets(train)]
        films = train["films"]

        def batch_of(places):
            return films_to_float(films[places]), targets[places]

        def score(model):
            truth = np.eye(count, dtype=bool)[self.targets(validation)]
            return np.nanmean(auroc(truth, probabilities(model, validation["films"])))

        batches = study_batches(batch_of, len(films), self.batch_size, self.updates, self.seed)
        fit_keeping_best(model, batches, self.updates, score, _LEARNING_RATE, class_loss)
        return self.tested(probabilities(model, test["films"]), train, test)

    def _model(self, shape, outputs, inputs):
        if self.pretrained:
            return with_new_outputs(load_classifier(inputs["pretrained"]), outputs)
        return film_classifier(self.backbone, shape[1], shape[3], outputs)

    def targets(self, films):
        """Return what is learnt of films, int `[n]`."""
        return films["classes"]

    def outputs(self, films):
        """Return how many targets there are."""
        return len(CLASSES)

    def tested(self, chances, train, test):
        """Return the result.

        Args:
            chances: `[n, outputs]`, probabilities of the test films.
            train, test: Dicts of `films`, `classes`, `sources`.
        """
        return class_result(test["classes"], chances)


@dataclass(frozen=True)
class SourceClassification(DiseaseClassification):
    """The data set of a film, read off it, and the class that it makes likely.

    Nothing of a disease is learnt: the class is guessed from how often it occurs in the data set
    that the film seems to come from.
    """

    def targets(self, films):
        """Return the data sets of films, int `[n]`."""
        return films["sources"]

    def outputs(self, films):
        """Return how many data sets there are."""
        return len(self.films.data)

    def tested(self, chances, train, test):
        """Return the scores of the classes, and of the data sets as `source/...`."""
        counts = np.zeros((chances.shape[1], len(CLASSES)))
        np.add.at(counts, (train["sources"], train["classes"]), 1)
        by_source = counts / counts.sum(axis=1, keepdims=True).clip(min=1)  # [sources, classes]
        result = class_result(test["classes"], chances @ by_source)
        sources = [str(number) for number in range(chances.shape[1])]
        told = multiclass_scores(test["sources"], chances, sources)
        scores = {"source/auroc": told["macro"]["auroc"], "source/accuracy": told["accuracy"]}
        return {**result, "scores": {**result["scores"], **scores}}


def probabilities(model, films):
    """Return the probabilities of the classes of uint8 films, `[n, outputs]`."""
    logits = model.predict(films_to_float(films), batch_size=256, verbose=0).astype("float64")
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def class_result(classes, chances):
    """Return scores by class as `METRIC/CLASS`, with the confusion matrix."""
    found = multiclass_scores(classes, chances, CLASSES)
    by_class = {
        f"{metric}/{name}": row[metric]
        for name, row in found["by_class"].items()
        for metric in ("auroc", "sensitivity", "ppv")
    }
    scores = {"auroc": found["macro"]["auroc"], "accuracy": found["accuracy"], **by_class}
    return {"scores": scores, "confusion": found["confusion"], "notes": found["notes"]}
