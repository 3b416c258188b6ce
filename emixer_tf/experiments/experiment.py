"""Running an experiment: the cells of its arms, then tables, plot and page."""

from dataclasses import replace

from emixer_tf.experiments.catalogue import experiment_module
from emixer_tf.experiments.cell_store import CellStore
from emixer_tf.experiments.result_files import write_results
from emixer_tf.experiments.result_tables import is_undefined
from emixer_tf.experiments.results import ResultRow
from emixer_tf.experiments.runner import missing_cells, run_cells

CELLS = "cells"


def write_experiment(name, arms, notes, out, work, workers=0, command=""):
    """Compute the cells of an experiment's arms, and write its results.

    Args:
        name: Of the experiment.
        arms: List of `Arm`.
        notes: Sentences for the page.
        out: `pathlib.Path` of the folder for results; `out/cells` has a small file a cell, and a
            cell whose file is there is not computed again.
        work: `pathlib.Path` of the folder for data, weights and films; may be shared.
        workers: Processes, as for `run_cells`.
        command: The command that repeats the experiment.

    Returns:
        `pathlib.Path` of the page.
    """
    results = run_cells(cells_of(arms), CellStore(work, out / CELLS), workers)
    rows = [_row(arm, results) for arm in arms]
    told = dict.fromkeys(note for result in results.values() for note in result["notes"])
    study, left_out = measurable(experiment_module(name).STUDY, rows)
    judged = unlike_judges(arms, results)
    return write_results(out, study, rows, [*notes, *left_out, *judged, *told], command=command)


def measurable(study, rows):
    """Return the study without columns that no row has a score for, and a note on them.

    Args:
        study: `Study`.
        rows: List of `ResultRow`.

    Returns:
        `(study, notes)`: a `Study`, and a list of one sentence or none.
    """
    met = {
        column for row in rows for column, value in row.scores.items() if not is_undefined(value)
    }
    columns = {column: heading for column, heading in study.columns.items() if column in met}
    missing = [heading for column, heading in study.columns.items() if column not in met]
    if not missing:
        return study, []
    note = f"Not in the table, as these data give no score for it: {', '.join(missing)}."
    return replace(study, columns=columns), [note]


def unlike_judges(arms, results):
    """Return a note where not all generated studies were judged by the same classifiers.

    Classifiers that are trained again from the same seed on another machine have other weights.

    Args:
        arms: List of `Arm`.
        results: Results by key of cell; those of `GeneratorQuality` name their `extractors`.

    Returns:
        A list of one sentence or none.
    """
    judged = {}
    for arm in arms:
        for cell in arm.cells:
            extractors = results[cell.key].get("extractors")
            if extractors:
                weights = tuple(extractor["weights"] for extractor in extractors)
                seeds = judged.setdefault(weights, {}).setdefault((arm.name, arm.method), [])
                seeds.append(str(arm.seed))
    if len(judged) < 2:
        return []
    groups = "; ".join(
        ", ".join(f"{name} of {method}, seed {' '.join(of)}" for (name, method), of in some.items())
        for some in judged.values()
    )
    return [
        "Films were judged by classifiers of the same seeds that were trained several times, as on "
        "different machines: FID, KID and agreement compare best among those of one training. "
        f"These belong together: {groups}."
    ]


def cells_of(arms):
    """Return the cells that score the arms, each once."""
    return list({cell.key: cell for arm in arms for cell in arm.cells}.values())


def _row(arm, results):
    scores = {}
    for cell in arm.cells:
        scores.update(results[cell.key]["scores"])
    keys = " ".join(cell.key for cell in arm.cells)
    return ResultRow(arm.name, arm.method, arm.seed, scores, keys)


def show_cells(arms, out, work):
    """Print which cells of an experiment's arms would be computed."""
    show_missing(cells_of(arms), CellStore(work, out / CELLS))


def show_missing(cells, store):
    """Print which cells would be computed.

    Args:
        cells: List of `Cell`s whose results are wanted.
        store: `CellStore`.
    """
    missing = missing_cells(cells, store)
    done = sum(cell.key not in {one.key for one in missing} for cell in cells)
    print(f"{done} of {len(cells)} results are there already.")
    print(f"{len(missing)} cells to compute{':' if missing else '.'}")
    for cell in missing:
        print(f"  {cell.key}  {cell.title}")
