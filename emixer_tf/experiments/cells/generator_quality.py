"""How good generated studies are, beside real ones."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cells.data import label_names, real_split
from emixer_tf.experiments.noted import noted
from emixer_tf.experiments.study_arrays import StudyArrays
from emixer_tf.metrics.agreement import film_report_agreement, said_as_asked, shown_as_asked
from emixer_tf.metrics.extractor_files import load_extractor
from emixer_tf.metrics.film_scores import film_quality
from emixer_tf.metrics.report_labels import by_phantom_grammar, by_rules, labels_said
from emixer_tf.models.classifier_files import load_classifier
from emixer_tf.training.film_classifier import predict_probabilities


@dataclass(frozen=True)
class GeneratorQuality(Cell):
    """Films by features, and whether film and report are what was asked.

    Features, and the labels seen on films, are those of one classifier of real films.

    Args:
        real: `RealStudies`.
        synthetic: `SyntheticStudies`.
        judge: `FilmClassification` on real studies alone.
        count: Generated studies, and real test studies at most, that are measured.

    Reference:
        EMIXER (arXiv:2007.05597), section 6.3.3, Table 3.
    """

    real: Cell
    synthetic: Cell
    judge: Cell
    count: int

    @property
    def title(self):
        """What progress calls it."""
        return f"quality of {self.synthetic.title}"

    def run(self, folder, inputs):
        """Measure."""
        names = label_names(inputs["real"])
        test = _first(real_split(inputs["real"], "test"), self.count)
        made = _first(StudyArrays.load(inputs["synthetic"]), self.count)
        extractor = load_extractor(inputs["judge"])
        features = [extractor.extract(np.asarray(studies.films)) for studies in (test, made)]
        notes = []
        with noted(notes):
            films = film_quality(*features)
        return {
            "scores": {**films, **self._agreement(load_classifier(inputs["judge"]), made, names)},
            "extractor": extractor.identity,
            "notes": notes,
        }

    def _agreement(self, judge, made, names):
        seen = predict_probabilities(judge, made.images)
        said = labels_said(made.reports, names, _reader(self.real))
        pairs = film_report_agreement(seen, said, names)
        unread = np.isnan(said).all(axis=1)  # says nothing; leaving it out would flatter
        return {
            "shown_as_asked": shown_as_asked(seen, made.labels, names)["macro"]["auroc"],
            "said_as_asked": said_as_asked(np.nan_to_num(said), made.labels, names)["macro"]["f1"],
            "unread_reports": unread.mean(),
            "film_and_report": pairs["own"]["macro"]["auroc"],
            "film_and_report_shuffled": pairs["shuffled"]["macro"]["auroc"],
        }


def _reader(real):
    phantom = real.specification["data"]["cell"] == "PhantomData"
    return by_phantom_grammar if phantom else by_rules


def _first(studies, count):
    return studies.take(np.arange(min(count, len(studies))))
