"""Contact sheets: films with their labels above and their reports below."""

import textwrap

import numpy as np
from PIL import Image, ImageDraw, ImageFont

_TILE, _GAP, _LINE = 192, 10, 14
_CHARACTERS = 32


def contact_sheet(images, titles, reports, columns=None):
    """Lay out studies as one picture.

    Args:
        images: uint8 `[n, side, side, channels]`.
        titles: n lines to stand above the films.
        reports: n texts to stand below them.
        columns: Films in a row; None for up to seven, in rows of about equal length.

    Returns:
        `PIL.Image.Image`.
    """
    columns = columns or balanced_columns(len(images))
    font = ImageFont.load_default(size=11)
    heads = [textwrap.wrap(title, _CHARACTERS) for title in titles]
    bodies = [textwrap.wrap(report, _CHARACTERS) for report in reports]
    head_height = max(len(head) for head in heads) * _LINE
    body_height = max(len(body) for body in bodies) * _LINE
    cell_height = head_height + _TILE + body_height + 2 * _GAP
    rows = -(-len(images) // columns)
    size = (columns * (_TILE + _GAP) + _GAP, rows * cell_height + _GAP)
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    for i, image in enumerate(images):
        left = _GAP + (i % columns) * (_TILE + _GAP)
        top = _GAP + (i // columns) * cell_height
        _write(draw, (left, top), heads[i], font, "#1f4e79")
        film = Image.fromarray(np.repeat(image, 3, -1) if image.shape[-1] == 1 else image)
        sheet.paste(
            film.resize((_TILE, _TILE), Image.Resampling.BICUBIC), (left, top + head_height)
        )
        _write(draw, (left, top + head_height + _TILE + 4), bodies[i], font, "#222222")
    return sheet


def balanced_columns(count, most=7):
    """Return films in a row, so that the fewest rows hold about equally many.

    Example:

    >>> [balanced_columns(count) for count in (5, 12, 14)]
    [5, 6, 7]
    """
    rows = -(-count // most)
    return -(-count // rows)


def _write(draw, corner, lines, font, colour):
    for number, line in enumerate(lines):
        draw.text((corner[0], corner[1] + number * _LINE), line, font=font, fill=colour)
