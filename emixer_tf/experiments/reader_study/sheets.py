"""Blinded sheets: films with their reports, real and synthetic ones shuffled."""

import csv
import io
import os
import textwrap
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from emixer_tf.document import Heading, Items, Paragraph, Picture, as_page
from emixer_tf.experiments.reader_study.key import REAL, SYNTHETIC, item_names, write_key
from emixer_tf.experiments.reader_study.ratings import FIELDS, HIGHEST, LOWEST
from emixer_tf.experiments.reader_study.same_writing import same_writing
from emixer_tf.files import folder_written_whole

FOR_RATERS = "for-raters"
_FILM, _MARGIN, _LINE, _FONT_SIZE = 512, 24, 26, 19
_WIDTH = 2 * _MARGIN + 640
_CHARACTERS = 66
_SAME_TIME = 946_684_800  # 2000-01-01, of all files
_SHEET_COLUMNS, _SHEET_ROWS = 4, 5

_ITEM_RULES = (
    "Each item is a chest film with its report. Some are real studies, some were made by a "
    "program. Both went through the same steps: size, grey scale, and the way of writing "
    "(commas and brackets are left out).",
    f"quality: a whole number from {LOWEST} to {HIGHEST}, {HIGHEST} being the best. Judge film and "
    "report together: would you take this for a study of a patient, and does the report fit the "
    "film?",
    "guess: real or synthetic, if you like to guess; or leave it empty.",
    "comment: what you noticed, if anything.",
    "Rate every item. Rate alone: do not compare with other raters before all have finished.",
    "Nothing here is for the care of a patient.",
)


def make_reader_study(real, synthetic, out, seed, raters=2):
    """Write the sheets of a blinded reader study.

    `for-raters/` holds all that raters get: `items/001.png`, ..., contact sheets, a page,
    instructions, an empty `ratings-template.csv`, and for each rater a `ratings-rater-1.csv` that
    lists the items in an order of its own, so that getting used to it, or tired, does not fall on
    the same items. `key-do-not-open.csv` lies outside. Films become grey, go through one
    resizing, reports through one way of writing (see `same_writing`), and all items have the same
    pixels a side, bytes and file times.

    What stays is for the caller: choose both kinds with the same labels, cut real reports at what
    the report decoder can say, and draw synthetic studies without picking the good ones.

    Args:
        real: `(films, reports)`: uint8 `[n, R, R, C]` with C of 1 or 3, and n texts.
        synthetic: `(films, reports)` of the same R; the number may differ.
        out: Folder to make; it must be empty or not be there.
        seed: Of the order.
        raters: Number of raters.

    Returns:
        `pathlib.Path` of the folder for raters.

    Raises:
        ValueError: If films are no uint8 squares, differ in size between both kinds, a report
            has no words, a kind has no study, or `out` holds files.
    """
    films, reports = alike(real, synthetic)
    if isinstance(raters, bool) or not isinstance(raters, (int, np.integer)) or raters < 1:
        raise ValueError(f"raters must be a whole number above 0. Received: raters={raters!r}")
    out = Path(out)
    check_place(out)
    kinds = [REAL] * len(real[1]) + [SYNTHETIC] * len(synthetic[1])
    numbers = [*range(len(real[1])), *range(len(synthetic[1]))]
    random = np.random.default_rng(seed)
    order = random.permutation(len(films))
    with folder_written_whole(out) as folder:
        write_key(folder, [kinds[i] for i in order], [numbers[i] for i in order])
        (folder / "ORGANISER.txt").write_text(_organiser(raters), encoding="utf-8")
        (folder / FOR_RATERS).mkdir()
        items = _item_pictures([films[i] for i in order], [reports[i] for i in order])
        _write_items(folder / FOR_RATERS, items)
        _write_rating_sheets(folder / FOR_RATERS, len(items), raters, random)
        _write_instructions(folder / FOR_RATERS, len(items))
        _give_all_files_one_time(folder / FOR_RATERS)
    return out / FOR_RATERS


def alike(real, synthetic):
    """Bring films and reports of both kinds to one look.

    Args:
        real, synthetic: As for `make_reader_study`.

    Returns:
        `(films, reports)`: uint8 `[R, R]` each, and texts; real ones first.

    Raises:
        ValueError: As `make_reader_study`.
    """
    films, reports, sides = [], [], {}
    for kind, (kind_films, kind_reports) in ((REAL, real), (SYNTHETIC, synthetic)):
        kind_films = _checked_films(kind_films, kind_reports, kind)
        sides[kind] = kind_films.shape[1]
        films += [_grey(film) for film in kind_films]
        reports += _checked_reports(kind_reports, kind)
    if sides[REAL] != sides[SYNTHETIC]:
        raise ValueError(
            f"Real films have {sides[REAL]} pixels a side, synthetic ones {sides[SYNTHETIC]}, "
            "which raters would see as sharpness. Remedy: resize both to the smaller side."
        )
    return films, reports


def enlarged(film):
    """Return a film `[R, R]` as raters see it, a `PIL.Image.Image`."""
    return Image.fromarray(film).resize((_FILM, _FILM), Image.Resampling.BICUBIC)


