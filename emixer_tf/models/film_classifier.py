"""Classifiers of films: what experiments train, and what films are measured by."""

import keras
from keras import ops

from emixer_tf.layers.conditional_norm import batch_normalization
from emixer_tf.names import check_choice

_DENSENET_MEAN, _DENSENET_DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_INCEPTION_SIDE = 75  # the smallest film Inception-v3 takes


def film_classifier(backbone, resolution, channels, outputs):
    """Return an untrained classifier of films.

    Args:
        backbone: "small", "densenet121" or "inception_v3".
        resolution: Side of the films in pixels.
        channels: 1 or 3.
        outputs: Labels or classes.

    Returns:
        `keras.Model` from films `[batch, R, R, channels]` in [-1, 1] to logits `[batch, outputs]`;
        its layer "features" gives what the last one reads, `[batch, features]`.

    Raises:
        ValueError: If the backbone is unknown, or the films are too small for it.

    Example:

    >>> model = film_classifier("small", resolution=32, channels=1, outputs=14)
    >>> model.output_shape, model.get_layer("features").output.shape
    ((None, 14), (None, 128))
    """
    check_choice("backbone", backbone, BACKBONES)
    films = keras.Input((resolution, resolution, channels), name="films")
    x = BACKBONES[backbone](films)
    x = keras.layers.Dropout(0.3, name="dropout")(x)
    logits = keras.layers.Dense(outputs, name="logits", dtype="float32")(x)
    return keras.Model(films, logits, name=f"{backbone}_classifier")


def feature_extractor(classifier):
    """Return the model from films to what the classifier's last layer reads."""
    return keras.Model(classifier.input, classifier.get_layer("features").output)


def with_new_outputs(classifier, outputs):
    """Return a classifier of other labels whose other layers are those of a trained one."""
    x = classifier.get_layer("dropout").output
    logits = keras.layers.Dense(outputs, name="logits", dtype="float32")(x)
    return keras.Model(classifier.input, logits, name=classifier.name)


def _small(films, width=16, features=128):
    """Four stages that keep places: the last map is flattened, as findings are small."""
    x, side, stage = films, films.shape[1], 0
    while side > 4:
        for _ in range(2):
            x = keras.layers.Conv2D(
                width * min(2**stage, 4), 3, padding="same", use_bias=False,
                kernel_initializer="he_normal",
            )(x)  # fmt: skip
            x = keras.layers.ReLU()(batch_normalization()(x))
        x = keras.layers.MaxPooling2D()(x)
        side, stage = side // 2, stage + 1
    x = keras.layers.Flatten()(x)
    return keras.layers.Dense(features, activation="relu", name="features")(x)


def _densenet121(films):
    network = keras.applications.DenseNet121(include_top=False, weights=None, pooling=None)
    x = network(_Standardised(_DENSENET_MEAN, _DENSENET_DEVIATION)(_in_colour(films)))
    return keras.layers.GlobalAveragePooling2D(name="features")(x)


def _inception_v3(films):
    if films.shape[1] < _INCEPTION_SIDE:
        raise ValueError(
            f"Inception-v3 takes films of {_INCEPTION_SIDE} px and more. Received: "
            f"resolution={films.shape[1]}. Remedy: prepare larger films, or another backbone."
        )
    network = keras.applications.InceptionV3(include_top=False, weights=None, pooling=None)
    return keras.layers.GlobalAveragePooling2D(name="features")(network(_in_colour(films)))


def _in_colour(films):
    if films.shape[-1] == 3:
        return films
    return keras.layers.Concatenate()([films, films, films])


@keras.saving.register_keras_serializable(package="emixer_tf")
class _Standardised(keras.layers.Layer):
    """From films in [-1, 1] to channels of a mean and a deviation.

    Args:
        mean, deviation: One number a channel, for films in [0, 1].
    """

    def __init__(self, mean, deviation, **kwargs):
        super().__init__(**kwargs)
        self.mean = tuple(mean)
        self.deviation = tuple(deviation)

    def call(self, films):
        """Return the films standardised."""
        mean, deviation = ops.convert_to_tensor(self.mean), ops.convert_to_tensor(self.deviation)
        return ((films + 1.0) / 2.0 - mean) / deviation

    def get_config(self):
        """Return the constructor's arguments."""
        return {**super().get_config(), "mean": self.mean, "deviation": self.deviation}


BACKBONES = {"small": _small, "densenet121": _densenet121, "inception_v3": _inception_v3}
