"""The plot of a reader study: how often each rating was given, means, and how raters agree."""

import numpy as np

from emixer_tf.experiments.paper_tables import paper_table
from emixer_tf.experiments.reader_study.key import REAL, SYNTHETIC
from emixer_tf.experiments.reader_study.ratings import HIGHEST, LOWEST

COLOURS = {REAL: "#444444", SYNTHETIC: "#c0392b"}
_SCALE = np.arange(LOWEST, HIGHEST + 1)


def figure_of_ratings(key, ratings, study):
    """Draw the ratings.

    Args:
        key: Dict of item name to "real" or "synthetic".
        ratings: List of `Ratings`.
        study: `ReaderStudy`.

    Returns:
        `matplotlib.figure.Figure`.
    """
    from matplotlib.figure import Figure

    real = np.array([kind == REAL for kind in key.values()])
    quality = np.stack([rating.quality for rating in ratings], axis=1)
    panels = 3 if len(ratings) > 1 else 2
    figure = Figure(figsize=(4.8 * panels, 4.2), layout="constrained")
    axes = figure.subplots(1, panels)
    _draw_shares(axes[0], quality, real)
    _draw_means(axes[1], study)
    if len(ratings) > 1:
        _draw_agreement(axes[2], ratings, real)
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
        panel.set_axisbelow(True)
    return figure


def _draw_shares(axes, quality, real):
    for kind, chosen, side in ((REAL, real, -0.2), (SYNTHETIC, ~real, 0.2)):
        counts = np.array([(quality[chosen] == grade).sum() for grade in _SCALE])
        axes.bar(_SCALE + side, counts / counts.sum(), width=0.4, color=COLOURS[kind], label=kind)
    axes.set(title="All ratings", xlabel="rating", ylabel="share", xticks=_SCALE)
    axes.grid(axis="y", color="#eeeeee")
    axes.legend(frameon=False, fontsize=9)


def _draw_means(axes, study):
    """Draw mean and sd of each rater, all raters, and the paper's two radiologists."""
    lines = [(item.who, item.real, item.synthetic) for item in study.comparisons]
    paper = {row.arm: row.scores["rating"] for row in paper_table("Fig. 2").rows}
    lines.append(("the paper", paper[REAL], paper[SYNTHETIC]))
    for place, (_, *pairs) in enumerate(lines):
        for kind, side, (mean, sd) in zip(COLOURS, (-0.15, 0.15), pairs, strict=True):
            axes.errorbar(
                mean, place + side, xerr=sd, fmt="D", color=COLOURS[kind], ms=5, lw=1.6, capsize=3
            )
    axes.axhline(len(lines) - 1.5, color="#bbbbbb", lw=0.8)
    axes.set_yticks(range(len(lines)), [_short(who) for who, *_ in lines], fontsize=9)
    axes.set(title="Mean ± standard deviation", xlabel="rating", xticks=_SCALE)
    axes.set(xlim=(LOWEST - 0.5, HIGHEST + 0.5), ylim=(len(lines) - 0.5, -0.5))
    axes.grid(axis="x", color="#eeeeee")


def _short(name):
    return name if len(name) <= 16 else f"{name[:15]}…"


def _draw_agreement(axes, ratings, real):
    """Draw the ratings of the first two raters against each other, larger where items coincide."""
    a, b = ratings[0], ratings[1]
    axes.plot([LOWEST, HIGHEST], [LOWEST, HIGHEST], color="#bbbbbb", lw=0.8)
    for kind, chosen, side in ((REAL, real, -0.12), (SYNTHETIC, ~real, 0.12)):
        pairs = np.stack([a.quality[chosen], b.quality[chosen]], axis=1)
        places, counts = np.unique(pairs, axis=0, return_counts=True)
        axes.scatter(
            places[:, 0] + side,
            places[:, 1] - side,
            s=22 * counts,
            color=COLOURS[kind],
            alpha=0.6,
            lw=0,
        )
    axes.set(title="Two raters of the same items", xticks=_SCALE, yticks=_SCALE)
    axes.set(xlabel=_short(a.rater), ylabel=_short(b.rater))
    axes.set(xlim=(LOWEST - 0.5, HIGHEST + 0.5), ylim=(LOWEST - 0.5, HIGHEST + 0.5))
    axes.grid(color="#eeeeee")
