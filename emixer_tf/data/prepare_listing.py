"""From the listing of a source to a prepared data set."""

import math
import shutil
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf

from emixer_tf.data.card import check_place
from emixer_tf.data.cluster import make_blocks_with_beam
from emixer_tf.data.duplicates import (
    held_out_last,
    near_duplicate_rows,
    without_copies,
    write_near_duplicates,
)
from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.records import Row, write_records
from emixer_tf.data.splits import check_splits, with_split
from emixer_tf.data.study_blocks import FilmShape, StudyBlocks
from emixer_tf.data.workers import make_blocks
from emixer_tf.files import folder_written_whole, held_by_one_process


def prepare(listing, out, preparation, finish=None):
    """Read the studies of a listing and write records, a card and the list of what was left out.

    Films and reports are read in blocks, into a folder beside `out` that outlives a killed process:
    run again, it goes on where it was, and ends with the same bytes. `out` takes its name only when
    whole.

    Args:
        listing: `Listing` of a source.
        out: Folder to make.
        preparation: `Preparation`.
        finish: Function of the whole folder, called before it takes its name: to add a page.

    Returns:
        `DatasetCard`.

    Raises:
        DataError: If `out` is there and may not be replaced, another process prepares it, studies
            contradict each other, films cannot be read, films in two splits look alike, nothing is
            left to write, or the disk is full.

    Example:

    >>> from contextlib import redirect_stdout
    >>> from tempfile import TemporaryDirectory
    >>> from emixer_tf.data.flow import Flow
    >>> from emixer_tf.data.preparation import Preparation
    >>> from emixer_tf.data.sources import phantom_studies
    >>> listing = phantom_studies.listing(Flow(), n=20)
    >>> with TemporaryDirectory() as folder, redirect_stdout(None):  # without progress bars
    ...     card = prepare(listing, f"{folder}/phantom", Preparation(resolution=32))
    >>> card.counts, list(card.shards)[0]
    ({'train': 14, 'val': 4, 'test': 2}, 'train-00000-of-00001.tfrecord')
    """
    out = Path(out).resolve()
    check_place(out, preparation.overwrite)
    flow = listing.flow.copy()
    studies = [with_split(study, preparation.seed) for study in listing.studies]
    rows = flow.made(studies, lambda study: _row(study, listing.labels))
    rows = [row._replace(place=place) for place, row in enumerate(rows)]
    _check_rows(rows, listing.labels, flow)
    with _failing_with_a_sentence(out), _blocks_folder(out) as folder:
        blocks = _read_studies(rows, folder, flow.on_error, preparation)
        details = list(blocks.details())
        rows = _without_faults(rows, details, flow)
        rows = without_copies(rows, details, flow)
        pairs = () if listing.drawn_by_program else near_duplicate_rows(rows, details)
        rows = _with_near_duplicates(rows, pairs, out, flow, preparation.near_duplicates)
        pairs = _pairs_of(rows, pairs)
        _check_rows(rows, listing.labels, flow)
        with folder_written_whole(out) as unfinished:
            card = write_records(rows, blocks, unfinished, listing, flow, preparation, pairs)
            if finish:
                finish(unfinished)
        _near_duplicates_path(out).unlink(missing_ok=True)
        shutil.rmtree(folder)
    return card


@contextmanager
def _failing_with_a_sentence(out):
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        raise DataError(
            f"Writing {out} failed: {error}. Remedy: free space, or name another folder. Films "
            f"that were read already are kept in {_blocks_path(out)}; run the command again to "
            "go on from there, or remove that folder."
        ) from error


@contextmanager
def _blocks_folder(out):
    """Make the folder of the blocks, for this process alone."""
    folder = _blocks_path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with held_by_one_process(folder / "lock") as free:
        if not free:
            raise DataError(
                f"Another process prepares {out} just now. Remedy: wait for it, or name another "
                "folder."
            )
        yield folder


def _blocks_path(out):
    return out.with_name(f".{out.name}-films")


def _row(study, labels):
    if study.film is None:
        raise RowError("no film", f"{study.source}: it has no film. Remedy: see --join-labels.")
    return Row(
        place=0,
        film=study.film,
        text=study.report or "",
        labels=_label_values(study, labels),
        split=study.split,
        patient=study.patient,
        source=study.source,
    )


