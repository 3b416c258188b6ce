"""Bringing films to a square."""

import numpy as np
from PIL import Image

from emixer_tf.data.preparation import FITS


def square(pixels, resolution, channels, fit):
    """Bring a film to a square.

    Args:
        pixels: float32 `[height, width]` or `[height, width, 3]` in [0, 1].
        resolution: Side of the result.
        channels: 1 or 3.
        fit: "pad" (black bars), "crop" (the middle) or "stretch".

    Returns:
        uint8 `[resolution, resolution, channels]`.

    Raises:
        ValueError: If `fit` is unknown.

    Example:

    >>> square(np.ones((2, 4), "float32"), 4, 1, "pad")[:, 0, 0]
    array([  0, 255, 255,   0], dtype=uint8)
    """
    if fit not in FITS:
        raise ValueError(f"fit must be one of {', '.join(FITS)}. Received: fit={fit!r}")
    if pixels.ndim == 3 and channels == 1:
        pixels = pixels @ np.array([0.299, 0.587, 0.114], "float32")
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    if fit == "crop":
        pixels = _middle(pixels)
    shrink = _shrink_padded if fit == "pad" else _shrink
    result = np.stack([shrink(pixels[..., k], resolution) for k in range(pixels.shape[2])], axis=-1)
    result = np.round(np.clip(result, 0, 1) * 255).astype("uint8")
    return np.repeat(result, 3, axis=-1) if result.shape[-1] < channels else result


def _middle(pixels):
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def _shrink(plane, resolution):
    return _resize(plane, resolution, resolution, _filter(plane.shape[0], resolution))


def _shrink_padded(plane, resolution):
    """Bring a plane, with black bars that make it square, to a resolution.

    A resize works one axis at a time, so the bars may come between: first the long axis, which has
    none, then bars beside few pixels instead of many, then the short axis.
    """
    height, width = plane.shape
    side = max(height, width)
    kind = _filter(side, resolution)
    top, left = (side - height) // 2, (side - width) // 2
    if width > height:
        padded = np.zeros((side, resolution), "float32")
        padded[top : top + height] = _resize(plane, height, resolution, kind)
    else:
        padded = np.zeros((resolution, side), "float32")
        padded[:, left : left + width] = _resize(plane, resolution, width, kind)
    return _resize(padded, resolution, resolution, kind)


def _filter(side, resolution):
    return Image.Resampling.BOX if side > 2 * resolution else Image.Resampling.BICUBIC


def _resize(plane, height, width, kind):
    plane = Image.fromarray(np.ascontiguousarray(plane))
    return np.asarray(plane.resize((width, height), kind))
