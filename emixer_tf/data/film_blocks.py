"""Films read in blocks: a block is a function of its films, and a file that is there or is not.

Whoever runs the blocks, one process, several, or a cluster, makes the same files.
"""

import hashlib
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.images import square
from emixer_tf.data.near_duplicates import film_hash

FILMS_PER_BLOCK = 64
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


class FilmDetails(NamedTuple):
    """What is known of a film once it is read.

    Args:
        digest: Of its pixels; equal films have equal ones.
        look: Its `film_hash` as hexadecimal digits.
        fault: `(kind, message)` of a film that could not be read, or None.
    """

    digest: str
    look: str
    fault: tuple | None


class Block(NamedTuple):
    """A job for one worker: films, and the file to make of them.

    Args:
        path: Of the file.
        start: Place of the first film in the whole list.
        films: Tuple of `Film`.
        shape: `FilmShape`.
        with_faults: Whether the file is also made when films are at fault.
    """

    path: str
    start: int
    films: tuple
    shape: FilmShape
    with_faults: bool


def read_film_block(films, shape):
    """Read films.

    Args:
        films: Sequence of `Film`.
        shape: `FilmShape`.

    Returns:
        `(pixels, details)`: uint8 `[films, resolution, resolution, channels]`, zeros where a film
        is at fault, and a list of `FilmDetails`.
    """
    side, channels = shape.resolution, shape.channels
    pixels = np.zeros((len(films), side, side, channels), "uint8")
    details = []
    for number, film in enumerate(films):
        try:
            whole = film.read(side)
        except DataError as error:
            kind = error.kind if isinstance(error, RowError) else "unreadable film"
            details.append(FilmDetails("", "", (kind, str(error))))
            continue
        pixels[number] = square(whole, side, channels, shape.fit)
        digest = hashlib.blake2b(pixels[number].tobytes(), digest_size=16).hexdigest()
        details.append(FilmDetails(digest, f"{film_hash(whole):x}", None))
    return pixels, details


def make_block(block):
    """Read the films of a block and write its file, unless that is there.

    Args:
        block: `Block`.

    Returns:
        List of `(place, kind, message)` of the films at fault.
    """
    path = Path(block.path)
    if path.is_file():
        return []
    pixels, details = read_film_block(block.films, block.shape)
    faults = [(block.start + i, *film.fault) for i, film in enumerate(details) if film.fault]
    if block.with_faults or not faults:
        _save_whole(path.with_suffix(".npy"), lambda file: np.save(file, pixels))
        text = json.dumps([list(film) for film in details])
        _save_whole(path, lambda file: file.write(text.encode()))  # last: it stands for both
    return faults


def _save_whole(path, write):
    aside = path.with_name(f".writing-{os.getpid()}-{path.name}")
    with open(aside, "wb") as file:
        write(file)
    os.replace(aside, path)


class FilmBlocks:
    """The blocks of a list of films, in a folder.

    Args:
        folder: Folder of the blocks.
        films: List of `Film`.
        shape: `FilmShape`.
        with_faults: Whether blocks are also kept when films are at fault.
    """

    def __init__(self, folder, films, shape, with_faults):
        self.folder, self.films, self.shape = Path(folder), films, shape
        self.with_faults = with_faults
        self._pixels = lru_cache(_BLOCKS_OPEN)(self._open_pixels)

    def missing(self):
        """Return the `Block` jobs that are not done yet."""
        return [
            Block(
                str(self._path(start // FILMS_PER_BLOCK)),
                start,
                tuple(self.films[start : start + FILMS_PER_BLOCK]),
                self.shape,
                self.with_faults,
            )
            for start in range(0, len(self.films), FILMS_PER_BLOCK)
            if not self._path(start // FILMS_PER_BLOCK).is_file()
        ]

    def details(self):
        """Yield the `FilmDetails` of every film, in order."""
        for number in range(-(-len(self.films) // FILMS_PER_BLOCK)):
            for digest, look, fault in json.loads(self._path(number).read_text(encoding="utf-8")):
                yield FilmDetails(digest, look, fault and tuple(fault))

    def pixels(self, place):
        """Return uint8 `[resolution, resolution, channels]` of the film at a place of the list."""
        number, row = divmod(place, FILMS_PER_BLOCK)
        return self._pixels(number)[row]

    def _path(self, number):
        return self.folder / f"block-{number:06d}.json"

    def _open_pixels(self, number):
        return np.load(self._path(number).with_suffix(".npy"), mmap_mode="r")
