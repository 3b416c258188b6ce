"""What classifiers of films, or of films and reports, learn by."""

import keras
from keras import ops
from scipy.special import expit

UNKNOWN = -1.0


@keras.saving.register_keras_serializable(package="emixer_tf")
def masked_label_loss(labels, logits):
    """Binary cross-entropy of multi-hot labels, over those that are known.

    Args:
        labels: `[batch, label_count]`, 1, 0, or `UNKNOWN`.
        logits: `[batch, label_count]`.

    Returns:
        `[batch]`; 0 for a study without any label.
    """
    known = ops.cast(labels >= 0, "float32")
    losses = known * (ops.softplus(logits) - labels * logits)
    return ops.sum(losses, axis=-1) / ops.maximum(ops.sum(known, axis=-1), 1.0)


@keras.saving.register_keras_serializable(package="emixer_tf")
def class_loss(classes, logits):
    """Cross-entropy of one class a film.

    Args:
        classes: One-hot `[batch, classes]`.
        logits: `[batch, classes]`.

    Returns:
        `[batch]`.
    """
    return keras.losses.categorical_crossentropy(classes, logits, from_logits=True)


def predict_probabilities(model, inputs, batch_size=256):
    """Return sigmoid of a model's logits, `[n, label_count]`.

    Args:
        model: `keras.Model` with logits.
        inputs: Array of films, or dict of arrays.
        batch_size: Studies at a time.
    """
    logits = model.predict(inputs, batch_size=batch_size, verbose=0)
    return expit(logits.astype("float64"))
