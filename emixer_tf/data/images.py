"""Reading films from pictures."""

from io import BytesIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from emixer_tf.data.errors import RowError
from emixer_tf.data.film_bytes import describe_beginning, file_bytes, one_line

_DEPTHS = (8, 10, 12, 14, 16)


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
