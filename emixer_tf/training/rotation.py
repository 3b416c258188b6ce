"""Rotation self-supervision: which films are turned, and by how much.

A quarter of the batch keeps its angle, the other quarters are turned by 90, 180 and 270 degrees
counter-clockwise. Row `i` is turned by `i mod 4` quarter turns, so a batch that is split over
replicas is turned exactly as it is on one, where all of it takes part (`rotated_share` 1); a
smaller share is of each replica's rows. The rows of a batch are in random order anyway.
"""

import math

from keras import ops


def quarter_turns(images, turns):
    """Turn films counter-clockwise by `turns` quarter turns, as `np.rot90` does.

    Args:
        images: `[batch, side, side, channels]`.
        turns: Python int, 0 for no turn.

    Returns:
        Films of the same shape.

    Example:

    >>> film = ops.reshape(ops.arange(4), (1, 2, 2, 1))  # rows 0 1 and 2 3
    >>> ops.convert_to_numpy(quarter_turns(film, 1))[0, ..., 0]
    array([[1, 3],
           [0, 2]], dtype=int32)

    Reference:
        EMIXER, section 3.2.3, of the angles 0, 90, 180 and 270; that way round in the code of
        SSGAN (Chen et al., arXiv:1811.11212).
    """
    return ops.rot90(images, k=turns, axes=(1, 2)) if turns else images


def rotated_count(batch_size, share):
    """Return how many films of a batch take part: `share` of them, in whole fours.

    Args:
        batch_size: Films in the batch, a multiple of 4.
        share: Above 0 and at most 1.

    Returns:
        Int: the share rounded up to a multiple of 4.

    Example:

    >>> rotated_count(16, 0.2)
    4

    Reference:
        docs/design.md, "Differences from the paper", rotated films.
    """
    return min(4 * math.ceil(share * batch_size / 4), batch_size)


def turned_films(images):
    """Return the three turned quarters of a batch.

    Args:
        images: Upright films `[batch, side, side, channels]`, batch a multiple of 4.

    Returns:
        Films `[3 * batch / 4, side, side, channels]`: rows 1, 5, ... by 90 degrees, then rows
        2, 6, ... by 180, then rows 3, 7, ... by 270.

    Example:

    >>> films = ops.reshape(ops.arange(16), (4, 2, 2, 1))
    >>> ops.convert_to_numpy(turned_films(films))[..., 0].tolist()
    [[[5, 7], [4, 6]], [[11, 10], [9, 8]], [[14, 12], [15, 13]]]

    Reference:
        EMIXER, section 3.2.3; Chen et al., SSGAN (arXiv:1811.11212).
    """
    return ops.concatenate([quarter_turns(images[k::4], k) for k in (1, 2, 3)], axis=0)


def rotation_targets(batch_size):
    """Return the angles (0..3 quarter turns) of the upright quarter followed by `turned_films`.

    Args:
        batch_size: Python int, a multiple of 4.

    Returns:
        int32 tensor `[batch_size]`.

    Example:

    >>> ops.convert_to_numpy(rotation_targets(8)).tolist()
    [0, 0, 1, 1, 2, 2, 3, 3]

    Reference:
        EMIXER, section 3.2.3: the angles that D_image predicts.
    """
    return ops.repeat(ops.arange(4, dtype="int32"), batch_size // 4)
