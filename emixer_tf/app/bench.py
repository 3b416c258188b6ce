"""What the page to try a preset does, without the page."""

import tempfile
import zipfile
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from emixer_tf.data.film_bytes import file_bytes
from emixer_tf.data.films import decode_film
from emixer_tf.data.squares import square
from emixer_tf.data.stored_studies import read_stored
from emixer_tf.metrics.nearest_neighbours import nearest_neighbours
from emixer_tf.models.walk import walk

MOST_STUDIES = 16
_MOST_TRAINING = 20_000


class Bench:
    """A preset and, where its training data are at hand, their films.

    Args:
        model: `StudyGenerator`.
        data: Folder of the prepared data that the preset was trained on, or None.
    """

    def __init__(self, model, data=None):
        self.model = model
        self.training = None if data is None else _training_films(data, model.config)

    def generate(self, severities, n=4, seed=0, temperature=0.0, truncation=None):
        """Make studies of labels; none are a study without findings.

        Args:
            severities: Dict from names of labels to their values, 0 to 1; a preset learnt from 0
                and 1, and draws between them what lies between.
            n: 1 to `MOST_STUDIES`.
            seed, temperature, truncation: As for `StudyGenerator.generate`.

        Returns:
            `Studies`.

        Raises:
            ValueError: If n or the seed is out of range.
        """
        if not 1 <= n <= MOST_STUDIES:
            raise ValueError(f"1 to {MOST_STUDIES} studies are made at once. Received: {n}")
        _check_seed(seed)
        return self.model.generate(
            severities,
            n=int(n), seed=int(seed), temperature=temperature, truncation=truncation,
        )  # fmt: skip

    def walk(self, start, end, seeds, steps=7):
        """Make studies on the way between two lists of labels and two seeds.

        Args:
            start, end: Lists of names.
            seeds: Pair of ints, of the first and the last study.
            steps: Number of studies.

        Returns:
            `Studies`.

        Raises:
            ValueError: If a seed is out of range.
        """
        for seed in seeds:
            _check_seed(seed)
        return walk(
            self.model,
            dict.fromkeys(start, 1),
            dict.fromkeys(end, 1),
            int(steps),
            tuple(int(seed) for seed in seeds),
        )

    def describe(self, path):
        """Bring a film to the preset's size and say what the preset makes of it.

        Args:
            path: PNG, JPEG or DICOM file.

        Returns:
            `(film, report, readings)`: uint8 `[R, R, channels]`; the report, or None for a preset
            that writes none; probabilities by label, or None for one that reads none.

        Raises:
            ValueError: If the file is no film.
        """
        config = self.model.config
        path = Path(path)
        if not path.is_file():
            raise ValueError(f"{path.name} is not here any more. Remedy: choose it again.")
        pixels = decode_film(file_bytes(path), path.name, at_least=config.resolution)
        film = square(pixels, config.resolution, config.channels, "pad")
        report, readings = None, None
        if config.writes_reports and hasattr(self.model, "describe"):
            report = self.model.describe(film[None])[0]
        if self.model.reads_film_labels:
            read = self.model.read_labels(film[None])[0]
            readings = dict(zip(config.labels, read.tolist(), strict=True))
        return film, report, readings

    def nearest(self, films):
        """Find the training film that is nearest to each film, pixel by pixel.

        Args:
            films: uint8 `[n, R, R, channels]`.

        Returns:
            `(films, distances)`: uint8 of the same shape, and root mean square differences in grey
            levels `[n]`; None where there are no training data.
        """
        if self.training is None:
            return None
        flat = films.reshape(len(films), -1).astype("float32")
        distances, places = nearest_neighbours(flat, self.training.reshape(len(self.training), -1))
        return self.training[places[:, 0]], distances[:, 0] / np.sqrt(flat.shape[1])


@contextmanager
def zipped(studies):
    """Write studies as `emixer generate` does, in one ZIP file that is there for a while.

    Args:
        studies: `Studies`.

    Yields:
        Path of the file, which is removed in the end.
    """
    with tempfile.TemporaryDirectory(prefix="emixer-studies-") as folder:
        archive, unpacked = Path(folder, "studies.zip"), Path(folder, "studies")
        studies.save(unpacked)
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
            for path in sorted(unpacked.iterdir()):
                file.write(path, path.name)
        yield str(archive)


def _check_seed(seed):
    if seed is None or not 0 <= seed < 2**32 or seed != int(seed):
        raise ValueError(f"A seed is a whole number from 0 to 4294967295. Received: {seed}")


def _training_films(folder, config):
    films = read_stored(folder, "train", _MOST_TRAINING, 0)["image"]
    shape = (config.resolution, config.resolution, config.channels)
    if films.shape[1:] != shape:
        raise ValueError(
            f"{folder} has films of {films.shape[1:]}, the preset makes {shape}. Remedy: name the "
            "prepared data that it was trained on."
        )
    return films
