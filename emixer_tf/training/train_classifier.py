"""Training a classifier of the labels of prepared data, and testing it."""

import math
from dataclasses import dataclass

import keras
import numpy as np
from scipy.special import expit

from emixer_tf.data import load_dataset, read_card
from emixer_tf.data.card import check_all_splits
from emixer_tf.files import as_json
from emixer_tf.metrics.bootstrap import auroc_interval, macro_auroc_interval
from emixer_tf.metrics.calibration import brier_score, expected_calibration_error
from emixer_tf.metrics.classification import best_thresholds, classification_scores
from emixer_tf.metrics.ranking import auroc
from emixer_tf.models.classifier_files import load_classifier, read_classifier_card
from emixer_tf.models.film_classifier import film_classifier, with_new_outputs
from emixer_tf.training.film_classifier import UNKNOWN, masked_label_loss
from emixer_tf.training.keep_best import fit_keeping_best

UPDATES, BATCH_SIZE, LEARNING_RATE = 3000, 32, 1e-3
_READ_AT_ONCE = 128
_SPLITS_ARE_FOR = (
    "A classifier learns on train, its best weights and thresholds are chosen on val, and test "
    "says how good it is."
)


@dataclass(frozen=True)
class Predictions:
    """What a classifier says of a split, beside what is known.

    Args:
        labels: float32 `[n, K]`, 0 to 1.
        known: bool `[n, K]`: whether a label is known, and 0 or 1.
        probabilities: float64 `[n, K]`.

    Example:

    >>> labels, probabilities = np.array([[1.0], [0.0], [0.5]]), np.array([[0.9], [0.7], [0.2]])
    >>> found = Predictions(labels, np.array([[True], [True], [False]]), probabilities)
    >>> right = (found.probabilities >= 0.5) == (found.labels == 1)
    >>> float(right[found.known].mean())  # accuracy over the known labels
    0.5
    """

    labels: np.ndarray
    known: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class TrainedClassifier:
    """A classifier, what it says of the test split, and all that is to be told about it.

    Args:
        model: `keras.Model` from films to logits.
        labels: Names of the logits, in order.
        test: `Predictions` of the test split.
        about: JSON-serialisable dict of "data", "training", "thresholds", "scores" and "notes".

    Example:

    >>> test = Predictions(np.ones((2, 1)), np.ones((2, 1), bool), np.array([[0.4], [0.2]]))
    >>> about = {"thresholds": {"Edema": 0.3}}  # `train_classifier` tells more
    >>> trained = TrainedClassifier(keras.Sequential(), ("Edema",), test, about)
    >>> called = trained.test.probabilities[:, 0] >= trained.about["thresholds"]["Edema"]
    >>> called.tolist()
    [True, False]
    """

    model: keras.Model
    labels: tuple
    test: Predictions
    about: dict


