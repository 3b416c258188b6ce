"""Reading films from files, and bringing them to a square."""

import numpy as np
from PIL import Image, UnidentifiedImageError

from emixer_tf.data.errors import DataError

_SIXTEEN_BIT_MODES = ("I;16", "I;16B", "I;16L", "I")
_UNREADABLE = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
)


def read_image(path):
    """Read a film.

    Args:
        path: PNG, JPEG or any other file Pillow reads; 8 or 16 bits, grey or colour.

    Returns:
        float32 `[height, width]`, or `[height, width, 3]` for colour, in [0, 1].

    Raises:
        DataError: If the file is missing, no image, cut short, too large to be a film, or of one
            value throughout.
    """
    try:
        with Image.open(path) as image:
            pixels = _pixels(image)
    except FileNotFoundError:
        raise DataError(
            f"{path}: there is no such file. Remedy: check the image column and --root."
        ) from None
    except _UNREADABLE as error:
        raise DataError(
            f"{path}: this is no readable image ({error}). Remedy: replace it, or use "
            "--on-error skip."
        ) from None
    if pixels.max() == pixels.min():
        raise DataError(
            f"{path}: every pixel is {pixels.max():.3g}, so it shows nothing. Remedy: replace it, "
            "or use --on-error skip."
        )
    return pixels


def _pixels(image):
    if image.mode in _SIXTEEN_BIT_MODES:
        return np.asarray(image, "float32") / 65535.0
    if image.mode in ("L", "1"):
        return np.asarray(image.convert("L"), "float32") / 255.0
    if image.mode == "LA":
        return np.asarray(image.getchannel("L"), "float32") / 255.0
    return np.asarray(image.convert("RGB"), "float32") / 255.0


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
    """
    if fit not in ("pad", "crop", "stretch"):
        raise ValueError(f'fit must be "pad", "crop" or "stretch". Received: fit={fit!r}')
    if pixels.ndim == 3 and channels == 1:
        pixels = pixels @ np.array([0.299, 0.587, 0.114], "float32")
    if pixels.ndim == 2:
        pixels = pixels[..., None]
    height, width = pixels.shape[:2]
    if fit == "crop":
        side = min(height, width)
        top, left = (height - side) // 2, (width - side) // 2
        pixels = pixels[top : top + side, left : left + side]
    elif fit == "pad":
        side = max(height, width)
        padded = np.zeros((side, side, pixels.shape[2]), "float32")
        top, left = (side - height) // 2, (side - width) // 2
        padded[top : top + height, left : left + width] = pixels
        pixels = padded
    planes = [
        Image.fromarray(pixels[..., k]).resize((resolution, resolution), Image.Resampling.BOX
        if pixels.shape[0] > 2 * resolution else Image.Resampling.BICUBIC)
        for k in range(pixels.shape[2])
    ]  # fmt: skip
    result = np.stack([np.asarray(plane) for plane in planes], axis=-1)
    result = np.round(np.clip(result, 0, 1) * 255).astype("uint8")
    return np.repeat(result, 3, axis=-1) if result.shape[-1] < channels else result
