import json
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, roc_auc_score

from emixer_tf.experiments.cells import classifiers
from emixer_tf.experiments.cells.classifiers import train_on_phases
from emixer_tf.experiments.study_arrays import StudyArrays
from emixer_tf.training.film_classifier import UNKNOWN, masked_label_loss

COUNT = 40


def studies(seed, label, noise=60):
    """Studies of one label, whose films are the brighter the more likely it is."""
    random = np.random.default_rng(seed)
    labels = (np.arange(COUNT) % 2).astype("float32")[:, None]
    grey = np.clip(100 + 40 * labels[:, 0] + noise * random.normal(size=COUNT), 0, 255)
    return StudyArrays(
        films=np.tile(grey.astype("uint8")[:, None, None, None], (1, 2, 2, 1)),
        tokens=np.zeros((COUNT, 1, 1), "int32"),
        labels=labels if label is None else np.full_like(labels, label),
        label_mask=np.ones_like(labels),
        reported=np.zeros(COUNT, "float32"),
        reports=[""] * COUNT,
    )


class Brightness:
    """A classifier whose logit is a film's brightness."""

    def predict(self, films, batch_size, verbose):
        return 4 * films.mean(axis=(1, 2))


def films_of(studies):
    return studies.images


@pytest.fixture
def real(tmp_path):
    for seed, split in enumerate(("train", "val", "test")):
        studies(seed, None).save(tmp_path / split)
    (tmp_path / "names.json").write_text(json.dumps({"labels": ["Edema"], "vocabulary": []}))
    return tmp_path


def brightness(some):
    return np.asarray(some.films, float).mean(axis=(1, 2, 3))


def test_a_classifier_is_scored_on_test_with_the_thresholds_of_validation(real):
    val, test = (StudyArrays.load(real / split) for split in ("val", "test"))
    truth, grey = val.labels[:, 0], brightness(val)
    youden = [(grey[truth == 1] >= cut).mean() - (grey[truth == 0] >= cut).mean() for cut in grey]
    threshold = grey[np.argmax(youden)]
    found = classifiers.tested(Brightness(), films_of, real)["scores"]
    own, other = ((some.labels[:, 0], brightness(some)) for some in (test, val))
    assert found["auroc"] == found["auroc/Edema"] == pytest.approx(roc_auc_score(*own))
    assert found["auroc"] != pytest.approx(roc_auc_score(*other), abs=1e-3)
    assert found["accuracy"] == pytest.approx(accuracy_score(own[0], own[1] >= threshold))


def test_phases_follow_each_other_and_validation_films_choose_the_best(real, monkeypatch):
    val = StudyArrays.load(real / "val")
    phases = [(studies(7, 1.0), 3), (studies(8, 0.5), 2)]
    phases[1][0].label_mask[:] = 0
    seen = []

    def fit(model, batches, updates, score, learning_rate, loss):
        seen.append((list(batches.as_numpy_iterator()), updates, score(model), loss))

    monkeypatch.setattr(classifiers, "fit_keeping_best", fit)
    cell = SimpleNamespace(batch_size=8, seed=3)
    train_on_phases(cell, Brightness(), films_of, phases, val)
    (first, first_updates, score, loss), (second, second_updates, _, _) = seen
    assert (len(first), len(second)) == (first_updates, second_updates) == (3, 2)
    assert score == pytest.approx(roc_auc_score(val.labels[:, 0], brightness(val)))
    assert loss is masked_label_loss
    assert all((labels == 1).all() for _, labels in first)
    assert all((labels == UNKNOWN).all() for _, labels in second)
    known = {film.tobytes() for film in phases[0][0].images}
    assert {film.tobytes() for films, _ in first for film in films} <= known
