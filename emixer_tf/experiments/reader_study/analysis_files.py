"""What the analysis of a reader study leaves behind: numbers, table, plot and page."""

import json
import math
from dataclasses import asdict
from pathlib import Path

from emixer_tf.document import (
    Heading,
    Items,
    Notice,
    Numbers,
    Paragraph,
    Picture,
    Texts,
    as_markdown,
    as_page,
)
from emixer_tf.experiments.paper_tables import FIGURE_2_KAPPA, OTHER_DATA, paper_table
from emixer_tf.experiments.reader_study.analysis import WEIGHTS, analyse
from emixer_tf.experiments.reader_study.analysis_plot import figure_of_ratings
from emixer_tf.experiments.reader_study.key import REAL, SYNTHETIC, read_key
from emixer_tf.experiments.reader_study.ratings import read_ratings
from emixer_tf.experiments.result_tables import (
    UNDEFINED,
    number,
    p_value,
    signed,
)
from emixer_tf.files import as_json, save_figure, write_whole

PAPER_AGREEMENT = f"The paper: Cohen's kappa {FIGURE_2_KAPPA:g}, its weighting not stated."
_TITLE = "Reader study: do raters tell synthetic studies from real ones?"
_TABLE, _PLOT, _PAGE, _NUMBERS = "table.md", "plot.png", "index.html", "analysis.json"


def write_analysis(folder, out=None, notes=(), seed=0):
    """Analyse the ratings in a folder of a reader study, and write what they say.

    `analysis.json` has the numbers, `table.md` the tables beside the paper's Fig. 2, `plot.png`
    the plot, `index.html` all of it with the raters' comments.

    Args:
        folder: Folder that `make_reader_study` made, with `ratings-NAME.csv` put into it.
        out: Folder to write into; None for `analysis` in that folder.
        notes: Sentences for the page, such as who rated and where the studies come from.
        seed: Of the bootstrap.

    Returns:
        `pathlib.Path` of the page.

    Raises:
        ValueError: If the key or ratings are missing or faulty.
    """
    folder = Path(folder)
    out = Path(out) if out is not None else folder / "analysis"
    key = read_key(folder)
    ratings = read_ratings(folder, key)
    study = analyse(key, ratings, seed)
    paper = paper_table("Fig. 2")
    blocks = [
        Paragraph(_question(study)),
        Notice(f"The paper's numbers: {OTHER_DATA}."),
        Heading("Quality, 1 to 10"),
        quality_table(study, paper),
        Paragraph(
            "Mean ± standard deviation over all ratings. The difference (real minus synthetic) has "
            "a 95 % bootstrap interval over items, and p of the two-sided Mann-Whitney test over "
            "items (over the items' means for all raters). The last column is the share of pairs "
            "in which the real item is rated higher, ties counting half: 0.5 is no difference."
        ),
        Heading("Agreement of raters"),
        agreement_table(study),
        Paragraph(PAPER_AGREEMENT),
        *_guessing_blocks(study),
        *note_blocks([*notes, *study.notes]),
        Picture(_PLOT, "Plot", "Grey is real, red synthetic."),
        Heading("About the paper's Fig. 2"),
        Items(paper.remarks),
    ]
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / _NUMBERS, json.dumps(as_json(asdict(study)), indent=1) + "\n")
    save_figure(out / _PLOT, figure_of_ratings(key, ratings, study))
    write_whole(out / _TABLE, as_markdown(_TITLE, blocks))
    write_whole(out / _PAGE, as_page(_TITLE, [*blocks, *_comments(key, ratings)]))
    return out / _PAGE


def _question(study):
    raters = len(study.comparisons) - 1
    real, synthetic = study.counts
    return (
        f"{raters} {'rater' if raters == 1 else 'raters'} judged {real} real and {synthetic} "
        "synthetic pairs of film and report without knowing which is which."
    )


def quality_table(study, paper):
    """Return mean ratings of real and synthetic items beside the paper's, a `Numbers`."""
    rows = [
        (
            item.who,
            _rating(*item.real),
            _rating(*item.synthetic),
            f"{item.difference:+.2f} ({item.interval[0]:+.2f} to {item.interval[1]:+.2f})",
            p_value(item.p),
            number(item.real_above),
        )
        for item in study.comparisons
    ]
    (real, real_sd), (synthetic, synthetic_sd) = (
        paper.score(REAL, "", "rating"),
        paper.score(SYNTHETIC, "EMIXER", "rating"),
    )
    theirs = (
        "the paper, two radiologists",
        f"{real:g} ± {real_sd:g}",
        f"{synthetic:g} ± {synthetic_sd:g}",
        signed(real - synthetic),
        UNDEFINED,
        UNDEFINED,
    )
    heads = ("Rater", "Real", "Synthetic", "Difference (95 %)", "p", "Real above")
    return Numbers(heads, (*rows, theirs))


def _rating(mean, sd):
    return f"{mean:.2f}" if math.isnan(sd) else f"{mean:.2f} ± {sd:.2f}"


def agreement_table(study):
    """Return kappas of pairs of raters and the ICC of all, a `Numbers`."""
    rows = [
        (" and ".join(item.raters), *(number(item.kappas[name]) for name in WEIGHTS), UNDEFINED)
        for item in study.agreements
    ]
    rows.append(("all raters", *[UNDEFINED] * len(WEIGHTS), number(study.icc)))
    return Numbers(("Raters", *(f"kappa, {name}" for name in WEIGHTS), "ICC(2, 1)"), tuple(rows))


def _guessing_blocks(study):
    if not study.guessing:
        return []
    rows = [
        (
            item.rater,
            str(item.guessed),
            f"{number(item.right)} ({number(item.interval[0])} to {number(item.interval[1])})",
            number(item.right_of_real),
            number(item.right_of_synthetic),
            p_value(item.p),
        )
        for item in study.guessing
    ]
    heads = ("Rater", "Guesses", "Right (95 %)", "Right of real", "Right of synthetic", "p")
    return [
        Heading("Guesses"),
        Numbers(heads, tuple(rows)),
        Paragraph(
            "Share of right guesses with its Wilson interval; p of Fisher's exact test of guess "
            "against truth. Items without a guess are left out."
        ),
    ]


def note_blocks(notes):
    """Return blocks of a page that list sentences; none where there are none."""
    return [Heading("Notes"), Items(tuple(notes))] if notes else []


def _comments(key, ratings):
    rows = [
        (item, kind, rating.rater, str(rating.quality[place]), rating.comments[place])
        for place, (item, kind) in enumerate(key.items())
        for rating in ratings
        if rating.comments[place]
    ]
    if not rows:
        return []
    heads = ("Item", "Kind", "Rater", "Quality", "Comment")
    return [Heading("Comments"), Texts(heads, tuple(rows))]
