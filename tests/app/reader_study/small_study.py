"""A small reader study, for tests."""

import io

import numpy as np
from PIL import Image

from emixer_tf.reader_study.store import StudyItem, StudyStore


def small_items(count):
    """Return items, the first half of them real; every film is of one grey level."""
    return [
        StudyItem(
            _film(10 + number),
            f"Report {number} <b>bold</b>.",
            "real" if number < count / 2 else "synthetic",
            ("Edema",) if number % 2 else (),
        )
        for number in range(count)
    ]


def small_study(folder, count=6, readers=2):
    """Make a study; returns `(store, tokens)`."""
    folder.mkdir(exist_ok=True)
    made = StudyStore.create(folder, small_items(count), readers, seed=0)
    links = ["reader,link", *(f"reader-{i},/read/{t}" for i, t in enumerate(made[1], 1))]
    (folder / "links.csv").write_text("\n".join(links) + "\n")
    return made


def _film(grey):
    file = io.BytesIO()
    Image.fromarray(np.full((64, 64), grey, "uint8")).save(file, "PNG", compress_level=0)
    return file.getvalue()
