"""From films to features, by an extractor that says what it is."""

import warnings

import numpy as np
from PIL import Image

RESIZE = "bicubic (Pillow, antialiased, not rounded, clipped to the 256 levels)"
FEATURES = "features"  # the name of the layer, or output, that holds them
_LUMINANCE = np.array([0.299, 0.587, 0.114], "float32")


class FeatureExtractor:
    """Turns films into features, always in the same way, and says in which.

    Two sets of features can be compared only if their extractors have the same identity.

    Args:
        embed: Function from float32 films `[b, resolution, resolution, channels]`, in the range
            that the identity names, to `[b, d]`, or to maps `[b, height, width, d]`, which are
            averaged over space.
        identity: Dict of "name", for people; "weights", a hash; "layer", whose output the features
            are; "input", a dict of "resolution", "channels" and "range", `[black, white]`; and
            "resize", the filter for films of another size. It can be written as JSON.

    Example:

    >>> size = {"resolution": 2, "channels": 1, "range": [0, 1]}
    >>> identity = {"name": "pixels", "weights": "none", "layer": "input", "input": size}
    >>> extractor = FeatureExtractor(lambda x: x.reshape(len(x), -1), identity)
    >>> extractor.extract(np.array([[[0, 255], [51, 0]]], "uint8")[..., None])
    array([[0. , 1. , 0.2, 0. ]], dtype=float32)

    Reference:
        docs/metrics.md, "Films". Why the filter is told: Parmar et al., "On aliased resizing and
        surprising subtleties in GAN evaluation", CVPR 2022.
    """

    def __init__(self, embed, identity):
        self._embed = embed
        self.identity = identity

    def extract(self, films, batch_size=64):
        """Return the features of films.

        Films of another size are resized by the filter that the identity names. Grey films are
        repeated for an extractor of colour, and of colour films one of grey gets the luminance, as
        `emixer prepare` does it.

        Films of one value throughout show nothing. They are measured like all others, with a
        warning that counts them: real ones never come so far, as reading them fails, and leaving
        out generated ones would flatter the generator.

        Args:
            films: uint8 `[n, side, side, channels]`; 1 or 3 channels.
            batch_size: Films at a time.

        Returns:
            float32 `[n, d]`.

        Raises:
            ValueError: If the films are no such array, or the extractor makes no features of them.
        """
        films = _checked_films(films)
        _warn_of_blank_films(films)
        batches = (films[start : start + batch_size] for start in range(0, len(films), batch_size))
        return np.concatenate([self._features(batch) for batch in batches])

    def _features(self, films):
        features = np.asarray(self._embed(_model_input(films, self.identity["input"])))
        if features.ndim == 4:
            features = features.mean(axis=(1, 2))
        if features.ndim != 2:
            raise ValueError(
                "Features are [films, d], or maps [films, height, width, d]. Received: shape "
                f"{features.shape} from layer {self.identity['layer']!r}. Remedy: name the layer "
                f"whose output is wanted {FEATURES!r}, and save the model again."
            )
        return features.astype("float32")


def _checked_films(films):
    films = np.asarray(films)
    if films.dtype != np.uint8:
        raise ValueError(
            f"Films are uint8, from 0 to 255. Received: dtype {films.dtype}. Remedy: for floats in "
            '[-1, 1], pass np.rint((films + 1) * 127.5).astype("uint8").'
        )
    square = films.ndim == 4 and films.shape[1] == films.shape[2] and films.shape[3] in (1, 3)
    if not square or not films.size:
        raise ValueError(
            "Films are an array [n, side, side, channels] of 1 or 3 channels, n of 1 or more. "
            f"Received: shape {films.shape}. Remedy: make them square, and add an axis for the "
            "channel of grey films."
        )
    return films


def _warn_of_blank_films(films):
    blank = films.min(axis=(1, 2, 3)) == films.max(axis=(1, 2, 3))
    if blank.any():
        warnings.warn(
            f"{blank.sum()} of {len(films)} films are of one value throughout and show nothing, "
            f"the first in row {blank.argmax()}. Their features are used like all others. Remedy: "
            "if they stand for films that could not be read, leave them out.",
            stacklevel=3,
        )


def _model_input(films, size):
    """Return float32 `[n, resolution, resolution, channels]` in the model's range."""
    resolution, channels, (black, white) = size["resolution"], size["channels"], size["range"]
    films = films.astype("float32")
    if films.shape[3] > channels:
        films = (films @ _LUMINANCE)[..., None]
    if films.shape[1] != resolution:
        films = np.stack([_resized(film, resolution) for film in films])
    films = np.repeat(films, channels // films.shape[3], axis=3)
    return films / np.float32(255) * np.float32(white - black) + np.float32(black)


def _resized(film, resolution):
    planes = [
        Image.fromarray(np.ascontiguousarray(film[..., k])).resize(
            (resolution, resolution), Image.Resampling.BICUBIC
        )
        for k in range(film.shape[-1])
    ]
    return np.stack(planes, axis=-1).clip(0, 255)
