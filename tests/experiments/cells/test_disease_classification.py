import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from emixer_tf.experiments.cells.data import PhantomData
from emixer_tf.experiments.cells.disease_classes import CLASSES, STAND_INS, DiseaseClasses
from emixer_tf.experiments.cells.disease_classification import (
    DiseaseClassification,
    SourceClassification,
    probabilities,
)

DATA = (PhantomData(9, 3, 3, 16), PhantomData(8, 3, 3, 16))
FILMS = DiseaseClasses(DATA, ("a", "b"), tuple(STAND_INS[name] for name in CLASSES))
OPTIONS = {"pretrained": None, "backbone": "small", "updates": 1, "batch_size": 4, "seed": 0}
TRAIN = {"sources": np.array([0, 0, 0, 0, 1, 1, 1]), "classes": np.array([0, 0, 0, 1, 2, 3, 3])}


def test_the_source_alone_guesses_what_is_frequent_there():
    test = {"sources": np.array([0, 1, 0, 1]), "classes": np.array([0, 3, 1, 2])}
    chances = np.array([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]])
    found = SourceClassification(FILMS, **OPTIONS).tested(chances, TRAIN, test)["scores"]
    by_source = np.array([[0.75, 0.25, 0, 0], [0, 0, 1 / 3, 2 / 3]])  # of TRAIN
    guessed = chances @ by_source
    for number, name in enumerate(CLASSES):
        expected = roc_auc_score(test["classes"] == number, guessed[:, number])
        assert found[f"auroc/{name}"] == pytest.approx(expected)
    assert found["accuracy"] == 0.5  # normal and COVID-19, the frequent ones, are right
    assert found["source/auroc"] == pytest.approx(roc_auc_score(test["sources"], chances[:, 1]))
    assert found["source/accuracy"] == 0.75


def test_classes_are_learnt_and_scored_unless_the_source_alone_is():
    test = {"classes": np.array([0, 1, 2, 3])}
    disease, source = (
        kind(FILMS, **OPTIONS) for kind in (DiseaseClassification, SourceClassification)
    )
    assert (disease.outputs(TRAIN), source.outputs(TRAIN)) == (4, 2)
    np.testing.assert_array_equal(disease.targets(TRAIN), TRAIN["classes"])
    np.testing.assert_array_equal(source.targets(TRAIN), TRAIN["sources"])
    chances = np.full((4, 4), 0.1) + 0.6 * np.eye(4)[[0, 1, 3, 3]]
    found = disease.tested(chances, TRAIN, test)
    assert found["scores"]["accuracy"] == 0.75
    assert found["scores"]["sensitivity/viral_pneumonia"] == 0
    assert found["scores"]["ppv/covid19"] == 0.5


def test_probabilities_are_the_softmax_of_logits_however_large():
    class Logits:
        def predict(self, films, batch_size, verbose):
            return np.array([[1000.0, 1000.0], [0.0, np.log(3.0)]])

    found = probabilities(Logits(), np.zeros((2, 4, 4, 1), "uint8"))
    np.testing.assert_allclose(found, [[0.5, 0.5], [0.25, 0.75]])
