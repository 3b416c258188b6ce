"""From the listing of a source to a prepared data set."""

import hashlib
import json
import math
import shutil
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf
from rich.progress import track

from emixer_tf.data.cluster import make_blocks_with_beam
from emixer_tf.data.duplicates import look_alikes, without_copies
from emixer_tf.data.errors import DataError, RowError
from emixer_tf.data.film_blocks import FilmBlocks, FilmShape
from emixer_tf.data.records import Row, joined_sentences, write_records
from emixer_tf.data.reports import report_sentences
from emixer_tf.data.splits import check_splits, with_split
from emixer_tf.data.workers import make_blocks
from emixer_tf.files import folder_written_whole, write_whole

_PLAN = "plan.json"


def prepare(listing, out, preparation):
    """Read the films of a listing and write records, a card and the list of what was left out.

    Films are read in blocks, into a folder beside `out` that outlives a killed process: run again,
    it goes on where it was, and ends with the same bytes. `out` takes its name only when whole.

    Args:
        listing: `Listing` of a source.
        out: Folder to make.
        preparation: `Preparation`.

    Returns:
        `DatasetCard`.

    Raises:
        DataError: If studies contradict each other, films cannot be read, nothing is left to
            write, or the disk is full.
    """
    out = Path(out)
    if out.exists() and not preparation.overwrite:
        raise DataError(f"{out} exists already. Remedy: name another folder, or use --overwrite.")
    flow = listing.flow
    studies = [with_split(study, preparation.seed) for study in listing.studies]
    rows = flow.made(
        track(studies, "Reading reports"),
        lambda study: _row(study, listing.labels, preparation.marks),
        source=lambda study: study.source,
    )
    rows = [row._replace(place=place) for place, row in enumerate(rows)]
    _check_rows(rows, listing, out)
    with _failing_with_a_sentence(out):
        films = _read_films(rows, out, listing, preparation)
        details = list(films.details())
        faults = [(rows[i].source, *film.fault) for i, film in enumerate(details) if film.fault]
        flow.note_faults(len(rows), faults)
        rows = [row for row in rows if not details[row.place].fault]
        rows = without_copies(rows, details, flow)
        pairs = [] if listing.alike else look_alikes(rows, details, preparation.allow_look_alikes)
        _check_rows(rows, listing, out)
        with folder_written_whole(out) as folder:
            card = write_records(rows, films, folder, listing, preparation, pairs)
        shutil.rmtree(films.folder)
    return card


@contextmanager
def _failing_with_a_sentence(out):
    try:
        yield
    except (OSError, tf.errors.OpError) as error:
        raise DataError(
            f"Writing {out} failed: {error}. Remedy: free space, or name another folder. Films "
            f"that were read already are kept in {_blocks_folder(out)}; run the command again to "
            "go on from there, or remove that folder."
        ) from error


def _row(study, labels, marks):
    if study.film is None:
        raise RowError("no film", f"{study.source}: it has no film. Remedy: see --join-labels.")
    return Row(
        place=0,
        film=study.film,
        text=_text(study, marks),
        labels=_label_values(study, labels),
        split=study.split,
        patient=study.patient,
        source=study.source,
    )


def _text(study, marks):
    if not study.report:
        return ""
    try:
        return joined_sentences(report_sentences(study.report, marks))
    except RowError as error:
        raise RowError(error.kind, f"{study.source}: {error}") from None


def _label_values(study, labels):
    if study.labels is None:
        return None
    values = tuple(float(study.labels[label]) for label in labels)
    for label, value in zip(labels, values, strict=True):
        if not (math.isnan(value) or 0 <= value <= 1):
            raise RowError(
                "bad label",
                f"{study.source}: label {label!r} is {value}. Remedy: fill in 0 or 1, or leave it "
                "empty.",
            )
    return values


def _check_rows(rows, listing, out):
    if not rows:
        raise DataError(f"No study is left to write to {out}{_why_nothing_is_left(listing.flow)}")
    check_splits(
        [row.patient for row in rows], [row.split for row in rows], [row.source for row in rows]
    )
    labelled = [row for row in rows if row.labels is not None and row.split == "train"]
    _check_labels(labelled, listing.labels)


def _why_nothing_is_left(flow):
    if not flow.dropped:
        return ". Remedy: name a source that has studies."
    last = flow.dropped[-1]
    return (
        f": all {len(flow.dropped)} rows were dropped, the last, {last.source}, because: "
        f"{last.reason}"
    )


def _check_labels(rows, labels):
    different = {row.labels for row in rows}
    if len(rows) > 1 and len(different) == 1:
        same = ", ".join(
            f"{label} {value:g}" for label, value in zip(labels, rows[0].labels, strict=True)
        )
        raise DataError(
            f"All {len(rows)} labelled studies in train ({rows[0].source} to {rows[-1].source}) "
            f"have the same labels ({same}), so there is nothing to learn from them. Remedy: name "
            "other label columns, or mend the split column."
        )


def _read_films(rows, out, listing, preparation):
    shape = FilmShape(preparation.resolution, preparation.channels, preparation.fit)
    skip = listing.flow.on_error == "skip"
    films = [row.film for row in rows]
    folder = _blocks_folder(out)
    _begin_or_go_on(folder, _plan(films, shape, skip))
    blocks = FilmBlocks(folder, films, shape, with_faults=skip)
    if preparation.runner:
        make_blocks_with_beam(blocks.missing(), preparation.runner, preparation.runner_options)
    # Blocks that a cluster did not make hold faults, which are told here.
    for faults in make_blocks(blocks.missing(), preparation.workers):
        for place, kind, message in () if skip else faults:
            raise RowError(kind, f"{rows[place].source}: {message}")
    return blocks


def _blocks_folder(out):
    return out.with_name(f".{out.name}-films")


def _plan(films, shape, skip):
    """Return what the blocks depend on; `name` and all of a film's fields are in its `repr`."""
    digest = hashlib.sha256(repr((shape, skip)).encode())
    for film in films:
        digest.update(repr(film).encode())
    return json.dumps({"films": len(films), "digest": digest.hexdigest()})


def _begin_or_go_on(folder, plan):
    path = folder / _PLAN
    if path.is_file() and path.read_text(encoding="utf-8") == plan:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    write_whole(path, plan)