def _label_values(study, labels):
    if study.labels is None:
        return None
    values = tuple(_label_value(study, label) for label in labels)
    return None if all(map(math.isnan, values)) else values


def _label_value(study, label):
    value = float(study.labels[label])
    if math.isnan(value):
        return math.nan  # one object, so that rows can be compared
    if not 0 <= value <= 1:
        raise RowError(
            "bad label",
            f"{study.source}: label {label!r} is {value}. Remedy: fill in 0 or 1, or leave it "
            "empty.",
        )
    return value


def _check_rows(rows, labels, flow):
    if not rows:
        raise DataError(f"No study is left to write{_why_nothing_is_left(flow)}")
    check_splits(
        [row.patient for row in rows], [row.split for row in rows], [row.source for row in rows]
    )
    train = [row for row in rows if row.split == "train"]
    _check_labels([row for row in train if row.labels is not None], labels)


def _why_nothing_is_left(flow):
    if not flow.dropped:
        return ". Remedy: name a source that has studies."
    last = flow.dropped[-1]
    return (
        f": all {len(flow.dropped)} rows were dropped, the last, {last.source}, because: "
        f"{last.reason}"
    )


def _check_labels(rows, labels):
    if not rows:
        raise DataError(
            "No study in train has labels, and films are made from labels. Remedy: name where "
            "labels come from, or mend the split."
        )
    if len(rows) > 1 and len({row.labels for row in rows}) == 1:
        same = ", ".join(
            f"{label} {value:g}" for label, value in zip(labels, rows[0].labels, strict=True)
        )
        raise DataError(
            f"All {len(rows)} labelled studies in train ({rows[0].source} to {rows[-1].source}) "
            f"have the same labels ({same}), so there is nothing to learn from them. Remedy: name "
            "other labels, or mend the split."
        )


def _read_studies(rows, folder, on_error, preparation):
    shape = FilmShape(preparation.resolution, preparation.channels, preparation.fit)
    studies = [(row.film, row.text) for row in rows]
    blocks = StudyBlocks(folder, studies, shape, preparation.marks)
    if preparation.runner:
        make_blocks_with_beam(blocks.jobs(), preparation.runner, preparation.runner_options)
    # After a cluster this reads anew only what it found at fault.
    for faults in make_blocks(blocks.jobs(), preparation.workers):
        for place, kind, message in faults if on_error == "stop" else ():
            raise RowError(kind, _with_source(rows[place].source, message))
    return blocks


def _without_faults(rows, details, flow):
    """Return the rows that could be read, with their reports in words."""
    faults = [(rows[i].source, *study.fault) for i, study in enumerate(details) if study.fault]
    flow.note_faults(len(rows), faults)
    return [
        row._replace(text=details[row.place].text) for row in rows if not details[row.place].fault
    ]


def _with_source(source, message):
    return message if message.startswith(source) else f"{source}: {message}"


def _with_near_duplicates(rows, pairs, out, flow, what):
    """Refuse, drop or allow films that look alike and stand in two splits."""
    across = [pair for pair in pairs if pair[0].split != pair[1].split]
    if not across or what == "allow":
        return rows
    if what == "drop":
        dropped = {min(pair, key=held_out_last).place for pair in across}
        return flow.keep(
            rows,
            "no near duplicate in a held-out split",
            "its film looks like one of a split that is held out more",
            lambda row: row.place not in dropped,
        )
    path = _near_duplicates_path(out)
    write_near_duplicates(path, across)
    one, other = across[0]
    raise DataError(
        f"{len(across)} pairs of films look alike and stand in two splits, the first: "
        f"{one.source} in {one.split} and {other.source} in {other.split}; all are listed in "
        f"{path}. A model would be tested on what it was trained on. Remedy: --near-duplicates "
        "drop leaves out the one that is held out less; --near-duplicates allow keeps both if they "
        "are different films."
    )


def _near_duplicates_path(out):
    return out.with_name(f"{out.name}-near-duplicates.csv")


def _pairs_of(rows, pairs):
    kept = {row.place for row in rows}
    return [pair for pair in pairs if kept.issuperset(row.place for row in pair)]
