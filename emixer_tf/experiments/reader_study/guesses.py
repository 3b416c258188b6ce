"""What readers of a served study guess, real or synthetic, in five steps: a table and the ROC."""

import numpy as np

from emixer_tf.document import Numbers
from emixer_tf.experiments.reader_study.key import SYNTHETIC
from emixer_tf.experiments.result_tables import UNDEFINED, number, p_value
from emixer_tf.metrics.ranking import auroc
from emixer_tf.reader_study.answers import GUESSES


def guess_places(answers):
    """Return guesses as numbers.

    Args:
        answers: List of n complete `Answers`.

    Returns:
        float64 `[n]`, from 0, surely real, to 4, surely synthetic.
    """
    return np.array([GUESSES.index(answer.guess) for answer in answers], float)


def guess_areas(finished, items):
    """Return how well each reader's guesses tell synthetic items, an AUROC by name.

    Args:
        finished: Dict from readers to lists of `Answers`, in the order of the items.
        items: List of `StudyItem`.

    Returns:
        Dict from readers to floats.
    """
    synthetic = np.array([item.kind == SYNTHETIC for item in items], float)
    return {
        reader: float(auroc(synthetic, guess_places(answers)))
        for reader, answers in finished.items()
    }


def guess_table(study, areas):
    """Return what each reader's guesses are worth.

    Args:
        study: `ReaderStudy`.
        areas: What `guess_areas` returns.

    Returns:
        `Numbers`.
    """
    guessing = {item.rater: item for item in study.guessing}
    rows = []
    for reader, area in areas.items():
        item = guessing.get(reader)
        if item is None:
            rows.append((reader, number(area), "0", UNDEFINED, UNDEFINED))
            continue
        low, high = map(number, item.interval)
        rows.append(
            (reader, number(area), str(item.guessed), f"{number(item.right)} ({low} to {high})",
             p_value(item.p))
        )  # fmt: skip
    return Numbers(("Reader", "AUROC", "Guesses", "Right (95 %)", "p"), tuple(rows))


def figure_of_guesses(finished, items, areas):
    """Draw the ROC of each reader's guesses.

    Args:
        finished, items: As for `guess_areas`.
        areas: What that returns.

    Returns:
        `matplotlib.figure.Figure`.
    """
    from matplotlib.figure import Figure

    synthetic = np.array([item.kind == SYNTHETIC for item in items])
    figure = Figure(figsize=(4.6, 4.4), layout="constrained")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], "--", color="#999999", linewidth=1)
    for reader, answers in finished.items():
        places = guess_places(answers)
        called = [places >= least for least in range(len(GUESSES), -1, -1)]
        false, true = ([c[part].mean() for c in called] for part in (~synthetic, synthetic))
        axes.plot(false, true, "o-", label=f"{reader}, {areas[reader]:.2f}")
    axes.set(xlabel="real items called synthetic", ylabel="synthetic items called synthetic")
    axes.legend(loc="lower right")
    return figure
