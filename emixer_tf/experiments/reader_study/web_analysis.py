"""What the ratings of a served study say: tables, plots, and every rating in one CSV file."""

import csv
import io
import json
from dataclasses import asdict

import numpy as np

from emixer_tf.document import (
    Heading,
    Notice,
    Paragraph,
    Picture,
    Texts,
    as_markdown,
    as_page,
)
from emixer_tf.experiments.paper_tables import OTHER_DATA, paper_table
from emixer_tf.experiments.reader_study.analysis import analyse
from emixer_tf.experiments.reader_study.analysis_files import (
    PAPER_AGREEMENT,
    agreement_table,
    note_blocks,
    quality_table,
)
from emixer_tf.experiments.reader_study.analysis_plot import figure_of_ratings
from emixer_tf.experiments.reader_study.by_label import (
    figure_by_label,
    label_table,
    ratings_by_label,
)
from emixer_tf.experiments.reader_study.guesses import (
    figure_of_guesses,
    guess_areas,
    guess_places,
    guess_table,
)
from emixer_tf.experiments.reader_study.key import REAL, SYNTHETIC, item_names
from emixer_tf.experiments.reader_study.ratings import Ratings
from emixer_tf.experiments.reader_study.web_study import reader_name
from emixer_tf.files import as_json, save_figure, write_whole
from emixer_tf.reader_study.answers import QUESTIONS
from emixer_tf.reader_study.store import StudyStore

_TITLE = "Reader study: do readers tell synthetic studies from real ones?"
_HEADINGS = {"film": "The film", "report": "The report", "match": "Film and report together"}
_CERTAIN = {0: REAL, 1: REAL, 3: SYNTHETIC, 4: SYNTHETIC}  # places in GUESSES


def write_web_analysis(folder, out, seed=0):
    """Analyse the ratings of a served study, and write what they say.

    Readers who have not rated every item are left out, and named. `index.html` has it all,
    `table.md` the tables, `analysis.json` the numbers, `ratings.csv` every answer.

    Args:
        folder: `pathlib.Path` of the study.
        out: `pathlib.Path` of the folder to write into.
        seed: Of the bootstrap.

    Returns:
        `pathlib.Path` of the page.

    Raises:
        ValueError: If there is no study, or no reader has rated all items.
    """
    store = StudyStore(folder)
    items = store.items()
    finished, notes = _finished(store, len(items))
    key = dict(zip(item_names(len(items)), (item.kind for item in items), strict=True))
    out.mkdir(parents=True, exist_ok=True)
    blocks = [Notice(f"The paper's numbers: {OTHER_DATA}."), Paragraph(PAPER_AGREEMENT)]
    numbers = {}
    for question in QUESTIONS:
        ratings = [_ratings(reader, answers, question) for reader, answers in finished.items()]
        study = analyse(key, ratings, seed)
        numbers[question] = asdict(study)
        guessing = numbers[question].pop("guessing")  # the same for every question
        plot = f"plot-{question}.png"
        save_figure(out / plot, figure_of_ratings(key, ratings, study))
        blocks += [
            Heading(f"{_HEADINGS[question]}, 1 to 10"),
            quality_table(study, paper_table("Fig. 2")),
            agreement_table(study),
            Picture(plot, _HEADINGS[question], "Grey is real, red synthetic."),
        ]
        notes += [note for note in study.notes if note not in notes]
    areas = guess_areas(finished, items)
    numbers |= {"guesses": guessing, "guess_auroc": areas}
    save_figure(out / "roc.png", figure_of_guesses(finished, items, areas))
    by_label = ratings_by_label(finished, items)
    save_figure(out / "by-label.png", figure_by_label(by_label))
    blocks += [
        Heading("Real or synthetic?"),
        guess_table(study, areas),
        Paragraph(
            "AUROC: how well five answers from surely real to surely synthetic put synthetic items "
            "above real ones; 0.5 is chance. Right: of answers that are a guess, probably and "
            "surely alike, with the Wilson interval, and p of Fisher's exact test."
        ),
        Picture("roc.png", "ROC of the guesses", "Every reader, five answers."),
        Heading("By label"),
        label_table(by_label),
        Paragraph(
            "Means over readers and items, real and synthetic; the kinds share their labels."
        ),
        Picture("by-label.png", "Mean ratings by label", "In brackets how many items."),
        *note_blocks(notes),
    ]
    write_whole(out / "ratings.csv", _all_ratings(store, items))
    write_whole(out / "analysis.json", json.dumps(as_json(numbers), indent=1) + "\n")
    write_whole(out / "table.md", as_markdown(_TITLE, blocks))
    write_whole(out / "index.html", as_page(_TITLE, [*blocks, *_comments(finished, items)]))
    return out / "index.html"


def _finished(store, count):
    """Return answers of readers who rated all items, by name, and sentences on the others."""
    finished, notes = {}, []
    for reader in store.readers():
        ratings = store.ratings(reader)
        answers = [ratings[i].answers for i in range(count) if i in ratings]
        done = sum(answer.complete for answer in answers)
        if done == count:
            finished[reader_name(reader)] = answers
        else:
            notes.append(f"{reader_name(reader)} has rated {done} of {count} items: left out.")
    if not finished:
        raise ValueError(
            f"No reader has rated all items. {' '.join(notes)} Remedy: let one finish."
        )
    return finished, notes


def _ratings(reader, answers, question):
    places = guess_places(answers)
    return Ratings(
        reader,
        np.array([getattr(answer, question) for answer in answers], "int64"),
        tuple(_CERTAIN.get(int(place), "") for place in places),
        tuple(answer.comment for answer in answers),
    )


def _all_ratings(store, items):
    """Return every answer, finished or not, as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["reader", "item", "kind", "labels", *QUESTIONS, "guess", "comment"])
    for reader in store.readers():
        for place, rating in sorted(store.ratings(reader).items()):
            item, answers = items[place], rating.answers
            given = [getattr(answers, question) for question in (*QUESTIONS, "guess")]
            name = item_names(len(items))[place]
            labels = "; ".join(item.labels)
            comment = _no_formula(answers.comment)
            writer.writerow([reader_name(reader), name, item.kind, labels, *given, comment])
    return text.getvalue()


def _no_formula(text):
    """Return a text that no spreadsheet computes."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _comments(finished, items):
    rows = [
        (name, item.kind, reader, answers[place].comment)
        for place, (name, item) in enumerate(zip(item_names(len(items)), items, strict=True))
        for reader, answers in finished.items()
        if answers[place].comment
    ]
    if not rows:
        return []
    return [Heading("Comments"), Texts(("Item", "Kind", "Reader", "Comment"), tuple(rows))]
