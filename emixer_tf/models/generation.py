"""From label names and a seed to the inputs of generation, and what comes out of it."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri

from emixer_tf.files import write_whole
from emixer_tf.generated_table import GENERATED_TABLE, READ
from emixer_tf.names import did_you_mean

GENERATION_BATCH = 32
_LABEL_DRAW = 2**31


@dataclass(frozen=True)
class Studies:
    """Generated studies.

    Args:
        images: uint8 `[n, R, R, channels]`, 0 is black.
        reports: n texts.
        label_names: Names of the labels, in order.
        label_values: float `[n, label_count]`, what was asked for.
        seed: The seed they were made with; study i is made from `(seed, i)`. None for studies that
            no seed alone makes, as those of a walk.
        label_readings: float `[n, label_count]` in [0, 1], the probability of each label that the
            model reads off the film it made; None for a model that reads none.

    Example:

    >>> films, asked = np.zeros((1, 16, 16, 1), "uint8"), np.array([[0.0, 1.0]])
    >>> studies = Studies(films, ["Heart is large."], ("Edema", "Cardiomegaly"), asked, seed=0)
    >>> studies.title(0), studies.labels.to_dict("list")
    ('Cardiomegaly', {'Edema': [0.0], 'Cardiomegaly': [1.0]})

    Reference:
        EMIXER, section 3.1, for films, reports and the labels asked for; for the labels that are
        read off films: docs/ablations.md, "Labels as read".
    """

    images: np.ndarray
    reports: list
    label_names: tuple
    label_values: np.ndarray
    seed: int | None
    label_readings: np.ndarray | None = None

    @property
    def labels(self):
        """The labels as a `pandas.DataFrame`, one named column a label."""
        import pandas as pd

        return pd.DataFrame(self.label_values, columns=list(self.label_names))

    def title(self, index):
        """Return what stands above a study on a sheet: labels, and values that are not 1.

        Args:
            index: Place of the study.

        Returns:
            Names of the labels that were asked for, or "no label".
        """
        asked = zip(self.label_names, self.label_values[index], strict=True)
        said = [name if value == 1 else f"{name} {value:.2g}" for name, value in asked if value > 0]
        return ", ".join(said) or "no label"

    def save(self, folder):
        """Write PNG films, then `studies.csv`: file, labels asked, report, seed, index.

        Where the model reads labels off its films, a column `NAME (read)` a label ends the table.

        Args:
            folder: Folder to write into; made where it does not exist.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        table = io.StringIO()
        writer = csv.writer(table)
        read = [] if self.label_readings is None else self.label_names
        read_names = [name + READ for name in read]
        writer.writerow(["file", *self.label_names, "report", "seed", "index", *read_names])
        for i, (image, report) in enumerate(zip(self.images, self.reports, strict=True)):
            name = f"{i:05d}.png" if self.seed is None else f"{self.seed:05d}-{i:05d}.png"
            film_picture(image).save(folder / name)
            values = [f"{value:g}" for value in self.label_values[i]]
            readings = [f"{self.label_readings[i][place]:.3f}" for place in range(len(read))]
            index = "" if self.seed is None else i
            writer.writerow([name, *values, report, self.seed, index, *readings])
        write_whole(folder / GENERATED_TABLE, table.getvalue())


def label_matrix(labels, n, names, met_rows, seed):
    """Turn what a caller gives as labels into an array.

    Args:
        labels: Dict by name, list of dicts, array `[n, label_count]`, or None.
        n: Rows to make from a dict or from None.
        names: The model's labels, in order.
        met_rows: Label rows the model met in training, for None.
        seed: Seed of the rows drawn for None.

    Returns:
        float32 `[n, label_count]`.

    Raises:
        ValueError: If no study is asked for, a name is unknown, or None is given to a model that
            was never trained.

    Example:

    >>> label_matrix({"b": 1}, n=1, names=("a", "b"), met_rows=None, seed=0)
    array([[0., 1.]], dtype=float32)
    """
    if (n if labels is None or isinstance(labels, dict) else len(labels)) < 1:
        raise ValueError("No study was asked for. Remedy: n, or rows of labels, 1 or more.")
    if labels is None:
        if not len(met_rows):
            raise ValueError(
                "This model has met no labels yet: train it, or say which labels to make."
            )
        picks = np.random.default_rng([seed, _LABEL_DRAW]).integers(0, len(met_rows), n)
        return np.asarray(met_rows, "float32")[picks]
    if isinstance(labels, dict):
        labels = [labels] * n
    if isinstance(labels, (list, tuple)) and labels and isinstance(labels[0], dict):
        return np.stack([_row(row, names) for row in labels])
    matrix = np.asarray(labels, "float32")
    if matrix.ndim != 2 or matrix.shape[1] != len(names):
        raise ValueError(
            f"labels must be an array [n, {len(names)}] in the order {json.dumps(list(names))}. "
            f"Received: labels.shape={matrix.shape}"
        )
    return matrix


