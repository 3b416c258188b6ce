import dataclasses
import json

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.metrics import brier_score_loss, f1_score, precision_score, recall_score, roc_auc_score

from emixer_tf.data import DataError, prepare, read_card
from emixer_tf.data.flow import Flow
from emixer_tf.data.pipeline import read_split
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.sources import phantom_studies
from emixer_tf.metrics.ranking import auroc
from emixer_tf.models.classifier_files import save_classifier
from emixer_tf.training import train_classifier as module
from emixer_tf.training.train_classifier import (
    Predictions,
    classifier_scores,
    predict_split,
    train_classifier,
)


class MeanPixel:
    """Stands in for a classifier: all logits are the film's mean."""

    def __init__(self, outputs):
        self.outputs = outputs

    def predict_on_batch(self, films):
        means = np.asarray(films).mean(axis=(1, 2, 3), dtype="float64")
        return np.repeat(means[:, None], self.outputs, axis=1)


def quickly_traced(backbone, resolution, channels, outputs):
    """Stand in for `film_classifier`: no convolutions, which take seconds to trace."""
    films = keras.Input((resolution, resolution, channels), name="films")
    x = keras.layers.Dense(8, name="features")(keras.layers.Flatten()(films))
    x = keras.layers.Dropout(0.3, name="dropout")(x)
    return keras.Model(films, keras.layers.Dense(outputs, name="logits")(x), name=backbone)


@pytest.fixture(scope="module", autouse=True)
def quick_networks():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "film_classifier", quickly_traced)
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("classifier") / "data"
    prepare(phantom_studies.listing(Flow(), 160, 0), folder, Preparation(16))
    return folder


@pytest.fixture(scope="module")
def trained(data):
    return train_classifier(data, updates=20, batch_size=16, seed=1, verbose=0)


def predictions(count=40, seed=0):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, (count, 2)).astype("float32")
    labels[:4] = [[0, 0], [1, 1], [0, 1], [1, 0]]
    probabilities = np.clip(0.3 * labels + random.uniform(0, 0.7, labels.shape), 0, 1)
    return Predictions(labels, np.ones(labels.shape, bool), probabilities)


@pytest.mark.parametrize("split", ["train", "val", "test"])
@pytest.mark.parametrize("at_once", [7, 1000])
def test_every_study_of_a_split_is_predicted_once(data, split, at_once, monkeypatch):
    monkeypatch.setattr(module, "_READ_AT_ONCE", at_once)
    found = predict_split(MeanPixel(14), data, split)
    whole = read_split(data, split)
    logits = MeanPixel(1).predict_on_batch(whole["image"])[:, 0]
    order, expected = np.argsort(found.probabilities[:, 0]), np.argsort(logits)
    np.testing.assert_allclose(
        found.probabilities[order, 0], 1 / (1 + np.exp(-logits[expected])), rtol=1e-9
    )
    np.testing.assert_array_equal(found.labels[order], whole["labels"][expected])


def test_a_split_that_is_none_is_told(data):
    with pytest.raises(DataError, match="validation"):
        predict_split(MeanPixel(14), data, "validation")


def test_unknown_soft_and_withheld_labels_are_left_out_of_the_scores(data, monkeypatch):
    batch = {
        "image": np.zeros((3, 16, 16, 1), "float32"),
        "labels": np.array([[1, 0.5], [0, 1], [1, 1]], "float32"),
        "label_mask": np.array([[1, 1], [0, 1], [1, 1]], "float32"),
        "labelled": np.array([1, 1, 0], "float32"),
    }
    stream = tf.data.Dataset.from_tensors(batch).repeat()
    monkeypatch.setattr(module, "load_dataset", lambda *_: stream)
    card = dataclasses.replace(read_card(data), counts={"val": 3})
    monkeypatch.setattr(module, "read_card", lambda _: card)
    found = predict_split(MeanPixel(2), data, "val")
    assert found.known.tolist() == [[True, False], [False, True], [False, False]]
    _, learnt = module._film_and_labels(next(iter(stream)))
    assert learnt.numpy().tolist() == [[1, 0.5], [-1, 1], [-1, -1]]


def test_scores_equal_those_of_scikit_learn():
    found, cuts = predictions(), np.array([0.4, 0.55])
    scores = classifier_scores(found, ["Edema", "Fracture"], cuts)
    for k, row in enumerate(scores["by_label"].values()):
        labels, probabilities = found.labels[:, k], found.probabilities[:, k]
        called = probabilities >= cuts[k]
        assert row["auroc"] == pytest.approx(roc_auc_score(labels, probabilities))
        assert row["ppv"] == pytest.approx(precision_score(labels, called))
        assert row["sensitivity"] == pytest.approx(recall_score(labels, called))
        assert row["f1"] == pytest.approx(f1_score(labels, called))
        assert row["brier"] == pytest.approx(brier_score_loss(labels, probabilities))
        assert row["auroc_low"] < row["auroc"] < row["auroc_high"]
    means = np.mean([row["auroc"] for row in scores["by_label"].values()])
    assert scores["macro"]["auroc"] == pytest.approx(means)


