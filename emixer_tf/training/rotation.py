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
        turns: Python int.

    Returns:
        Films of the same shape.
    """
    return ops.rot90(images, k=turns, axes=(1, 2)) if turns else images


def rotated_count(batch_size, share):
    """Return how many films of a batch take part: `share` of them, in whole fours.

    Example:

    >>> rotated_count(16, 0.2)
    4
    """
    return min(4 * math.ceil(share * batch_size / 4), batch_size)


def turned_films(images):
    """Return the three turned quarters of a batch.

    Args:
        images: Upright films `[batch, side, side, channels]`, batch a multiple of 4.

    Returns:
        Films `[3 * batch / 4, side, side, channels]`: rows 1, 5, ... by 90 degrees, then rows
        2, 6, ... by 180, then rows 3, 7, ... by 270.

    Reference:
        EMIXER, section 3.2.3; Chen et al., SSGAN (arXiv:1811.11212).
    """
    return ops.concatenate([quarter_turns(images[k::4], k) for k in (1, 2, 3)], axis=0)


def rotation_targets(batch_size):
    """Return the angles (0..3 quarter turns) of the upright quarter followed by `turned_films`.

    Args:
        batch_size: Python int, a multiple of 4.

    Returns:
        Integer tensor `[batch_size]`.
    """
    return ops.repeat(ops.arange(4, dtype="int32"), batch_size // 4)
