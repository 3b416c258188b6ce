"""Computing the cells of an experiment: each once, several at a time, with the time left."""

import contextlib
import os
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool

from emixer_tf.experiments.progress import Progress
from emixer_tf.machine import free_memory, usable_cores
from emixer_tf.processes import spawned_pool

_THREAD_VARIABLES = ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS")
_GIB = 2**30
_TOLD_IN_A_SENTENCE = (ValueError, OSError, ArithmeticError, MemoryError)


class CellError(ValueError):
    """A cell failed; what is done stays done."""


def run_cells(wanted, store, workers=0):
    """Return the results of cells, computing what is not there yet.

    Cells run in processes of their own, several when their memory is free. What a killed run
    finished is found again.

    Args:
        wanted: List of `Cell`s whose results are wanted.
        store: `CellStore`.
        workers: Processes at most beside this one; 0 computes in this one.

    Returns:
        Dict of results by cell key.

    Raises:
        CellError: If a cell fails.
        ValueError: If the number of workers is negative, or a result file is damaged.
    """
    if workers < 0:
        raise ValueError(f"workers is at least 0. Received: workers={workers}")
    pending = {cell.key: cell for cell in missing_cells(wanted, store)}
    progress = Progress(list(pending.values()), workers, store.known_seconds())
    computed = _several if workers else _here
    final = {cell.key for cell in wanted}
    with progress:
        for cell in computed(pending, store, workers, progress):
            if cell.key in final:
                store.keep(cell)
    for cell in wanted:
        store.keep(cell)
    return {cell.key: store.final_result(cell) for cell in wanted}


def missing_cells(wanted, store):
    """Return the cells to compute, inputs before those that need them, each once.

    Args:
        wanted: List of `Cell`s whose results are wanted.
        store: `CellStore`.
    """
    seen = set()

    def visit(cell):
        if cell.key in seen or store.result(cell) is not None:
            return
        seen.add(cell.key)
        for needed in cell.inputs.values():
            yield from visit(needed)
        yield cell

    unknown = [cell for cell in wanted if store.final_result(cell) is None]
    return [cell for one in unknown for cell in visit(one)]


def _here(pending, store, workers, progress):
    for cell in pending.values():
        progress.begin(cell)
        with _named(cell):
            result = store.compute(cell)
        progress.end(cell, result["seconds"])
        yield cell


def _several(pending, store, workers, progress):
    waiting, running = dict(pending), {}
    free_at_first = free_memory()
    with _shared_cores(workers), spawned_pool(workers, max_tasks_per_child=1) as pool:
        try:
            while waiting or running:
                for cell in _startable(waiting, running, workers, free_at_first):
                    with _named(cell, running.values()):
                        job = pool.submit(store.compute, cell)
                    running[job] = cell
                    del waiting[cell.key]
                    progress.begin(cell)
                done, _ = wait(running, timeout=1.0, return_when=FIRST_COMPLETED)
                progress.tick()
                for job in done:
                    cell = running.pop(job)
                    if job.exception() is not None:
                        progress.fail(cell)
                    with _named(cell, running.values()):
                        result = job.result()
                    progress.end(cell, result["seconds"])
                    yield cell
        finally:
            pool.shutdown(cancel_futures=True)  # what is being computed is finished and kept


def _startable(waiting, running, workers, free_at_first):
    """Yield cells whose inputs are done, as many as there are free processes and memory for.

    A cell that has just begun has not taken its memory yet, so that what is free now is not all
    that is asked.
    """
    unfinished = {cell.key for cell in (*waiting.values(), *running.values())}
    taken = sum(cell.MEMORY_GIB for cell in running.values()) * _GIB
    count, free = len(running), min(free_memory(), free_at_first - taken)
    for cell in list(waiting.values()):
        ready = all(needed.key not in unfinished for needed in cell.inputs.values())
        fits = count == 0 or free > cell.MEMORY_GIB * _GIB
        if ready and fits and count < workers:
            count, free = count + 1, free - cell.MEMORY_GIB * _GIB
            yield cell


@contextlib.contextmanager
def _named(cell, beside=()):
    """Let an error say which cell it is of; a killed process may be that of one beside it."""
    try:
        yield
    except BrokenProcessPool as error:
        titles = " or ".join(one.title for one in (cell, *beside))
        raise CellError(
            f"{titles}: its process ended; it was killed, perhaps for want of memory. Remedy: "
            "run the command again with --workers 1; finished cells are kept."
        ) from error
    except _TOLD_IN_A_SENTENCE as error:
        reason = str(error) or type(error).__name__
        raise CellError(f"{cell.title}: {reason} (Finished cells are kept.)") from error
    except Exception as error:
        error.add_note(f"This happened while computing: {cell.title}")
        raise


@contextlib.contextmanager
def _shared_cores(workers):
    """Let the processes that are made meanwhile use their share of the cores.

    TensorFlow sums in an order that depends on the number of threads: results are the same for
    the same share.
    """
    before = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(before, str(max(1, usable_cores() // workers))))
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