def test_a_label_of_one_class_has_no_auroc_and_a_note():
    found = predictions()
    found.labels[:, 1] = 0
    scores = classifier_scores(found, ["Edema", "Fracture"], np.array([0.5, np.nan]))
    assert np.isnan(scores["by_label"]["Fracture"]["auroc"])
    assert scores["macro"]["auroc"] == scores["by_label"]["Edema"]["auroc"]
    assert any("auroc is undefined for Fracture" in note for note in scores["notes"])


def test_the_weights_kept_are_those_that_were_best_on_val(data, trained):
    found = predict_split(trained.model, data, "val")
    score = np.nanmean(auroc(found.labels, found.probabilities, found.known))
    assert score == pytest.approx(trained.about["training"]["best_validation_auroc"], abs=1e-9)


def test_what_is_told_can_be_written_as_json(data, trained):
    about = json.loads(json.dumps(trained.about, allow_nan=False))
    card = read_card(data)
    assert about["data"] == {"name": "phantom", "counts": card.counts, "notes": card.notes}
    assert list(about["thresholds"]) == list(card.labels) == list(trained.labels)
    assert about["training"]["updates"] == 20
    missing = [name for name, cut in about["thresholds"].items() if cut is None]
    assert all(name in about["notes"][0] for name in missing)
    assert len(trained.test.labels) == card.counts["test"]


def test_same_seed_gives_the_same_classifier_and_another_seed_another(data, trained):
    again, other = (
        train_classifier(data, updates=20, batch_size=16, seed=seed, verbose=0) for seed in (1, 2)
    )
    np.testing.assert_allclose(again.test.probabilities, trained.test.probabilities, rtol=1e-4)
    assert np.abs(other.test.probabilities - trained.test.probabilities).max() > 1e-3


def saved(folder, labels, seed=5):
    keras.utils.set_random_seed(seed)
    model = quickly_traced("small", 16, 1, len(labels))
    folder.mkdir()
    save_classifier(model, folder, labels, {})
    return model


def test_initial_of_the_same_labels_keeps_its_last_layer_and_of_others_gets_a_new_one(
    data, tmp_path
):
    labels = read_card(data).labels
    for name, its_labels in (("same", labels), ("others", labels[::-1])):
        model = saved(tmp_path / name, its_labels)
        found = train_classifier(
            data, updates=1, batch_size=4, learning_rate=1e-9, initial=tmp_path / name, verbose=0
        ).model  # fmt: skip
        for layer in ("features", "logits"):
            kernels = [m.get_layer(layer).get_weights()[0] for m in (model, found)]
            kept = np.allclose(*kernels, atol=1e-5)
            assert kept == (layer == "features" or name == "same")


def test_initial_of_other_films_is_told(data, tmp_path):
    (tmp_path / "c").mkdir()
    save_classifier(quickly_traced("small", 32, 1, 2), tmp_path / "c", ("a", "b"), {})
    with pytest.raises(ValueError, match=r"reads films of 32 px and 1 channels. Received: data of"):
        train_classifier(data, initial=tmp_path / "c", verbose=0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"updates": 0}, "Received: updates=0"),
        ({"batch_size": 0}, "Received: batch_size=0"),
        ({"learning_rate": 0.0}, "positive number. Received: learning_rate=0.0"),
        ({"learning_rate": float("nan")}, "learning_rate=nan"),
    ],
)
def test_numbers_that_make_no_sense_are_told(data, changed, message):
    with pytest.raises(ValueError, match=message):
        train_classifier(data, verbose=0, **changed)


@pytest.mark.parametrize("missing", [("val",), ("val", "test")])
def test_a_missing_split_is_told_before_training(data, missing, monkeypatch):
    card = read_card(data)
    counts = {split: 0 if split in missing else n for split, n in card.counts.items()}
    monkeypatch.setattr(module, "read_card", lambda _: dataclasses.replace(card, counts=counts))
    with pytest.raises(ValueError, match=f"has no studies in {' and '.join(missing)}"):
        train_classifier(data, verbose=0)


def test_val_without_a_label_of_two_classes_is_told_before_training(data, monkeypatch):
    ones = lambda batch: (np.ones((4, 14), "float32"), np.ones((4, 14), bool))  # noqa: E731
    monkeypatch.setattr(module, "_labels_of", ones)
    with pytest.raises(ValueError, match="no label of which both classes are known"):
        train_classifier(data, verbose=0)


def test_a_training_that_diverges_is_told(data, monkeypatch):
    broken = Predictions(np.zeros((2, 14)), np.ones((2, 14), bool), np.full((2, 14), np.nan))
    monkeypatch.setattr(module, "predict_split", lambda *_: broken)
    with pytest.raises(FloatingPointError, match="diverged"):
        train_classifier(data, updates=1, batch_size=4, verbose=0)