def train_classifier(
    data,
    backbone="small",
    updates=UPDATES,
    batch_size=BATCH_SIZE,
    learning_rate=LEARNING_RATE,
    seed=0,
    initial=None,
    verbose=1,
):
    """Train a classifier on the train split, and test it on the test split.

    The weights that are kept are those with the best macro AUROC on the val split, and decision
    thresholds are chosen there. Unknown labels are left out of the loss and of the scores; soft
    ones, as 0.5, are learnt and left out of the scores. Films are streamed.

    Args:
        data: Folder that `emixer prepare` wrote.
        backbone: As for `film_classifier`; not read where `initial` is given.
        updates: Batches to train on.
        batch_size: Films in a batch.
        learning_rate: At the beginning; it falls to 0 as a cosine.
        seed: Of the first weights, of dropout and of the order of the films.
        initial: Folder of a classifier to begin from; None for random weights. Its last layer is
            kept only if its labels are the data's, in the same order.
        verbose: As of `keras.Model.fit`.

    Returns:
        `TrainedClassifier`.

    Raises:
        DataError: If the folder is not prepared.
        ValueError: If a number makes no sense, a split is missing, the val split has no label of
            which both classes are known, the backbone is unknown or takes no films of this size,
            or `initial` reads other films.
        FloatingPointError: If the training diverged.

    Example:

    >>> trained = train_classifier("data/phantom")  # doctest: +SKIP
    >>> trained.about["scores"]["macro"]["auroc"]  # doctest: +SKIP
    >>> train_classifier("data/phantom", updates=0)
    Traceback (most recent call last):
        ...
    ValueError: There is at least one of updates. Received: updates=0
    """
    _check_numbers(updates, batch_size, learning_rate)
    card = read_card(data)
    check_all_splits(card, data, _SPLITS_ARE_FOR)
    keras.utils.set_random_seed(seed)
    model = _untrained(card, backbone) if initial is None else _begun(initial, card)
    one_class = _check_both_classes(data, card)

    def score(model):
        found = predict_split(model, data, "val")
        if not np.isfinite(found.probabilities).all():
            return float("nan")
        return np.nanmean(auroc(found.labels, found.probabilities, found.known))

    batches = load_dataset(data, "train", batch_size, seed).map(_film_and_labels)
    best = fit_keeping_best(
        model, batches, updates, score, learning_rate, masked_label_loss, verbose
    )
    chosen_on = predict_split(model, data, "val")
    thresholds = best_thresholds(chosen_on.labels, chosen_on.probabilities, chosen_on.known)
    test = predict_split(model, data, "test")
    scores = classifier_scores(test, card.labels, thresholds)
    about = {
        "data": {"name": card.name, "counts": card.counts, "notes": card.notes},
        "training": {
            "updates": updates,
            "batch_size": batch_size,
            "learning_rate": learning_rate,
            "seed": seed,
            "initial": initial and str(initial),
            "best_validation_auroc": best.best_score,
        },
        "thresholds": as_json(dict(zip(card.labels, thresholds, strict=True))),
        "scores": as_json({name: scores[name] for name in ("macro", "by_label")}),
        "notes": [*one_class, *scores["notes"]],
    }
    return TrainedClassifier(model, tuple(card.labels), test, about)


def predict_split(model, data, split):
    """Return what a classifier says of every study of a split, which is read in a stream.

    Args:
        model: `keras.Model` from films `[batch, R, R, channels]` in [-1, 1] to logits
            `[batch, K]`.
        data: Folder that `emixer prepare` wrote.
        split: "train", "val" or "test".

    Returns:
        `Predictions`, in the order of `load_dataset` with seed 0.

    Raises:
        DataError: If the folder is not prepared, or the split is empty or unknown.

    Example:

    >>> # After: emixer prepare phantom --n 20 --resolution 32 --out data/phantom
    >>> even_odds = keras.layers.Dense(14, kernel_initializer="zeros")
    >>> model = keras.Sequential([keras.layers.Flatten(), even_odds])
    >>> found = predict_split(model, "data/phantom", "val")
    >>> found.labels.shape, float(found.probabilities[0, 0])
    ((4, 14), 0.5)
    """
    parts = [
        (*_labels_of(batch), model.predict_on_batch(batch["image"]))
        for batch in _whole_split(data, split)
    ]
    count = read_card(data).counts[split]
    labels, known, logits = (np.concatenate(part)[:count] for part in zip(*parts, strict=True))
    return Predictions(labels, known, expit(logits.astype("float64")))


