"""Films read in blocks: a block is a function of its films, and a file that is there or is not.

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
from emixer_tf.data.images import square
from emixer_tf.data.near_duplicates import film_hash
from emixer_tf.data.study import Film
from emixer_tf.files import save_whole, write_whole
from emixer_tf.version import __version__

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
        perceptual_hash: Its `film_hash` as hexadecimal digits.
        fault: `(kind, message)` of a film that could not be read, or None.
    """

    digest: str
    perceptual_hash: str
    fault: tuple | None


class Block(NamedTuple):
    """A job for one worker: films, and the files to make of them.

    Args:
        path: Of the file of details; the pixels stand beside it.
        start: Place of the first film in the whole list.
        films: Tuple of `Film`.
        shape: `FilmShape`.
    """

    path: str
    start: int
    films: tuple
    shape: FilmShape


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
            pixels[number], perceptual_hash = _read(film, shape)
        except RowError as error:
            details.append(FilmDetails("", "", (error.kind, str(error))))
        except Exception as error:  # one damaged film of thousands must not end the work
            message = f"{film.name}: {type(error).__name__} ({error}). Remedy: replace the film."
            details.append(FilmDetails("", "", ("unreadable film", message)))
        else:
            digest = hashlib.blake2b(pixels[number].tobytes(), digest_size=16).hexdigest()
            details.append(FilmDetails(digest, f"{perceptual_hash:x}", None))
    return pixels, details


def _read(film, shape):
    whole = film.read(shape.resolution)
    return square(whole, shape.resolution, shape.channels, shape.fit), film_hash(whole)


def make_block(block):
    """Read the films of a block and write its files, unless they are there and of these films.

    A block with faults is made anew: what was wrong may have been mended.

    Args:
        block: `Block`.

    Returns:
        List of `(place, kind, message)` of the films at fault.
    """
    path, key = Path(block.path), _key(block)
    known = _known_details(path)
    if known and known["key"] == key and not any(fault for *_, fault in known["films"]):
        return []
    pixels, details = read_film_block(block.films, block.shape)
    save_whole(path.with_suffix(".npy"), lambda file: np.save(file, pixels))
    write_whole(path, json.dumps({"key": key, "films": details}))  # last: it stands for both
    return [(block.start + i, *film.fault) for i, film in enumerate(details) if film.fault]


def _key(block):
    """Return what a block depends on, so that a film that was replaced is read again."""
    parts = (__version__, block.shape, [(film.name, film.state()) for film in block.films])
    return hashlib.sha256(repr(parts).encode(errors="surrogateescape")).hexdigest()


def _known_details(path):
    """Return what a block's file holds, or None if it is missing or damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


class FilmBlocks:
    """The blocks of a list of films, in a folder.

    Args:
        folder: Folder of the blocks.
        films: List of `Film`.
        shape: `FilmShape`.
    """

    def __init__(self, folder, films: list[Film], shape):
        self.folder, self.films, self.shape = Path(folder), films, shape
        self._pixels = lru_cache(_BLOCKS_OPEN)(self._open_pixels)

    def jobs(self):
        """Return a `Block` for every block; those that are done already take no time."""
        return [
            Block(
                str(self._path(start // FILMS_PER_BLOCK)),
                start,
                tuple(self.films[start : start + FILMS_PER_BLOCK]),
                self.shape,
            )
            for start in range(0, len(self.films), FILMS_PER_BLOCK)
        ]

    def details(self):
        """Yield the `FilmDetails` of every film, in order."""
        for number in range(-(-len(self.films) // FILMS_PER_BLOCK)):
            for digest, look, fault in _known_details(self._path(number))["films"]:
                yield FilmDetails(digest, look, fault and tuple(fault))

    def pixels(self, place):
        """Return uint8 `[resolution, resolution, channels]` of the film at a place of the list."""
        number, row = divmod(place, FILMS_PER_BLOCK)
        return self._pixels(number)[row]

    def _path(self, number):
        return self.folder / f"block-{number:06d}.json"

    def _open_pixels(self, number):
        return np.load(self._path(number).with_suffix(".npy"), mmap_mode="r")
