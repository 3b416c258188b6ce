"""Reading films from files, and bringing them to a square."""

from io import BytesIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from emixer_tf.data.errors import RowError

_DEPTHS = (8, 10, 12, 14, 16)
_BEGINNINGS = {
    b"<!doctype": "is a web page",
    b"<html": "is a web page",
    b"<?xml": "is XML",
    b"version https://git-lfs": "is a Git LFS pointer, not the film itself",
    b"pk\x03\x04": "is a zip archive",
    b"\x1f\x8b": "is packed by gzip",
    b"%pdf": "is a PDF",
    b"\x89png": "is a damaged PNG",
    b"\xff\xd8\xff": "is a damaged JPEG",
}


def read_image(path, at_least=None):
    """Read a film from a PNG, a JPEG or another picture.

    Of 8 bits, 255 is white. A file of 16 bits does not say how many of them the film uses, and many
    sets ship the 10 to 14 bits of the detector in it, where 65,535 as white would make every film
    nearly black. White is therefore the least of 255, 1,023, 4,095, 16,383 and 65,535 that the
    brightest pixel does not exceed. A film that is darker than half its depth all over comes out
    brighter for that; one with a marker or open air does not.

    Args:
        path: PNG, JPEG or any other file Pillow reads; 8 or 16 bits, grey or colour.
        at_least: Pixels wanted along the short side. The film is then read at a smaller scale, at
            which it still has at least four times as many: much faster, most of all for a JPEG.
            What `square` makes of it stays the same to about one grey level. None: the whole film.

    Returns:
        float32 `[height, width]`, or `[height, width, 3]` for colour, in [0, 1].

    Raises:
        RowError: If the file is missing ("unreadable film"), no picture, cut short, too large to
            be a film, or of one value throughout ("blank film").

    Example:

    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     Image.fromarray(np.eye(4, dtype="uint8") * 255).save(f"{folder}/film.png")
    ...     read_image(f"{folder}/film.png")[0]
    array([1., 0., 0., 0.], dtype=float32)
    """
    return decode_image(file_bytes(path), str(path), at_least)


def decode_image(data, name, at_least=None):
    """Decode a film from the bytes of a picture, as they stand in a file or an archive.

    Args:
        data: The bytes.
        name: What to call them in an error.
        at_least: As for `read_image`.

    Returns:
        As `read_image`.

    Raises:
        RowError: As `read_image`.
    """
    try:
        with Image.open(BytesIO(data)) as image:
            white = _white(image)
            pixels = _pixels(_smaller(image, at_least) if at_least else image, white)
    except Exception as error:  # damage may make Pillow raise anything
        unknown = isinstance(error, UnidentifiedImageError)
        reason = describe_beginning(data) if unknown else one_line(error)
        raise RowError(
            "unreadable film",
            f"{name}: this is no readable image ({reason}). Remedy: replace it, or use "
            "--on-error skip.",
        ) from None
    if pixels.max() == pixels.min():
        raise RowError(
            "blank film",
            f"{name}: every pixel is {pixels.max():.3g}, so it shows nothing. Remedy: replace it, "
            "or use --on-error skip.",
        )
    return pixels


def file_bytes(path):
    """Return what a film's file holds.

    Args:
        path: The file.

    Returns:
        bytes.

    Raises:
        RowError: "unreadable film" if there is no such file, or it may not be read.
    """
    with open_film(path) as file:
        return file.read()


def open_film(path):
    """Open a film's file.

    Args:
        path: The file.

    Returns:
        Binary file.

    Raises:
        RowError: As `file_bytes`.
    """
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise RowError(
            "unreadable film",
            f"{path}: there is no such file. Remedy: check --root and what names the film.",
        ) from None
    except OSError as error:
        raise RowError(
            "unreadable film",
            f"{path}: the file cannot be opened ({error.strerror}). Remedy: check who may read it, "
            "and what names the film.",
        ) from None


def describe_beginning(data):
    """Say how a file begins, and what that makes it.

    Args:
        data: bytes.

    Returns:
        str, without a full stop.

    Example:

    >>> describe_beginning(b"<!DOCTYPE html><title>Sign in</title>")
    "it begins with '<!DOCTYPE' and is a web page"
    >>> describe_beginning(b"")
    'the file is empty'
    """
    if not data:
        return "the file is empty"
    if data[128:132] == b"DICM":
        return "it is a DICOM file"
    text = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    for beginning, kind in _BEGINNINGS.items():
        if text.lower().startswith(beginning):
            return f"it begins with {_quoted(text[: len(beginning)])} and {kind}"
    return f"it begins with {_quoted(data[:12])}"


def one_line(error):
    """Return the message of an error without line breaks, or its type where it has none."""
    return " ".join(str(error).split()) or type(error).__name__


def _quoted(data):
    return repr(data).removeprefix("b")


def _has_more_than_eight_bits(image):
    return image.mode.startswith("I;16") or image.mode in ("I", "F")


def _white(image):
    """Return the value that stands for white. See `read_image`.

    It is that of the whole film: a film read at a smaller scale has lost its brightest pixels.
    """
    if not _has_more_than_eight_bits(image):
        return 255
    pixels = np.asarray(image)
    low, high = pixels.min(), pixels.max()
    if image.mode == "F" or low < 0 or high > 65535:
        raise ValueError(f"32 bits a pixel, from {low:.6g} to {high:.6g}; films have 8 or 16 bits")
    return next(2**bits - 1 for bits in _DEPTHS if high < 2**bits)


def _pixels(image, white):
    if _has_more_than_eight_bits(image):
        return _scaled(image, white)
    if image.mode in ("L", "1"):
        return _scaled(image.convert("L"), white)
    if image.mode == "LA":
        return _scaled(image.getchannel("L"), white)
    return _scaled(image.convert("RGB"), white)


def _smaller(image, at_least):
    """Return a picture shrunk by a whole number, to no less than four times a short side."""
    wanted = 4 * at_least  # with twice, shrinking what was shrunk would shift edges
    image.draft(None, (wanted, wanted))
    factor = min(image.size) // wanted
    if factor < 2 or image.mode in ("1", "P", "PA"):
        return image
    if image.mode.startswith("I;16"):
        image = image.convert("I")  # Pillow 10 shrinks no 16 bits, and 11 wrongly if big-endian
    width, height = (-(-side // factor) for side in image.size)
    return image.resize((width, height), Image.Resampling.BOX)


def _scaled(image, white):
    return np.multiply(np.asarray(image), np.float32(1 / white), dtype="float32")


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
    if fit not in ("pad", "crop", "stretch"):
        raise ValueError(f'fit must be "pad", "crop" or "stretch". Received: fit={fit!r}')
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
