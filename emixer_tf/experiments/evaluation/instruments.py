"""What studies are measured by: an extractor, a classifier and a reader of reports."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from emixer_tf.data.sources.phantom import LABELS as PHANTOM_LABELS
from emixer_tf.metrics.extractor_files import load_extractor
from emixer_tf.metrics.feature_extractor import FeatureExtractor
from emixer_tf.metrics.report_labels import (
    LABELS_BY_RULES,
    by_phantom_grammar,
    by_rules,
    labels_said,
)
from emixer_tf.models.classifier_files import load_classifier, read_classifier_card

PHANTOM = "phantom"


@dataclass(frozen=True)
class Judge:
    """A classifier of real films.

    Args:
        name: For people.
        labels: Names of the K outputs, in order.
        probabilities: Function from uint8 films `[n, side, side, channels]` of any side to
            float64 `[n, K]`.
    """

    name: str
    labels: tuple
    probabilities: Callable


@dataclass(frozen=True)
class ReportReader:
    """What reads labels from reports.

    Args:
        name: For people.
        labels: Names of the labels it knows.
        read: Function from a text to a dict by label, or None.
    """

    name: str
    labels: tuple
    read: Callable

    def said(self, reports, names):
        """Return the labels that reports state, `[n, len(names)]`; NaN for an unread report."""
        return labels_said(reports, names, lambda text: self.read(text) if text else None)


READERS = {
    "rules": ReportReader("rules for the 14 CheXpert labels", LABELS_BY_RULES, by_rules),
    PHANTOM: ReportReader("the phantom's grammar", tuple(PHANTOM_LABELS), by_phantom_grammar),
}


def reader_for(data, grammar=None):
    """Return the reader of a data set's reports.

    Args:
        data: Name of the data set, as its card has it.
        grammar: Name of a reader in `READERS`; None: the phantom's grammar for phantoms, rules for
            all other data.
    """
    return READERS[grammar or (PHANTOM if data == PHANTOM else "rules")]


def load_judge(folder):
    """Return the classifier of a folder that `emixer train-classifier` wrote.

    Args:
        folder: The folder.

    Returns:
        `Judge`.

    Raises:
        ValueError: If the folder holds no classifier.
    """
    classifier = load_classifier(folder)
    card = read_classifier_card(folder)
    identity = {**load_extractor(folder).identity, "layer": "logits"}
    logits = FeatureExtractor(classifier.predict_on_batch, identity)

    def probabilities(films):
        return expit(logits.extract(films).astype(np.float64))

    return Judge(card["kind"], tuple(card["labels"]), probabilities)
