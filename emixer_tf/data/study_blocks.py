"""Studies read in blocks: a block is a function of its films and reports, and a file.

Whoever runs the blocks, one process, several, or a cluster, makes the same files.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from emixer_tf.data.errors import RowError
from emixer_tf.data.near_duplicates import film_hash
from emixer_tf.data.reports import joined_sentences, report_sentences
from emixer_tf.data.squares import square
from emixer_tf.files import save_whole, write_whole
from emixer_tf.version import __version__

STUDIES_PER_BLOCK = 64
_BLOCKS_OPEN = 64


@dataclass(frozen=True)
class FilmShape:
    """What films are brought to.

    Args:
        resolution: Pixels of a side.
        channels: 1 or 3.
        fit: "pad", "crop" or "stretch".
    """

    resolution: int
    channels: int
    fit: str


class StudyDetails(NamedTuple):
    """What is known of a study once it is read.

    Args:
        text: The report as words. See `joined_sentences`.
        digest: Of the film's pixels; equal films have equal ones.
        perceptual_hash: The film's `film_hash` as hexadecimal digits.
        fault: `(kind, message)` of a study that could not be read, or None.
    """

    text: str
    digest: str
    perceptual_hash: str
    fault: tuple | None


class Block(NamedTuple):
    """A job for one worker: studies, and the files to make of them.

    Args:
        path: Of the file of details; the pixels stand beside it.
        start: Place of the first study in the whole list.
        studies: Tuple of `(Film, report)`.
        shape: `FilmShape`.
        marks: As for `report_sentences`.
    """

    path: str
    start: int
    studies: tuple
    shape: FilmShape
    marks: str


def read_block(studies, shape, marks):
    """Read films and reports.

    Args:
        studies: Sequence of `(Film, report)`; a report is a text or None.
        shape: `FilmShape`.
        marks: As for `report_sentences`.

    Returns:
        `(pixels, details)`: uint8 `[studies, resolution, resolution, channels]`, zeros where a
        study is at fault, and a list of `StudyDetails`.
    """
    side, channels = shape.resolution, shape.channels
    pixels = np.zeros((len(studies), side, side, channels), "uint8")
    details = []
    for number, (film, report) in enumerate(studies):
        try:
            text = joined_sentences(report_sentences(report or "", marks))
            pixels[number], perceptual_hash = _read(film, shape)
        except RowError as error:
            details.append(_faulty(error.kind, str(error)))
        except Exception as error:  # one damaged film of thousands must not end the work
            message = f"{film.name}: {type(error).__name__} ({error}). Remedy: replace the film."
            details.append(_faulty("unreadable film", message))
        else:
            digest = hashlib.blake2b(pixels[number].tobytes(), digest_size=16).hexdigest()
            details.append(StudyDetails(text, digest, f"{perceptual_hash:x}", None))
    return pixels, details


def _faulty(kind, message):
    return StudyDetails("", "", "", (kind, message))


def _read(film, shape):
    whole = film.read(shape.resolution)
    return square(whole, shape.resolution, shape.channels, shape.fit), film_hash(whole)


def make_block(block):
    """Read the studies of a block and write its files, unless they are there and of these studies.

    A block with faults is made anew: what was wrong may have been mended.

    Args:
        block: `Block`.

    Returns:
        List of `(place, kind, message)` of the studies at fault.
    """
    path, key = Path(block.path), _key(block)
    known = _known_details(path)
    if known and known["key"] == key and not any(fault for *_, fault in known["studies"]):
        return []
    pixels, details = read_block(block.studies, block.shape, block.marks)
    save_whole(path.with_suffix(".npy"), lambda file: np.save(file, pixels))
    write_whole(path, json.dumps({"key": key, "studies": details}))  # last: it stands for both
    return [(block.start + i, *study.fault) for i, study in enumerate(details) if study.fault]


def _key(block):
    """Return what a block depends on, so that a film that was replaced is read again."""
    studies = [(film.name, film.state(), report) for film, report in block.studies]
    parts = (__version__, block.shape, block.marks, studies)
    return hashlib.sha256(repr(parts).encode(errors="surrogateescape")).hexdigest()


def _known_details(path):
    """Return what a block's file holds, or None if it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


class StudyBlocks:
    """The blocks of a list of studies, in a folder.

    Args:
        folder: Folder of the blocks.
        studies: List of `(Film, report)`.
        shape: `FilmShape`.
        marks: As for `report_sentences`.
    """

    def __init__(self, folder, studies, shape, marks):
        self.folder, self.studies, self.shape, self.marks = Path(folder), studies, shape, marks
        self._pixels = lru_cache(_BLOCKS_OPEN)(self._open_pixels)

    def jobs(self):
        """Return a `Block` for every block; those that are done already take no time."""
        return [
            Block(
                str(self._path(start // STUDIES_PER_BLOCK)),
                start,
                tuple(self.studies[start : start + STUDIES_PER_BLOCK]),
                self.shape,
                self.marks,
            )
            for start in range(0, len(self.studies), STUDIES_PER_BLOCK)
        ]

    def details(self):
        """Yield the `StudyDetails` of every study, in order."""
        for number in range(-(-len(self.studies) // STUDIES_PER_BLOCK)):
            for *known, fault in _known_details(self._path(number))["studies"]:
                yield StudyDetails(*known, fault and tuple(fault))

    def pixels(self, place):
        """Return uint8 `[resolution, resolution, channels]` of the study at a place of the list."""
        number, row = divmod(place, STUDIES_PER_BLOCK)
        return self._pixels(number)[row]

    def _path(self, number):
        return self.folder / f"block-{number:06d}.json"

    def _open_pixels(self, number):
        return np.load(self._path(number).with_suffix(".npy"), mmap_mode="r")
