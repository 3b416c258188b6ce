"""What every film metric asks of the features it is given."""

import numpy as np


def checked_features(features, name, least=2):
    """Return features as a matrix of real numbers, or say what is wrong with them.

    Args:
        features: `[n, d]`, anything NumPy reads as numbers: one row a film.
        name: What to call them in an error, as in "real" or "generated".
        least: Rows that the caller needs.

    Returns:
        `[n, d]`; float32 where that holds every value of the given type, else float64. The array
        given, where it is one of those already.

    Raises:
        ValueError: If the features are no matrix of real numbers, have no columns or fewer than
            `least` rows, or hold NaN or infinity.

    Example:

    >>> checked_features([[1, 2], [3, 4]], "real")
    array([[1., 2.],
           [3., 4.]])
    """
    features = _real_numbers(features, name)
    if features.ndim != 2 or features.shape[1] == 0:
        raise ValueError(
            f"The {name} features are a matrix with one row a film and at least one column. "
            f"Received: shape {features.shape}. Remedy: pass an array [films, features]."
        )
    if len(features) < least:
        raise ValueError(
            f"The {name} features have too few rows: {least} or more are needed. "
            f"Received: {len(features)}. Remedy: extract the features of more films."
        )
    _check_finite(features, name)
    return features


def check_same_width(a, b):
    """Refuse to compare features of different widths.

    Args:
        a: `[n, d]`.
        b: `[m, d]`.

    Raises:
        ValueError: If the two differ in `d`.

    Example:

    >>> check_same_width(np.zeros((3, 2)), np.zeros((4, 2)))
    """
    if a.shape[1] != b.shape[1]:
        raise ValueError(
            "Features can be compared only if one extractor made them, and these differ in width. "
            f"Received: {a.shape[1]} and {b.shape[1]} columns. Remedy: extract both with the same "
            "extractor."
        )


def _real_numbers(features, name):
    try:
        features = np.asarray(features)
    except ValueError as error:  # rows of different lengths
        raise ValueError(
            f"The {name} features are no array: {error} Remedy: give every film the same number "
            "of features."
        ) from None
    if features.dtype.kind not in "fiub":
        raise ValueError(
            f"The {name} features are real numbers. Received: dtype {features.dtype}. Remedy: pass "
            "an array of float32 or float64."
        )
    exact_in_float32 = np.can_cast(features.dtype, np.float32)
    return features.astype(np.float32 if exact_in_float32 else np.float64, copy=False)


def _check_finite(features, name):
    finite = np.isfinite(features).all(axis=1)
    if not finite.all():
        raise ValueError(
            f"The {name} features hold NaN or infinity in {(~finite).sum()} of {len(features)} "
            f"rows. Received: such a value in row {finite.argmin()}. Remedy: leave these films "
            "out, or find out why the extractor fails on them."
        )
