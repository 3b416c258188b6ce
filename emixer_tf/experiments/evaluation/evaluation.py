"""Measuring generated studies: films, agreement, descriptions of real films, and memorization."""

from dataclasses import dataclass

from emixer_tf.experiments.evaluation.description_scores import description_scores, descriptions
from emixer_tf.experiments.evaluation.film_comparison import film_comparison
from emixer_tf.experiments.evaluation.instruments import Judge, ReportReader
from emixer_tf.experiments.evaluation.memory import Memory, memory
from emixer_tf.experiments.evaluation.studies import Studies
from emixer_tf.experiments.evaluation.study_agreement import GENERATED, study_agreement
from emixer_tf.experiments.evaluation.text_scores import NO_ROUGE, has_rouge
from emixer_tf.experiments.noted import noted
from emixer_tf.experiments.report_shapes import report_shapes
from emixer_tf.metrics.feature_extractor import FeatureExtractor

TEST, TRAINING = "test", "training"
WHOLE = "whole references"


@dataclass(frozen=True)
class Instruments:
    """What studies are measured by.

    Args:
        extractor: `FeatureExtractor`.
        judge: `Judge`, or None.
        reader: `ReportReader`.
    """

    extractor: FeatureExtractor
    judge: Judge | None
    reader: ReportReader


@dataclass(frozen=True)
class Compared:
    """The studies of an evaluation.

    Args:
        generated: `Studies`.
        test: `Studies` that were held out.
        training: `Studies` that the generator was trained on, or a part of them.
        training_count: How many studies the training split has.
        report_limits: Sentences of a report, and words of a sentence, that are learnt from.
    """

    generated: Studies
    test: Studies
    training: Studies
    training_count: int
    report_limits: tuple

    @property
    def by_name(self):
        """The three sets of studies by name."""
        return {GENERATED: self.generated, TEST: self.test, TRAINING: self.training}


@dataclass(frozen=True)
class Evaluation:
    """What was found.

    Args:
        features: Dict from "generated", "test" and "training" to `[n, d]`.
        films: As `film_comparison` returns it, of "generated" and "training".
        agreement: As `study_agreement` returns it, of "generated" and "test".
        shapes: As `report_shapes` returns it, of generated and test studies.
        descriptions: Dict from a kind of references to what `description_scores` returns; empty
            where there is nothing to describe.
        described: The test studies that were described, and the reports written; or None.
        memory: `Memory`.
        notes: List of sentences.
    """

    features: dict
    films: dict
    agreement: dict
    shapes: tuple | None
    descriptions: dict
    described: tuple | None
    memory: Memory
    notes: list


def evaluate(studies, instruments, model=None, seed=0, legacy=None, tell=print):
    """Measure generated studies against real ones that were held out.

    Args:
        studies: `Compared`.
        instruments: `Instruments`.
        model: `StudyGenerator` whose descriptions of the test films are scored, if it writes any;
            None for none.
        seed: Of what is drawn.
        legacy: "iu" or "mimic": score descriptions against R2Gen's references too.
        tell: Function that is called with what is being done.

    Returns:
        `Evaluation`.

    Raises:
        ValueError: If there are too few studies, or the model takes films of another size.
    """
    notes = _notes_on_counts(studies)
    with noted(notes):
        features = {}
        for name, some in studies.by_name.items():
            tell(f"Features of {len(some):,} {name} films")
            features[name] = instruments.extractor.extract(some.films)
        tell("Comparing films")
        compared = {name: features[name] for name in (GENERATED, TRAINING)}
        films = film_comparison(features[TEST], compared, seed)
        tell("Reading films and reports")
        shown = {name: studies.by_name[name] for name in (GENERATED, TEST)}
        agreement, unmeasured = study_agreement(shown, instruments.judge, instruments.reader, seed)
        reports = (some.reports for some in shown.values())
        shapes = report_shapes(*reports, *studies.report_limits)
        descriptions, described = {}, None
        undescribed = _reason_not_to_describe(studies, model)
        if not undescribed:
            described = _described(studies, model, tell)
            descriptions = _description_scores(studies, features, described[1], seed, legacy)
        tell("Looking for copies of training studies")
        found = memory(studies.generated, studies.training, studies.test, features)
    notes += [*unmeasured, *undescribed, *found.notes, *_notes_on_agreement(agreement)]
    if descriptions and not has_rouge():
        notes.append(NO_ROUGE)
    return Evaluation(features, films, agreement, shapes, descriptions, described, found, notes)


def _notes_on_counts(studies):
    if len(studies.training) == studies.training_count:
        return []
    return [
        f"Of {studies.training_count:,} training studies {len(studies.training):,} were read: "
        "copies of others are missed, and baselines of reports know no others. Remedy: "
        f"--training-studies {studies.training_count}."
    ]


def _notes_on_agreement(agreement):
    return [
        f"Of {name} studies, {note}"
        for name, found in agreement.items()
        for part in ("shown", "said")
        if found[part]
        for note in found[part]["notes"]
    ]


def _reason_not_to_describe(studies, model):
    if model is None:
        return ["Descriptions of real films are not scored: that needs --preset."]
    if not hasattr(model, "describe"):
        return [
            f"Descriptions of real films are not scored: {model.METHOD} makes films and reports "
            "together, and writes none for films that are given."
        ]
    if not len(studies.test.reported) or not len(studies.training.reported):
        return ["Descriptions of real films are not scored: the data have no reports."]
    return []


def _described(studies, model, tell):
    test = studies.test.take(studies.test.reported)
    tell(f"Describing {len(test):,} test films")
    return test, descriptions(model, test)


def _description_scores(studies, features, written, seed, legacy):
    """Return the scores of what was written for the reported test films."""
    test, training = (some.take(some.reported) for some in (studies.test, studies.training))
    sides = features[TEST][studies.test.reported], features[TRAINING][studies.training.reported]
    found = {WHOLE: description_scores(written, test, training, sides, seed)}
    if legacy:
        found[f"references of R2Gen ({legacy})"] = description_scores(
            written, test, training, sides, seed, legacy
        )
    return found
