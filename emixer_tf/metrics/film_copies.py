"""Generated films that are copies of training films, by their features or by their pixels."""

from emixer_tf.metrics.copy_calls import called_copies
from emixer_tf.metrics.nearest_neighbours import nearest_neighbours
from emixer_tf.metrics.shifted_pixels import nearest_films


def copied_features(generated, training, held_out, share=0.01):
    """Find generated films whose features are nearer to a training film's than unseen films' are.

    Args:
        generated, training, held_out: `[n, d]` features of films by one extractor; `held_out` of
            real films whose patients are not in training.
        share: As for `called_copies`.

    Returns:
        `CopyCalls`.

    Raises:
        ValueError: As `nearest_neighbours` and `called_copies`.

    Example:

    >>> import numpy as np
    >>> features = np.random.default_rng(0).random((30, 8))
    >>> copied_features(features[:3], features[:20], features[20:]).rate
    1.0
    """
    found, unseen = (_first(nearest_neighbours(side, training)) for side in (generated, held_out))
    return called_copies(found, unseen, share)


def copied_films(generated, training, held_out, share=0.01):
    """Find generated films whose pixels are nearer to a training film's than unseen films' are.

    Args:
        generated, training, held_out: uint8 `[n, height, width, channels]`; `held_out` real films
            whose patients are not in training.
        share: As for `called_copies`.

    Returns:
        `CopyCalls`.

    Raises:
        ValueError: As `nearest_films` and `called_copies`.

    Example:

    >>> import numpy as np
    >>> films = np.random.default_rng(0).integers(0, 256, (12, 32, 32, 1), "uint8")
    >>> copied_films(films[:2], films[:8], films[8:]).copies
    array([ True,  True])
    """
    found, unseen = (nearest_films(side, training) for side in (generated, held_out))
    return called_copies(found, unseen, share)


def _first(found):
    """Return the nearest alone of `(distances [n, 1], indices [n, 1])`."""
    return tuple(array[:, 0] for array in found)
