"""Films moved at random, differentiably."""

from keras import ops


def shift_films(images, stream, purpose):
    """Move every film by up to an eighth of its side; what moves in continues its edge.

    No flips and no rotations: reports say left and right, and rotation is a task of its own.

    Args:
        images: `[batch, side, side, channels]`.
        stream: `RandomStream`.
        purpose: Address in the stream.

    Returns:
        Films of the same shape.
    """
    side = images.shape[1]
    reach = max(side // 8, 1)
    fractions = stream.uniform(purpose, (images.shape[0], 2))
    shifts = ops.cast(ops.floor(fractions * (2 * reach + 1)), "int32") - reach  # [batch, 2]
    places = ops.arange(side, dtype="int32")[None]
    rows = ops.clip(shifts[:, :1] + places, 0, side - 1)  # [batch, side]
    columns = ops.clip(shifts[:, 1:] + places, 0, side - 1)
    picked = ops.take_along_axis(images, rows[:, :, None, None], axis=1)
    return ops.take_along_axis(picked, columns[:, None, :, None], axis=2)