def _row(by_name, names):
    row = np.zeros(len(names), "float32")
    for name, value in by_name.items():
        if name not in names:
            raise ValueError(f"This model has no label {name!r}.{did_you_mean(name, names)}")
        row[names.index(name)] = value
    return row


def study_noise(n, seed, noise_dim, words_shape, truncation):
    """Return the random numbers of n studies; study i depends on `(seed, i)` alone.

    Args:
        n: Number of studies.
        seed: Non-negative int.
        noise_dim: Length of the generator's noise.
        words_shape: `(sentences, words)`, or `(candidates, sentences, words)`, whose first
            candidate has the numbers that it has alone.
        truncation: The noise is a standard normal conditioned on `|z| <= truncation`; None for
            the whole normal.

    Returns:
        `(noise, uniforms)`: float32 `[n, noise_dim]` and `[n, *words_shape]` in [0, 1).

    Raises:
        ValueError: If truncation is not positive.
    """
    if truncation is not None and truncation <= 0:
        raise ValueError(f"truncation must be positive. Received: truncation={truncation}")
    low = 0.0 if truncation is None else ndtr(-truncation)
    noise = np.empty((n, noise_dim), "float32")
    uniforms = np.empty((n, *words_shape), "float32")
    for i in range(n):
        draws = np.random.default_rng([seed, i])
        noise[i] = ndtri(low + (1.0 - 2.0 * low) * draws.uniform(1e-12, 1.0, noise_dim))
        uniforms[i] = draws.random(words_shape, dtype="float32")
    return noise, uniforms


def predict_in_batches(network, inputs, temperature, top_p):
    """Run a network over studies, always in batches of one size.

    The bytes of a study would else depend on its company.

    Args:
        network: `keras.Model` that takes and returns dicts.
        inputs: Dict of arrays `[n, ...]`.
        temperature, top_p: Of the words, the same for all studies.

    Returns:
        Dict of arrays `[n, ...]`.
    """
    count = len(next(iter(inputs.values())))
    inputs = {
        **inputs,
        "temperature": np.full(count, temperature, "float32"),
        "top_p": np.full(count, top_p, "float32"),
    }
    parts = []
    for part, rows in batches_of_one_size(inputs):
        outputs = network.predict_on_batch(part)
        parts.append({key: value[:rows] for key, value in outputs.items()})
    return {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}


def batches_of_one_size(inputs):
    """Yield batches of `GENERATION_BATCH` studies, the last one filled up with its first study.

    Args:
        inputs: Dict of arrays `[n, ...]`.

    Yields:
        `(batch, rows)`: dict of arrays, and how many of its studies count.
    """
    count = len(next(iter(inputs.values())))
    for start in range(0, count, GENERATION_BATCH):
        part = {key: value[start : start + GENERATION_BATCH] for key, value in inputs.items()}
        rows = min(GENERATION_BATCH, count - start)
        yield (
            {
                key: np.concatenate([value, np.repeat(value[:1], GENERATION_BATCH - rows, 0)])
                for key, value in part.items()
            },
            rows,
        )


def film_picture(film):
    """Return a film, uint8 `[height, width, 1 or 3]`, as a `PIL.Image.Image`, grey or in colour."""
    from PIL import Image

    return Image.fromarray(film[..., 0] if film.shape[-1] == 1 else film)


def films_to_uint8(films):
    """Return films in [-1, 1] as uint8."""
    return np.clip(np.round((films + 1.0) * 127.5), 0, 255).astype("uint8")


def checked_films(films, config):
    """Return films as float32 in [-1, 1].

    Args:
        films: `[n, R, R, channels]`, uint8, or floats in [-1, 1].
        config: `EmixerConfig`, for their size.

    Raises:
        ValueError: If they have another shape, or other grey levels.
    """
    films = np.asarray(films)
    if films.dtype != np.uint8:
        _check_grey_levels(films)
    films = films_to_float(films)
    expected = (config.resolution, config.resolution, config.channels)
    if films.ndim != 4 or films.shape[1:] != expected:
        raise ValueError(
            f"Films of shape [n, {', '.join(map(str, expected))}] are needed. "
            f"Received: images.shape={films.shape}"
        )
    return films


def _check_grey_levels(films):
    # Every film has something darker than the middle of its scale.
    if films.size and not (-1 <= films.min() < 0 and films.max() <= 1):
        raise ValueError(
            "Films are uint8, or floats in [-1, 1] where black is -1. Received: "
            f"{films.dtype} from {films.min()} to {films.max()}. Remedy: `emixer_tf.data.square` "
            "makes uint8 films of what `read_dicom` returns."
        )


def films_to_float(films):
    """Return uint8 films, or floats in [-1, 1], as float32 in [-1, 1]."""
    films = np.asarray(films)
    if films.dtype == np.uint8:
        return films.astype("float32") / 127.5 - 1.0
    return films.astype("float32")
