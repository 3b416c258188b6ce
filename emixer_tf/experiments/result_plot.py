"""The plot of an experiment: seeds as dots, means with their sd, the paper's numbers beneath."""

import math
import textwrap

import numpy as np

from emixer_tf.experiments.results import arms_in_order, score
from emixer_tf.sheets import balanced_columns

_PANELS_A_ROW = 4
_LINE, _FRAME = 0.24, 0.85  # inches of one arm and method, and of a panel's title and axis
_WIDTH = 14.0
_SEEDS_BENEATH = 0.3  # of the distance between arms
_LABEL = 26  # characters of an arm's name in one line
_COLOURS = {
    "": "#444444",
    "EMIXER": "#c0392b",
    "CoGAN": "#2471a3",
    "JointGAN": "#1e8449",
    "SM-GAN": "#b9770e",
}
_MORE_COLOURS = ("#7d3c98", "#138d90", "#a04000", "#5d6d7e")


def figure_of_results(rows, study, summaries, paper=None):
    """Draw one panel a column; beneath it the paper's numbers, where the paper has the column.

    Args:
        rows: List of `ResultRow`.
        study: `Study`.
        summaries: What `emixer_tf.experiments.results.summaries` returned.
        paper: `PaperTable`, or None.

    Returns:
        `matplotlib.figure.Figure`.
    """
    from matplotlib.figure import Figure

    ours = {column: _our_points(rows, summaries, column) for column in study.columns}
    theirs = {column: _paper_points(paper, column) for column in study.columns}
    colours = _colours([*arms_in_order(rows), *((row.arm, row.method) for row in _rows(paper))])
    bands = _bands(list(study.columns), ours, theirs)
    heights = [_FRAME + _LINE * max(2, *map(len, points)) for _, _, points in bands]
    figure = Figure(figsize=(_WIDTH, sum(heights) + 0.4), layout="constrained")
    width = balanced_columns(len(study.columns), _PANELS_A_ROW)
    grid = figure.subplots(len(bands), width, squeeze=False, gridspec_kw={"height_ratios": heights})
    for line, (names, whose, points) in zip(grid, bands, strict=True):
        drawn = [place for place, panel in enumerate(points) if panel]
        for place, axes in enumerate(line):
            if place not in drawn:
                axes.set_axis_off()
                continue
            _draw(axes, points[place], colours, first=place == drawn[0])
            less = " (lower is better)" if names[place] in study.lower_is_better else ""
            axes.set_title(f"{study.columns[names[place]]}{less}: {whose}", fontsize=10)
    _legend(figure, colours)
    return figure


def _rows(paper):
    return paper.rows if paper is not None else ()


def _our_points(rows, summaries, column):
    """Return `(arm, method, mean, sd, scores)` of each arm."""
    means = {(item.arm, item.method): item for item in summaries if item.column == column}
    return [
        (
            *key,
            means[key].mean,
            means[key].sd,
            [score(row, column) for row in rows if (row.arm, row.method) == key],
        )
        for key in arms_in_order(rows)
    ]


def _paper_points(paper, column):
    if paper is None or column not in paper.columns:
        return []
    points = []
    for row in paper.rows:
        mean, sd = row.scores[column]
        points.append((row.arm, row.method, mean, math.nan if sd is None else sd, []))
    return points


def _bands(columns, ours, theirs):
    """Return `(columns, whose, points by column)` of each row of panels."""
    bands = []
    width = balanced_columns(len(columns), _PANELS_A_ROW)
    for start in range(0, len(columns), width):
        names = columns[start : start + width]
        bands.append((names, "ours", _arms_with_scores([ours[name] for name in names])))
        if any(theirs[name] for name in names):
            bands.append((names, "the paper", [theirs[name] for name in names]))
    return bands


def _arms_with_scores(panels):
    """Return panels without the arms that none of them has a score of."""
    scored = {point[:2] for points in panels for point in points if not math.isnan(point[2])}
    return [[point for point in points if point[:2] in scored] for points in panels]


def _colours(arms):
    methods = list(dict.fromkeys(method for _, method in arms))
    more = iter(_MORE_COLOURS * (1 + len(methods) // len(_MORE_COLOURS)))
    return {method: _COLOURS.get(method) or next(more) for method in methods}


def _draw(axes, points, colours, first):
    """Draw the arms from top to bottom; methods of one arm stand below each other."""
    order = list(dict.fromkeys(arm for arm, *_ in points))
    points = sorted(points, key=lambda point: order.index(point[0]))
    for place, (_, method, mean, sd, scores) in enumerate(points):
        colour = colours[method]
        beneath = np.full(len(scores), place + _SEEDS_BENEATH)
        axes.plot(scores, beneath, "o", color=colour, alpha=0.45, ms=3.5, mew=0)
        if not math.isnan(mean):
            spread = None if math.isnan(sd) else sd
            axes.errorbar(
                mean, place, xerr=spread, fmt="D", color=colour, ms=4.5, lw=1.6, capsize=3
            )
    _mark_reference(axes, points)
    starts = [next(i for i, point in enumerate(points) if point[0] == arm) for arm in order]
    for start in starts[1:]:
        axes.axhline(start - 0.5, color="#dddddd", lw=0.8)
    ends = [*starts[1:], len(points)]
    middles = [(start + end - 1) / 2 for start, end in zip(starts, ends, strict=True)]
    names = ["\n".join(textwrap.wrap(arm, _LABEL)) for arm in order]
    axes.set_yticks(middles, names if first else [""] * len(order), fontsize=8)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", labelsize=8)
    axes.locator_params(axis="x", nbins=5)
    axes.set_ylim(len(points) - 0.5, -0.5)
    axes.grid(axis="x", color="#eeeeee")
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def _mark_reference(axes, points):
    """Draw a line down from the first arm, real data alone, when it has no method."""
    _, method, mean, _, _ = points[0]
    if method == "" and not math.isnan(mean):
        axes.axvline(mean, color="#444444", lw=0.9, ls="--")


def _legend(figure, colours):
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], color=colour, marker="D", ms=5, lw=1.6, label=method or "no synthetic data")
        for method, colour in colours.items()
    ]
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=len(handles),
        fontsize=9,
        frameon=False,
    )
