"""The reader study from a generator: sheets first, and the analysis once ratings are there."""

import tempfile
from pathlib import Path

import numpy as np

from emixer_tf.baselines import load_study_generator
from emixer_tf.experiments.cell_store import CellStore
from emixer_tf.experiments.cells.data import real_split
from emixer_tf.experiments.experiment import show_missing
from emixer_tf.experiments.reader_study.analysis_files import write_analysis
from emixer_tf.experiments.reader_study.key import KEY
from emixer_tf.experiments.reader_study.paired_studies import paired_studies
from emixer_tf.experiments.reader_study.ratings import rating_files
from emixer_tf.experiments.reader_study.sheets import check_place, make_reader_study
from emixer_tf.experiments.runner import run_cells


def run_reader_study(plan, out, work, workers=0, items=30, raters=2):
    """Write sheets, or analyse the ratings that were put beside them.

    Args:
        plan: `Plan`; the first method and the first seed make the studies.
        out: `pathlib.Path` of the study.
        work: `pathlib.Path` of the folder for data and weights.
        workers: Processes, as for `run_cells`.
        items: Real studies, and as many generated ones with the same labels.
        raters: Number of raters.

    Returns:
        `pathlib.Path` of the page: of the analysis, or of the sheets where no ratings are there.
    """
    if not (out / KEY).is_file():
        return _new_sheets(plan, out, work, workers, items, raters)
    if rating_files(out):
        return write_analysis(out)
    raise ValueError(
        f"{out} has sheets and no ratings. Remedy: give the folder for-raters to the raters, put "
        "their ratings-NAME.csv into this folder, and run the command again."
    )


def show_reader_study(plan, out, work):
    """Print which cells `run_reader_study` would compute.

    Args:
        plan, out, work: As for `run_reader_study`.
    """
    wanted = [] if (out / KEY).is_file() else [_generator(plan), plan.real]
    show_missing(wanted, CellStore(work, work))


def _generator(plan):
    return plan.generator(plan.methods[0], plan.seeds[0])


def _folder(cell, work, workers):
    """Compute a cell unless its folder is there; a small file of its result does not do."""
    with tempfile.TemporaryDirectory() as no_results:
        store = CellStore(work, Path(no_results))
        run_cells([cell], store, workers)
        return store.folder(cell)


def _new_sheets(plan, out, work, workers, items, raters):
    check_place(out)
    seed = plan.seeds[0]
    test = real_split(_folder(plan.real, work, workers), "test")
    model = load_study_generator(_folder(_generator(plan), work, workers) / "preset")
    usable = (np.asarray(test.reported) > 0) & test.known.all(axis=1)
    pairs = paired_studies(
        test.films, test.reports, test.labels, usable, model, items, seed, plan.scale.temperature
    )
    make_reader_study(pairs.real, pairs.synthetic, out, seed, raters)
    return out / "for-raters" / "index.html"
