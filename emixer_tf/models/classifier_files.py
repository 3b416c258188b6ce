"""A trained classifier of films as a folder."""

import json
from pathlib import Path

import keras

from emixer_tf.files import as_json
from emixer_tf.version import __version__

CLASSIFIER, CARD = "classifier.keras", "classifier.json"


def save_classifier(model, folder, labels, about):
    """Write a classifier and a card that says what it reads and how good it is.

    Args:
        model: What `film_classifier` returned.
        folder: `pathlib.Path` of an existing folder.
        labels: Names of the outputs, in order.
        about: JSON-serialisable dict: data, training, scores.
    """
    _, side, _, channels = model.input_shape
    model.save(folder / CLASSIFIER)
    card = {
        "kind": model.name,
        "labels": list(labels),
        "resolution": side,
        "channels": channels,
        "range": [-1, 1],
        "emixer_tf_version": __version__,
        **about,
    }
    (folder / CARD).write_text(json.dumps(as_json(card), indent=1), encoding="utf-8")


def load_classifier(folder):
    """Return the classifier of a folder.

    Raises:
        ValueError: If the folder holds none, or a damaged one.
    """
    path = Path(folder) / CLASSIFIER
    try:
        return keras.models.load_model(path, compile=False)
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path} holds no classifier: {str(error).splitlines()[0]} Remedy: train one with "
            "`emixer train-classifier`."
        ) from error


def read_classifier_card(folder):
    """Return the card of a classifier's folder as a dict.

    Raises:
        ValueError: If the folder has none, or a damaged one.
    """
    path = Path(folder) / CARD
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path} is no card of a classifier ({error}). Remedy: train one with `emixer "
            "train-classifier`."
        ) from error