def _checked_films(films, reports, kind):
    films = np.asarray(films)
    square = films.ndim == 4 and films.shape[1] == films.shape[2] and films.shape[3] in (1, 3)
    if films.dtype != np.uint8 or not square or 0 in films.shape:
        raise ValueError(
            f"The {kind} films must be uint8 [n, R, R, C] with n above 0 and C of 1 or 3. "
            f"Received: {films.dtype} {list(films.shape)}. Remedy: give films as "
            "`model.generate(...).images` has them."
        )
    if len(films) != len(reports):
        raise ValueError(
            f"Each of the {len(films)} {kind} films needs its report. Received: {len(reports)} "
            "reports."
        )
    return films


def _checked_reports(reports, kind):
    strange = [report for report in reports if not isinstance(report, str)]
    if strange:
        raise ValueError(
            f"A {kind} report is {strange[0]!r}, and no text. Remedy: leave studies without a "
            "report out of both kinds."
        )
    written = [same_writing(report) for report in reports]
    empty = [number for number, text in enumerate(written) if not text]
    if empty:
        raise ValueError(
            f"The {kind} report number {empty[0]} has no words ({len(empty)} such in all), and an "
            "item without a report cannot be rated. Remedy: leave such studies out of both kinds."
        )
    return written


def check_place(out):
    """Refuse a place that is taken.

    Args:
        out: `pathlib.Path` of the folder to make.

    Raises:
        ValueError: If it holds files.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(
            f"{out} holds files already, maybe ratings of another study. Remedy: name a new folder."
        )


def _grey(film):
    """Return `[R, R]`: a tint of generated films would tell them from real ones."""
    return np.rint(film.mean(axis=-1)).astype("uint8")


def _item_pictures(films, reports):
    """Return one picture an item, all of the size that the longest report needs."""
    lines = [textwrap.wrap(report, _CHARACTERS) for report in reports]
    height = 3 * _MARGIN + _FILM + max(map(len, lines)) * _LINE
    font = ImageFont.load_default(size=_FONT_SIZE)
    pictures = []
    for film, body in zip(films, lines, strict=True):
        picture = Image.new("L", (_WIDTH, height), 255)
        picture.paste(enlarged(film), ((_WIDTH - _FILM) // 2, _MARGIN))
        draw = ImageDraw.Draw(picture)
        for number, line in enumerate(body):
            top = 2 * _MARGIN + _FILM + number * _LINE
            draw.text((_MARGIN, top), line, font=font, fill=34)
        pictures.append(picture)
    return pictures


def _write_items(folder, pictures):
    (folder / "items").mkdir()
    for name, picture in zip(item_names(len(pictures)), pictures, strict=True):
        # Compressed, a film of fewer details is a smaller file.
        picture.save(folder / "items" / f"{name}.png", compress_level=0)
    sheet_size = _SHEET_COLUMNS * _SHEET_ROWS
    for number, start in enumerate(range(0, len(pictures), sheet_size), 1):
        sheet = _contact_sheet(pictures[start : start + sheet_size], start)
        sheet.save(folder / f"contact-sheet-{number}.png")


def _contact_sheet(pictures, start):
    width, height = (side // 2 for side in pictures[0].size)
    rows = -(-len(pictures) // _SHEET_COLUMNS)
    columns = min(_SHEET_COLUMNS, len(pictures))
    sheet = Image.new("L", (columns * width, rows * (height + _LINE)), 255)
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=_FONT_SIZE)
    for place, picture in enumerate(pictures):
        left = place % _SHEET_COLUMNS * width
        top = place // _SHEET_COLUMNS * (height + _LINE)
        draw.text((left + _MARGIN // 2, top), f"{start + place + 1:03d}", font=font, fill=34)
        small = picture.resize((width, height), Image.Resampling.LANCZOS)
        sheet.paste(small, (left, top + _LINE))
    return sheet


def _write_rating_sheets(folder, count, raters, random):
    names = item_names(count)
    (folder / "ratings-template.csv").write_text(_rating_sheet(names), encoding="utf-8")
    for rater in range(1, raters + 1):
        own_order = [names[i] for i in random.permutation(count)]
        path = folder / f"ratings-rater-{rater}.csv"
        path.write_text(_rating_sheet(own_order), encoding="utf-8")


def _rating_sheet(names):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(FIELDS)
    writer.writerows([name, *[""] * (len(FIELDS) - 1)] for name in names)
    return text.getvalue()


def _write_instructions(folder, count):
    steps = (
        "Take a sheet ratings-rater-N.csv, each rater another one, and go through the items in its "
        "order. It opens in any spreadsheet; save it as CSV again.",
        *_ITEM_RULES,
        "Send the sheet back as ratings-NAME.csv with your name or number.",
    )
    title = f"Reader study: {count} films with their reports"
    lines = [title, "=" * len(title), ""]
    for step in steps:
        lines += textwrap.wrap(step, 78, initial_indent="- ", subsequent_indent="  ")
    (folder / "README.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    pictures = [Picture(f"items/{name}.png", name) for name in item_names(count)]
    blocks = [
        Paragraph("Every rater judges every item, alone."),
        Items(steps),
        Heading("Items"),
        *pictures,
    ]
    (folder / "index.html").write_text(as_page(title, blocks), encoding="utf-8")


def _organiser(raters):
    return f"""For whoever runs the study
==========================

- Give the folder {FOR_RATERS} to the {raters} raters, and nothing else of this folder.
- The key says which items are real. Who has seen it cannot rate any more.
- Put what raters send back here, beside the key: ratings-NAME.csv, one a rater.
- Then analyse this folder.
"""


def _give_all_files_one_time(folder):
    for path in [*folder.rglob("*"), folder]:
        os.utime(path, (_SAME_TIME, _SAME_TIME))
