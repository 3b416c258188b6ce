"""How alike are two films' pixels, wherever a film was moved and however it was graded?"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from PIL import Image
from scipy.spatial.distance import cdist

from emixer_tf.metrics.nearest_neighbours import nearest_neighbours

_SIDE = 64
_SHIFT = 4
_WINDOW = _SIDE - 2 * _SHIFT
_FINE, _COARSE = 2, 8  # pixels of 64 that make one
_CANDIDATES = 2
_BLOCK = 64  # films


def nearest_films(queries, references):
    """Find the nearest reference film of each query film by their pixels.

    Films are reduced to 64 x 64 grey pixels. The middle 56 x 56 of the reference is compared with
    each of the 81 windows of that size in the query, both reduced to 28 x 28, so a query moved by
    up to 1/16 of its side is found; half a pixel of 32 matters, hence steps of 64.
    Each window is brought to mean 0 and standard deviation 1, so brightness and contrast do not
    matter; one of a single grey becomes 0. The distance is the smallest root mean square
    difference: 0 for a copy, 1.41 where films do not correlate.

    Candidates are the nearest 2 to each of the windows when all are reduced to 7 x 7. Copies are
    among them; of films that are none, the nearest was missed for 1 in 50, by 0.02 at most. Time
    grows with the product of the two numbers of films.

    Args:
        queries: uint8 `[n, height, width, channels]`.
        references: uint8 `[m, height, width, channels]`; their resolution may be another.

    Returns:
        `(distances, indices)`: float64 and int64 `[n]`.

    Raises:
        ValueError: If the films are no uint8 arrays of that shape, or there are none.

    Example:

    >>> films = np.random.default_rng(0).integers(0, 100, (3, 64, 64, 1), "uint8")
    >>> distances, indices = nearest_films(2 * films[2:] + 10, films)
    >>> indices, distances.round(6)
    (array([2]), array([0.]))
    """
    queries = checked_films(queries, "query")
    references = checked_films(references, "reference")
    middles = [
        (_middles(block, _COARSE), _middles(block, _FINE)) for block in _reduced_blocks(references)
    ]
    coarse, fine = (np.concatenate(blocks) for blocks in zip(*middles, strict=True))
    found = []
    for block in _reduced_blocks(queries):
        for film, candidates in zip(block, _candidates(block, coarse), strict=True):
            distances = cdist(_windows(film[None], _FINE)[0], fine[candidates]).min(axis=0)
            found.append((distances.min(), candidates[distances.argmin()]))
    distances, indices = zip(*found, strict=True)
    return np.array(distances), np.array(indices)


def checked_films(films, name):
    """Return films as an array, or say what is wrong with them.

    Args:
        films: uint8 `[n, height, width, channels]`, 1 or 3 channels, at least one film.
        name: What to call them in an error, as in "generated".

    Returns:
        uint8 `[n, height, width, channels]`.

    Raises:
        ValueError: If they are not that.
    """
    films = np.asarray(films)
    shaped = films.ndim == 4 and films.shape[-1] in (1, 3) and films.size > 0
    if films.dtype != np.uint8 or not shaped:
        raise ValueError(
            f"The {name} films are uint8 [films, height, width, channels] with 1 or 3 channels. "
            f"Received: {films.dtype} {films.shape}. Remedy: pass films as `generate` returns them."
        )
    return films


def _candidates(films, middles):
    """Return for each film the places of the middles that are nearest to one of its windows."""
    windows = _windows(films, _COARSE).reshape(len(films) * (2 * _SHIFT + 1) ** 2, -1)
    _, indices = nearest_neighbours(windows, middles, min(_CANDIDATES, len(middles)))
    return [np.unique(places) for places in indices.reshape(len(films), -1)]


def _reduced_blocks(films):
    for start in range(0, len(films), _BLOCK):
        yield _reduced(films[start : start + _BLOCK])


def _reduced(films):
    """Return float32 `[n, 64, 64]`: means of the channels, and of the pixels that fall together."""
    size = (_SIDE, _SIDE)
    planes = (Image.fromarray(film.mean(axis=-1, dtype=np.float32)) for film in films)
    return np.stack([np.asarray(plane.resize(size, Image.Resampling.BOX)) for plane in planes])


def _windows(films, pixels):
    """Return the standardised windows `[n, 81, d]` of films, of means of `pixels` x `pixels`."""
    means = _sliding_means(films, pixels)
    span = _WINDOW - pixels + 1
    windows = sliding_window_view(means, (span, span), axis=(1, 2))[..., ::pixels, ::pixels]
    return _standardised(windows.reshape(len(films), (2 * _SHIFT + 1) ** 2, -1))


def _middles(films, pixels):
    """Return the standardised middle `[n, d]` of each film, of means of `pixels` x `pixels`."""
    middle = slice(_SHIFT, _SHIFT + _WINDOW - pixels + 1, pixels)
    means = _sliding_means(films, pixels)[:, middle, middle]
    return _standardised(means.reshape(len(films), -1))


def _sliding_means(films, pixels):
    """Return the means `[n, 65 - pixels, 65 - pixels]` of the squares that begin at each pixel."""
    sums = films.cumsum(axis=1, dtype=np.float64).cumsum(axis=2)
    sums = np.pad(sums, ((0, 0), (1, 0), (1, 0)))
    rows = sums[:, pixels:] - sums[:, :-pixels]
    return (rows[:, :, pixels:] - rows[:, :, :-pixels]) / pixels**2


def _standardised(windows):
    """Return windows of mean 0 whose Euclidean distance is the root mean square difference.

    What is left of a single grey is rounding, far below a thousandth, and no contrast.
    """
    windows = windows - windows.mean(axis=-1, keepdims=True)
    deviations = windows.std(axis=-1, keepdims=True)
    contrast = np.where(deviations > 1e-3, deviations, np.inf)
    return (windows / contrast / np.sqrt(windows.shape[-1])).astype(np.float32)
