"""The page of a prepared data set: what was kept, what was dropped and why, and how it looks."""

import html
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from emixer_tf.data.card import read_card
from emixer_tf.data.pipeline import read_samples
from emixer_tf.data.splits import SPLITS
from emixer_tf.document import STYLE
from emixer_tf.files import write_whole
from emixer_tf.sheets import contact_sheet

PAGE = "index.html"
_LONGEST_CAPTION = 300


def show_card(card):
    """Print what `emixer prepare` kept and dropped, as tables."""
    console = Console()
    flow = Table(
        "filter",
        Column("in", justify="right"),
        Column("dropped", justify="right"),
        "reason",
        title=f"{escape(card.name)}: what was kept",
        title_justify="left",
    )
    for name, rows_in, dropped, reason in card.flow:
        flow.add_row(escape(name), f"{rows_in:,}", f"{dropped:,}", escape(reason))
    flow.add_row("kept", f"{sum(card.counts.values()):,}", "", "", style="bold")
    console.print(flow)
    labels = Table(
        "positive",
        *(Column(split, justify="right") for split in SPLITS),
        title="labels",
        title_justify="left",
    )
    for label in card.labels:
        labels.add_row(escape(label), *(f"{card.label_counts[split][label]:,}" for split in SPLITS))
    labels.add_row("studies", *(f"{card.counts[split]:,}" for split in SPLITS), style="bold")
    console.print(labels)
    for line in summary(card):
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def summary(card):
    """Return sentences about a data set, for the terminal and the page."""
    return [
        f"Without labels {card.unlabelled:,}, without report {card.unreported:,}.",
        f"Vocabulary of {len(card.vocabulary):,} words; reports of {card.sentences} sentences of "
        f"{card.words} words; {card.cut_reports:,} are longer and are cut for training.",
        f"Pairs of films that look alike: {card.near_duplicates:,}"
        + (" (near_duplicates.csv)." if card.near_duplicates else "."),
        *card.notes,
    ]


def write_dataset_page(folder):
    """Write the page and its pictures into a prepared data set.

    Args:
        folder: Folder that `emixer prepare` wrote.

    Returns:
        `pathlib.Path` of the page.
    """
    folder = Path(folder)
    card = read_card(folder)
    films, titles, reports = _samples(folder)
    contact_sheet(films, titles, reports, columns=6).save(folder / "films.png")
    _histograms(card).savefig(folder / "histograms.png", dpi=110)
    write_whole(folder / PAGE, _page(card))
    return folder / PAGE


def _samples(folder):
    films, titles, reports = [], [], []
    for label, study in read_samples(folder):
        films.append(study["image"])
        titles.append(label or "no positive label")
        text = study["report"]
        reports.append(text if len(text) <= _LONGEST_CAPTION else f"{text[:_LONGEST_CAPTION]} ...")
    return np.stack(films), titles, reports


def _histograms(card):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(14, max(3.6, 0.24 * len(card.labels))), layout="constrained")
    labels, lengths, greys = figure.subplots(1, 3)
    totals = [sum(card.label_counts[split][name] for split in SPLITS) for name in card.labels]
    labels.barh(card.labels[::-1], totals[::-1])
    labels.set(title="Positive studies", xlabel="studies")
    words = [int(count) for count in card.report_lengths]
    lengths.bar(words, list(card.report_lengths.values()), width=1.0)
    lengths.set(title="Length of reports", xlabel="words", ylabel="reports")
    shares = np.array(card.grey_levels) / max(sum(card.grey_levels), 1)
    greys.bar(range(256), shares, width=1.0)
    greys.set(title="Grey levels of all films", xlabel="0 black, 255 white", ylabel="share")
    return figure


def _page(card):
    flow = "".join(
        f"<tr><td>{html.escape(name)}</td><td>{rows_in:,}</td><td>{dropped:,}</td>"
        f"<td>{html.escape(reason)}</td></tr>"
        for name, rows_in, dropped, reason in card.flow
    )
    labels = "".join(
        f"<tr><td>{html.escape(label)}</td>"
        + "".join(f"<td>{card.label_counts[split][label]:,}</td>" for split in SPLITS)
        + "</tr>"
        for label in card.labels
    )
    lines = "".join(f"<li>{html.escape(line)}</li>" for line in summary(card))
    counts = ", ".join(f"{card.counts[split]:,} {split}" for split in SPLITS)
    splits = "".join(f"<th>{split}</th>" for split in SPLITS)
    return f"""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{html.escape(card.name)}</title>
<style>{STYLE}</style>
<h1>{html.escape(card.name)}</h1>
<p>Studies: {counts}; films of {card.resolution} px. This folder is as confidential as its source:
it shows films and reports, and its lists name files.</p>
<ul>{lines}</ul>
<h2>What was kept, filter by filter</h2>
<p>Every row that was dropped is in <code>dropped.csv</code>.</p>
<table><tr><th>filter</th><th>in</th><th>dropped</th><th>reason</th></tr>{flow}</table>
<h2>Positive studies by label</h2><table><tr><th>label</th>{splits}</tr>{labels}</table>
<h2>Histograms</h2><img src="histograms.png" alt="Histograms">
<h2>Films of every label</h2>
<p>Of the training split; a film of several findings stands for the rarest.</p>
<img src="films.png" alt="Films of every label"></html>
"""