def classifier_scores(predictions, names, thresholds):
    """Return the scores of a classifier.

    Args:
        predictions: `Predictions` of the test split.
        names: K names of labels.
        thresholds: float64 `[K]`, chosen on the val split; NaN where there is none.

    Returns:
        Dict as of `classification_scores`; by label and in the mean it has "auroc_low" and
        "auroc_high", the ends of the 95 % interval, "calibration_error" and "brier" too.

    Example:

    >>> labels, probabilities = np.array([[1.0], [0.0]]), np.array([[0.8], [0.4]])
    >>> found = Predictions(labels, np.ones((2, 1), bool), probabilities)
    >>> scores = classifier_scores(found, ["Edema"], thresholds=np.array([0.5]))
    >>> edema = scores["by_label"]["Edema"]
    >>> edema["auroc"], edema["f1"], round(edema["brier"], 3)  # (0.2**2 + 0.4**2) / 2
    (1.0, 1.0, 0.1)
    """
    arrays = (predictions.labels, predictions.probabilities)
    known = predictions.known
    scores = classification_scores(*arrays, names, known, thresholds=thresholds)
    interval = auroc_interval(*arrays, known)
    columns = {
        "auroc_low": interval["low"],
        "auroc_high": interval["high"],
        "calibration_error": expected_calibration_error(*arrays, known),
        "brier": brier_score(*arrays, known),
    }
    by_label = {
        name: {**row, **{column: float(values[k]) for column, values in columns.items()}}
        for k, (name, row) in enumerate(scores["by_label"].items())
    }
    whole = macro_auroc_interval(*arrays, known)
    macro = {
        **scores["macro"],
        "auroc_low": whole["low"],
        "auroc_high": whole["high"],
        "calibration_error": _mean(columns["calibration_error"]),
        "brier": _mean(columns["brier"]),
    }
    return {"macro": macro, "by_label": by_label, "notes": scores["notes"]}


def _check_numbers(updates, batch_size, learning_rate):
    for name, value in (("updates", updates), ("batch_size", batch_size)):
        if value < 1:
            raise ValueError(f"There is at least one of {name}. Received: {name}={value}")
    if not 0 < learning_rate < math.inf:
        raise ValueError(
            f"The learning rate is a positive number. Received: learning_rate={learning_rate}"
        )


def _untrained(card, backbone):
    return film_classifier(backbone, card.resolution, card.channels, len(card.labels))


def _begun(initial, card):
    model = load_classifier(initial)
    known = read_classifier_card(initial)
    if model.input_shape[1:] != (card.resolution, card.resolution, card.channels):
        raise ValueError(
            f"{initial} reads films of {model.input_shape[1]} px and {model.input_shape[-1]} "
            f"channels. Received: data of {card.resolution} px and {card.channels}. Remedy: "
            "prepare the data like those it was trained on."
        )
    if known["labels"] == list(card.labels):
        return model
    return with_new_outputs(model, len(card.labels))


def _check_both_classes(data, card):
    """Return notes on labels that have one class only in the val split."""
    parts = [_labels_of(batch) for batch in _whole_split(data, "val")]
    labels, known = (
        np.concatenate(part)[: card.counts["val"]] for part in zip(*parts, strict=True)
    )
    both = [
        len(np.unique(label[is_known])) == 2
        for label, is_known in zip(labels.T, known.T, strict=True)
    ]
    if not any(both):
        raise ValueError(
            f"The val split of {data} has no label of which both classes are known, so that no "
            f"weights can be chosen. Received: {len(labels)} studies. Remedy: prepare more "
            "studies, or check the labels."
        )
    without = [name for name, has_both in zip(card.labels, both, strict=True) if not has_both]
    if not without:
        return []
    return [
        f"No threshold for {', '.join(without)}: the val split has one class only, or none. They "
        "take no part in the choice of the weights."
    ]


def _whole_split(data, split):
    """Return the batches in which every study of a split stands once, and then some again."""
    count = read_card(data).counts.get(split, 0)
    batch_size = max(1, min(count, _READ_AT_ONCE))  # an empty split is refused by the next line
    return load_dataset(data, split, batch_size).take(-(-count // batch_size))


def _labels_of(batch):
    labels = batch["labels"].numpy()
    known = (batch["label_mask"].numpy() * batch["labelled"].numpy()[:, None]) > 0
    return labels, known & ((labels == 0) | (labels == 1))


def _film_and_labels(batch):
    known = batch["label_mask"] * batch["labelled"][:, None]
    return batch["image"], batch["labels"] * known + UNKNOWN * (1.0 - known)


def _mean(values):
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if defined.size else float("nan")
