"""The shipped preset, exported once for all tests of serving."""

import pytest

from emixer_tf import EMIXER
from emixer_tf.models.film_classifier import film_classifier
from emixer_tf.serving import export_saved_model

CLASSIFIER_LABELS = ["Edema", "Fracture", "Pneumothorax"]


@pytest.fixture(scope="package")
def preset_model():
    return EMIXER.from_preset("emixer_phantom_64")


@pytest.fixture(scope="package")
def classifier():
    return film_classifier("small", 32, 1, len(CLASSIFIER_LABELS))


@pytest.fixture(scope="package")
def exported(preset_model, classifier, tmp_path_factory):
    """Folder of version 1 of a model "emixer"."""
    return export_saved_model(
        preset_model,
        tmp_path_factory.mktemp("served") / "emixer",
        classifier=classifier,
        classifier_labels=CLASSIFIER_LABELS,
    )
