"""Items, readers and ratings of a study in one SQLite file.

A rating that was acknowledged is on the disk: SQLite writes its log and waits for it before a
transaction ends, so that a killed server, or machine, loses none.
"""

import hashlib
import json
import secrets
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from emixer_tf.reader_study.answers import Answers

DATABASE = "study.sqlite"
_VERSION = 1
_WAIT = 30  # seconds for another writer
_TABLES = """
CREATE TABLE item (
    number INTEGER PRIMARY KEY, kind TEXT NOT NULL, labels TEXT NOT NULL,
    report TEXT NOT NULL, film BLOB NOT NULL
);
CREATE TABLE reader (
    number INTEGER PRIMARY KEY, token_hash TEXT NOT NULL UNIQUE, item_order TEXT NOT NULL
);
CREATE TABLE rating (
    reader INTEGER NOT NULL REFERENCES reader, item INTEGER NOT NULL REFERENCES item,
    answers TEXT NOT NULL, revision INTEGER NOT NULL,
    changed TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    PRIMARY KEY (reader, item)
);
"""


@dataclass(frozen=True)
class StudyItem:
    """A film with its report, and what readers must not know.

    Args:
        film: PNG file, bytes.
        report: Text.
        kind: "real" or "synthetic".
        labels: Names of the labels it was asked to show, or shows.
    """

    film: bytes
    report: str
    kind: str
    labels: tuple


@dataclass(frozen=True)
class Rating:
    """What a reader last said of an item, and how often it was changed.

    Args:
        answers: `Answers`.
        revision: 0 for an item without a rating.
    """

    answers: Answers
    revision: int


UNRATED = Rating(Answers(), 0)


class StaleRating(Exception):
    """A rating was changed elsewhere, in another tab, since it was shown.

    Args:
        current: The `Rating` that stands.
    """

    def __init__(self, current):
        super().__init__("The rating was changed elsewhere.")
        self.current = current


class StudyStore:
    """A study in a folder.

    Args:
        folder: Folder that `StudyStore.create` made.

    Raises:
        ValueError: If there is no study in it.
    """

    def __init__(self, folder):
        self.path = Path(folder) / DATABASE
        if not self.path.is_file():
            raise ValueError(
                f"{folder} holds no study. Remedy: make one with `emixer study create --out "
                f"{folder}`."
            )
        with self._connection() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version != _VERSION:
            raise ValueError(f"{self.path} is of version {version}; this code reads {_VERSION}.")

    @classmethod
    def create(cls, folder, items, readers, seed):
        """Write a study into a folder.

        Args:
            folder: `pathlib.Path` of an existing folder without a study.
            items: List of `StudyItem`.
            readers: Number of readers.
            seed: Of the order of the items, another one for each reader. Who knows it can compute
                which items are real.

        Returns:
            `(store, tokens)`: the study, and one secret a reader, of which it keeps a hash.
        """
        random, tokens = np.random.default_rng(seed), []
        with closing(sqlite3.connect(folder / DATABASE)) as connection, connection:
            connection.executescript(_TABLES)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute(f"PRAGMA user_version = {_VERSION}")
            rows = [
                (number, item.kind, json.dumps(item.labels), item.report, item.film)
                for number, item in enumerate(items)
            ]
            connection.executemany("INSERT INTO item VALUES (?, ?, ?, ?, ?)", rows)
            for reader in range(1, readers + 1):
                order = random.permutation(len(items)).tolist()
                tokens.append(secrets.token_urlsafe(32))
                connection.execute(
                    "INSERT INTO reader VALUES (?, ?, ?)",
                    (reader, _hashed(tokens[-1]), json.dumps(order)),
                )
        return cls(folder), tokens

    def reader(self, token):
        """Return the number of the reader with a secret, or None."""
        with self._connection() as connection:
            row = connection.execute(
                "SELECT number FROM reader WHERE token_hash = ?", (_hashed(token),)
            ).fetchone()
        return None if row is None else row[0]

    def readers(self):
        """Return the numbers of the readers."""
        with self._connection() as connection:
            return [
                row[0] for row in connection.execute("SELECT number FROM reader ORDER BY number")
            ]

    def order(self, reader):
        """Return the numbers of the items in a reader's order."""
        with self._connection() as connection:
            query = "SELECT item_order FROM reader WHERE number = ?"
            return json.loads(connection.execute(query, (reader,)).fetchone()[0])

    def film(self, number):
        """Return the film of an item, a PNG file."""
        with self._connection() as connection:
            query = "SELECT film FROM item WHERE number = ?"
            return connection.execute(query, (number,)).fetchone()[0]

    def items(self):
        """Return all `StudyItem`s by number, films left empty."""
        with self._connection() as connection:
            rows = connection.execute("SELECT report, kind, labels FROM item ORDER BY number")
            return [
                StudyItem(b"", report, kind, tuple(json.loads(labels)))
                for report, kind, labels in rows
            ]

    def ratings(self, reader):
        """Return a dict from numbers of items to `Rating`, of the items that have one."""
        with self._connection() as connection:
            rows = connection.execute(
                "SELECT item, answers, revision FROM rating WHERE reader = ?", (reader,)
            )
            return {item: _rating(answers, revision) for item, answers, revision in rows}

    def rate(self, reader, item, answers, revision):
        """Keep a rating; when this returns, it is on the disk.

        Args:
            reader, item: Their numbers.
            answers: `Answers`.
            revision: That of the rating which the reader saw and changed; 0 for none.

        Returns:
            The new revision.

        Raises:
            StaleRating: If another rating has taken its place since, and differs.
        """
        with self._connection() as connection, connection:
            connection.execute("BEGIN IMMEDIATE")
            row = connection.execute(
                "SELECT answers, revision FROM rating WHERE reader = ? AND item = ?", (reader, item)
            ).fetchone()
            current = _rating(*row) if row else UNRATED
            if current.answers == answers and row:
                return current.revision  # said again, as after an answer that got lost
            if current.revision != revision:
                raise StaleRating(current)
            connection.execute(
                "INSERT OR REPLACE INTO rating (reader, item, answers, revision) "
                "VALUES (?, ?, ?, ?)",
                (reader, item, json.dumps(asdict(answers)), revision + 1),
            )
        return revision + 1

    @contextmanager
    def _connection(self):
        connection = sqlite3.connect(self.path, timeout=_WAIT, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            yield connection
        finally:
            connection.close()


def _rating(answers, revision):
    return Rating(Answers(**json.loads(answers)), revision)


def _hashed(token):
    return hashlib.sha256(token.encode()).hexdigest()
