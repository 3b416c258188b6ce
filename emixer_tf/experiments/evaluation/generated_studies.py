"""Generated studies: made from a preset now, or read from the folder `emixer generate` wrote."""

from pathlib import Path

import numpy as np
from PIL import Image

from emixer_tf.data.reports import joined_sentences, report_sentences
from emixer_tf.data.tables import read_table
from emixer_tf.experiments.evaluation.studies import Studies
from emixer_tf.generated_table import GENERATED_TABLE, NEEDED, asked_labels
from emixer_tf.metrics.label_arrays import in_order_of

_MADE_AT_ONCE = 1024


def made_studies(model, training, n, seed=0, temperature=0.0):
    """Make studies from label rows of the training split.

    Rows of which a label is unknown are not drawn.

    Args:
        model: `StudyGenerator`.
        training: `Studies` of the training split.
        n: Number of studies.
        seed: Of the choice of rows and of the studies.
        temperature: Of the words.

    Returns:
        `Studies`.

    Raises:
        ValueError: If the data lack a label of the model, or have no row of labels that are known.
    """
    rows = label_rows(training, model.config.labels)
    picks = np.random.default_rng(seed).integers(0, len(rows), n)
    films, reports = [], []
    for start in range(0, n, _MADE_AT_ONCE):
        made = model.generate(
            rows[picks[start : start + _MADE_AT_ONCE]],
            seed=seed + start,  # study i of a call is made from (seed, i)
            temperature=temperature,
        )
        films.append(made.images)
        reports += [joined(report) for report in made.reports]
    labels = rows[picks]
    ids = [f"{seed}-{number}" for number in range(n)]
    known = np.ones(labels.shape, bool)
    return Studies(ids, np.concatenate(films), tuple(model.config.labels), labels, known, reports)


def label_rows(training, names):
    """Return the label rows of which all values are known, columns in the order of `names`.

    Args:
        training: `Studies`.
        names: Names of the labels wanted.

    Returns:
        float32 `[m, len(names)]`.

    Raises:
        ValueError: If a label is missing, or no row is known.
    """
    missing = [name for name in names if name not in training.label_names]
    if missing:
        raise ValueError(
            f"The generator was trained on other labels than the data have. Received: data without "
            f"{', '.join(missing)}. Remedy: name the data that it was trained on."
        )
    labels = in_order_of(training.labels, training.label_names, names)
    known = in_order_of(training.known, training.label_names, names).all(axis=1)
    if not known.any():
        raise ValueError(
            f"No training study has all labels known as 0 or 1. Received: {len(labels)} studies. "
            "Remedy: generate studies with `emixer generate --label`, and name them by --studies."
        )
    return labels[known]


def saved_studies(folder):
    """Read a folder that `emixer generate` wrote.

    Args:
        folder: Folder with `studies.csv` and the films it names.

    Returns:
        `Studies`.

    Raises:
        ValueError: If the table or a film is missing or damaged, films differ in size, or a label
            is no number.
    """
    folder = Path(folder)
    table = read_table(folder / GENERATED_TABLE)
    needed = [name for name in NEEDED if name not in table.columns]
    if needed:
        raise ValueError(
            f"{folder / GENERATED_TABLE} has no column {' and none '.join(needed)}. Remedy: name a "
            "folder that `emixer generate` wrote."
        )
    names = asked_labels(table.columns)
    files, reports = zip(*(row for _, row in table.only(NEEDED).rows), strict=True)
    labels = _numbers(folder / GENERATED_TABLE, table.only(names).rows, len(names))
    films = [_film(folder, file) for file in files]
    shapes = {film.shape for film in films}
    if len(shapes) > 1:
        raise ValueError(
            f"The films of one folder have one size. Received: {sorted(shapes)} in {folder}. "
            "Remedy: generate them in one call."
        )
    known = (labels == 0) | (labels == 1)
    return Studies(
        list(files), np.stack(films), names, labels, known, [joined(text) for text in reports]
    )


def joined(report):
    """Return a report's text as sentences of lower-case words, joined."""
    return joined_sentences(report_sentences(report))


def _numbers(path, rows, count):
    labels = np.zeros((len(rows), count), "float32")
    for place, (number, cells) in enumerate(rows):
        try:
            labels[place] = [float(cell) for cell in cells]
        except ValueError as error:
            raise ValueError(
                f"{path}, row {number}: a label is a number ({error}). Remedy: mend the cell."
            ) from None
    return labels


def _film(folder, file):
    path = folder / file
    if path.parent.resolve() != folder.resolve():
        raise ValueError(f"{folder / GENERATED_TABLE} names {file!r}, which lies elsewhere.")
    try:
        with Image.open(path) as image:
            mode = "L" if image.mode == "L" else "RGB"
            pixels = np.asarray(image.convert(mode))
    except (OSError, SyntaxError) as error:
        raise ValueError(
            f"{path} is no readable film ({error}). Remedy: generate the studies again."
        ) from None
    return pixels[..., None] if pixels.ndim == 2 else pixels
