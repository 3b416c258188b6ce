"""Differentiable augmentation of films, for small data sets."""

from keras import ops


def augment_films(images, stream, purpose):
    """Change brightness, contrast and position of every film at random, differentiably.

    No flips and no rotations: reports say left and right, and rotation is a task of its own.

    Args:
        images: `[batch, side, side, channels]` in [-1, 1].
        stream: `RandomStream`.
        purpose: Address in the stream; the two after it are used too.

    Returns:
        Films of the same shape.

    Reference:
        Zhao et al., Differentiable Augmentation (arXiv:2006.10738).
    """
    batch = images.shape[0]
    images = images + stream.uniform(purpose, (batch, 1, 1, 1)) - 0.5
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    images = (images - mean) * (0.5 + stream.uniform(purpose + 1, (batch, 1, 1, 1))) + mean
    return shift_films(images, stream, purpose + 2)


def shift_films(images, stream, purpose):
    """Move every film by up to an eighth of its side; what moves in continues its edge.

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
