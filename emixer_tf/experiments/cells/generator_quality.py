"""How good generated studies are, beside real ones."""

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from emixer_tf.experiments.cell import Cell
from emixer_tf.experiments.cells.data import label_names, real_split
from emixer_tf.experiments.evaluation.instruments import reader_for
from emixer_tf.experiments.noted import noted
from emixer_tf.experiments.report_shapes import report_shapes
from emixer_tf.experiments.study_arrays import StudyArrays
from emixer_tf.metrics.agreement import film_report_agreement, said_as_asked, shown_as_asked
from emixer_tf.metrics.extractor_files import load_extractor
from emixer_tf.metrics.film_scores import film_quality
from emixer_tf.metrics.label_arrays import in_order_of
from emixer_tf.models.classifier_files import load_classifier
from emixer_tf.training.film_classifier import predict_probabilities


@dataclass(frozen=True)
class GeneratorQuality(Cell):
    """Films by features, and whether film and report are what was asked.

    Features, and the labels seen on films, are those of several classifiers of real films that
    differ in their seeds; scores are means over them. With one alone the same films have an FID of
    half or twice as much (docs/benchmarks.md, "One extractor is not enough").

    Args:
        real: `RealStudies`.
        synthetic: `SyntheticStudies`.
        judges: Tuple of `FilmClassification` on real studies alone.
        count: Generated studies, and real test studies at most, that are measured.

    Reference:
        EMIXER (arXiv:2007.05597), section 6.3.3, Table 3.
    """

    real: Cell
    synthetic: Cell
    judges: tuple
    count: int

    VERSION: ClassVar[int] = 3  # prepared phantoms are read by their grammar

    @property
    def title(self):
        """What progress calls it."""
        return f"quality of {self.synthetic.title}"

    def run(self, folder, inputs):
        """Measure."""
        names = label_names(inputs["real"])
        test = _first(real_split(inputs["real"], "test"), self.count)
        made = _first(StudyArrays.load(inputs["synthetic"]), self.count)
        shapes = report_shapes(made.reports, test.reports, *test.tokens.shape[1:])
        reader = reader_for(self.real.data.name)
        readable = tuple(name for name in names if shapes and name in reader.labels)
        said = reader.said(made.reports, readable)
        folders = [inputs[f"judges/{place}"] for place in range(len(self.judges))]
        extractors = [load_extractor(folder) for folder in folders]
        notes = _notes_on_reports(shapes, names, readable, reader)
        with noted(notes):
            by_judge = [
                {
                    **_film_scores(extractor, test, made),
                    **_agreement(load_classifier(folder), made, names, said, readable),
                }
                for extractor, folder in zip(extractors, folders, strict=True)
            ]
        return {
            "scores": {
                **_means(by_judge),
                **_said(made, names, said, readable),
                **_shape(shapes),
            },
            "by_judge": by_judge,
            "extractors": [extractor.identity for extractor in extractors],
            "notes": notes,
        }


def _film_scores(extractor, test, made):
    return film_quality(*(extractor.extract(np.asarray(some.films)) for some in (test, made)))


def _agreement(judge, made, names, said, readable):
    seen = predict_probabilities(judge, made.images)
    return {
        "shown_as_asked": shown_as_asked(seen, made.labels, names)["macro"]["auroc"],
        **_pair_scores(in_order_of(seen, names, readable), said, readable),
    }


def _pair_scores(seen, said, readable):
    if not readable:
        return {"film_and_report": math.nan, "film_and_report_shuffled": math.nan}
    pairs = film_report_agreement(seen, said, readable)
    return {
        "film_and_report": pairs["own"]["macro"]["auroc"],
        "film_and_report_shuffled": pairs["shuffled"]["macro"]["auroc"],
    }


def _said(made, names, said, readable):
    if not readable:
        return {"said_as_asked": math.nan, "unread_reports": math.nan}
    asked = in_order_of(made.labels, names, readable)
    unread = np.isnan(said).all(axis=1)  # says nothing; leaving it out would flatter
    return {
        "said_as_asked": said_as_asked(np.nan_to_num(said), asked, readable)["macro"]["f1"],
        "unread_reports": unread.mean(),
    }


def _shape(shapes):
    if shapes is None:
        return {"report_words": math.nan, "distinct_reports": math.nan}
    made, _ = shapes
    return {"report_words": made["mean_words"], "distinct_reports": made["distinct"]}


def _means(by_judge):
    return {name: np.mean([scores[name] for scores in by_judge]) for name in by_judge[0]}


def _notes_on_reports(shapes, names, readable, reader):
    if shapes is None:
        return []
    _, real = shapes
    unread = ", ".join(name for name in names if name not in readable)
    notes = [
        f"Reports are counted of {real['reports']:,} studies, real ones cut to what a generator "
        f"can write: these have {real['mean_words']:.1f} words in the mean, {real['distinct']:.0%} "
        "of them are different."
    ]
    if unread:
        what = f"What reports say of {unread} is not measured: {reader.name} cannot read it."
        notes.insert(0, what)
    return notes


def _first(studies, count):
    return studies.take(np.arange(min(count, len(studies))))
