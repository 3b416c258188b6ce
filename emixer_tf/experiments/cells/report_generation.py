"""A report generator trained on a mix, and simple rivals; scored on real reports."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from emixer_tf.config import EmixerConfig
from emixer_tf.data.reports import joined_sentences, report_sentences, words_alone
from emixer_tf.data.vocabulary import Vocabulary
from emixer_tf.experiments import report_baselines
from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cells.data import label_names, real_split, vocabulary_words
from emixer_tf.experiments.cells.mix import TrainedOnMix
from emixer_tf.metrics.captioning import report_scores
from emixer_tf.models.generation import films_to_float
from emixer_tf.models.report_generator import ReportGenerator
from emixer_tf.training.keep_best import fit_keeping_best
from emixer_tf.training.study_batches import study_batches

_VALIDATION_REPORTS = 128


@dataclass(frozen=True)
class ReportGeneration(TrainedOnMix):
    """Reports written for films, by EMIXER's decoder trained by teacher forcing alone.

    Args:
        configuration: Name of the configuration whose encoder and decoder are trained.

    Reference:
        EMIXER (arXiv:2007.05597), section 4.5, Table 1.
    """

    VERSION: ClassVar[int] = 4  # sentences do not run in circles
    configuration: str = "phantom_32"

    def run(self, folder, inputs):
        """Train, and score the greedy reports for the test films against the real ones."""
        phases = self.training_phases(inputs)
        vocabulary = Vocabulary(vocabulary_words(inputs["real"]))
        model = ReportGenerator(self._config(phases[0][0], vocabulary, inputs["real"]))
        validation = reported(real_split(inputs["real"], "val"))
        validation = validation.take(np.arange(min(_VALIDATION_REPORTS, len(validation))))

        def score(model):
            return reports_scored(model, vocabulary, validation)["cider_d"]

        for number, (studies, updates) in enumerate(phases):
            studies = studies.with_reports()
            batches = study_batches(
                lambda places, studies=studies: as_batch(studies.take(places)),
                len(studies), self.batch_size, updates, seed=self.seed + number,
            )  # fmt: skip
            rate = model.config.decoder_learning_rate
            fit_keeping_best(model, batches, updates, score, rate)
        scores = reports_scored(model, vocabulary, reported(real_split(inputs["real"], "test")))
        return {"scores": scores, "notes": []}

    def _config(self, studies, vocabulary, real_folder):
        sentences, words = studies.token_shape
        side, _, channels = studies.film_shape
        return EmixerConfig.named(self.configuration).replace(
            labels=label_names(real_folder),
            vocabulary_size=len(vocabulary),
            resolution=side,
            channels=channels,
            sentences=sentences,
            words=words,
            seed=self.seed,
        )


def reported(studies):
    """Return the studies that have a report."""
    return studies.take(np.flatnonzero(studies.reported))


def as_batch(studies):
    """Return studies as `load_dataset` yields them."""
    return {
        "image": films_to_float(studies.films),
        "tokens": np.asarray(studies.tokens),
        "labels": np.asarray(studies.labels),
        "label_mask": np.asarray(studies.label_mask),
        "labelled": np.asarray(studies.label_mask).max(axis=1),
        "reported": np.asarray(studies.reported),
    }


def reports_scored(model, vocabulary, studies):
    """Return the scores of a model's reports for studies, against their whole own reports."""
    tokens = model.write(np.asarray(studies.films))
    written = [joined_sentences(report_sentences(vocabulary.decode(row))) for row in tokens]
    return scored(studies.reports, written)


def scored(references, hypotheses):
    """Return report scores; sentences are joined by full stops, which are not counted as words."""
    return report_scores(
        [[words_alone(text)] for text in references], [words_alone(text) for text in hypotheses]
    )


@dataclass(frozen=True)
class ReportBaselines(Cell):
    """What a report generator must beat: reports chosen from the training split.

    Args:
        real: `RealStudies`.
        baseline: Name of a function of `BASELINES`.
        seed: Of what is drawn.
    """

    real: Cell
    baseline: str
    seed: int

    @property
    def title(self):
        """What progress calls it."""
        return f"{self.baseline} report, seed {self.seed}"

    def run(self, folder, inputs):
        """Score the chosen reports against the test reports."""
        train, test = (reported(real_split(inputs["real"], split)) for split in ("train", "test"))
        chosen = BASELINES[self.baseline](train, test, self.seed)
        return {"scores": scored(test.reports, chosen), "notes": []}


def _constant(train, test, seed):
    return [report_baselines.constant_report(train.reports, seed)] * len(test)


def _random(train, test, seed):
    return report_baselines.random_reports(train.reports, len(test), seed)


def _of_the_same_labels(train, test, seed):
    rows = [part.labels * part.known for part in (train, test)]
    return report_baselines.label_matched_reports(train.reports, *rows, seed)


def _of_the_nearest_film(train, test, seed):
    pixels = [np.asarray(part.films, "float32").reshape(len(part), -1) for part in (train, test)]
    return report_baselines.nearest_reports(train.reports, *pixels)


BASELINES = {
    "constant": _constant,
    "random": _random,
    "same labels": _of_the_same_labels,
    "nearest film": _of_the_nearest_film,
}
