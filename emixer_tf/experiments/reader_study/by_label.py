"""Ratings of a served study by label: a table and a plot."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.document import Numbers
from emixer_tf.experiments.reader_study.analysis_plot import COLOURS
from emixer_tf.experiments.reader_study.key import REAL, SYNTHETIC
from emixer_tf.experiments.result_tables import number
from emixer_tf.reader_study.answers import HIGHEST, LOWEST, QUESTIONS

_KINDS = (REAL, SYNTHETIC)


@dataclass(frozen=True)
class LabelRatings:
    """What all readers gave the items of a label.

    Args:
        label: Its name, or "no label".
        items: How many items have it.
        means: Dict from pairs of question and kind to the mean rating, NaN where there is none.
    """

    label: str
    items: int
    means: dict


def ratings_by_label(finished, items):
    """Return mean ratings of each label's items, real and synthetic.

    Args:
        finished: Dict from readers to lists of `Answers`, in the order of the items.
        items: List of `StudyItem`.

    Returns:
        List of `LabelRatings`, by name, items without labels last.
    """
    names = sorted({name for item in items for name in item.labels})
    having = {
        name: [place for place, item in enumerate(items) if name in item.labels] for name in names
    }
    having["no label"] = [place for place, item in enumerate(items) if not item.labels]
    return [
        LabelRatings(name, len(places), _means(finished, items, places))
        for name, places in having.items()
        if places
    ]


def label_table(found):
    """Return mean ratings of each label's items as a table.

    Args:
        found: What `ratings_by_label` returns.

    Returns:
        `Numbers`.
    """
    columns = [(question, kind) for question in QUESTIONS for kind in _KINDS]
    heads = ("Label", "Items", *(f"{question}: {kind}" for question, kind in columns))
    rows = [
        (row.label, str(row.items), *(number(row.means[column]) for column in columns))
        for row in found
    ]
    return Numbers(heads, tuple(rows))


def figure_by_label(found):
    """Draw mean ratings of each label's items, a panel for each question.

    Args:
        found: What `ratings_by_label` returns.

    Returns:
        `matplotlib.figure.Figure`.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 1.4 + 0.32 * len(found)), layout="constrained")
    panels = figure.subplots(1, len(QUESTIONS), sharey=True)
    places = range(len(found))
    for axes, question in zip(panels, QUESTIONS, strict=True):
        for kind in _KINDS:
            means = [row.means[question, kind] for row in found]
            axes.plot(means, places, "D", color=COLOURS[kind], label=kind, alpha=0.8)
        axes.set(title=question, xlim=(LOWEST - 0.5, HIGHEST + 0.5), xlabel="mean rating")
        axes.grid(color="#eeeeee")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].set_yticks(places, [f"{row.label} ({row.items})" for row in found])
    panels[0].set_ylim(len(found) - 0.5, -0.5)
    panels[-1].legend(frameon=False, fontsize=9)
    return figure


def _means(finished, items, places):
    return {
        (question, kind): _mean(
            getattr(answers[place], question)
            for answers in finished.values()
            for place in places
            if items[place].kind == kind
        )
        for question in QUESTIONS
        for kind in _KINDS
    }


def _mean(ratings):
    ratings = list(ratings)
    return float(np.mean(ratings)) if ratings else float("nan")
