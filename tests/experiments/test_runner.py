import os
import signal
import subprocess
import sys
import textwrap
import time
from itertools import pairwise
from pathlib import Path

import pytest
import toy_cells
from toy_cells import (
    Failing,
    FailingWith,
    Gated,
    Killed,
    Meeting,
    Negative,
    Number,
    Slow,
    Sum,
    noted,
)

from emixer_tf.experiments import cell_store, runner
from emixer_tf.experiments.cell_store import CellStore
from emixer_tf.experiments.runner import CellError, missing_cells, run_cells

GIB = 2**30
RUN = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from toy_cells import Gated, Number
    from emixer_tf.experiments.cell_store import CellStore
    from emixer_tf.experiments.runner import run_cells

    if __name__ == "__main__":
        folder, workers = Path(sys.argv[1]), int(sys.argv[2])
        gate, log = str(folder / "gate"), str(folder / "log")
        gated = [Gated(number, gate, log) for number in range(2)]
        store = CellStore(folder / "work", folder / "results")
        run_cells([Number(1, log), *gated], store, workers)
    """
)


@pytest.fixture(autouse=True)
def threads_as_they_were(monkeypatch):
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "1")


@pytest.fixture
def store(tmp_path):
    return CellStore(tmp_path / "work", tmp_path / "results")


@pytest.fixture
def log(tmp_path):
    return str(tmp_path / "log")


def value(results, cell):
    return results[cell.key]["scores"]["value"]


def test_a_cell_that_several_need_is_computed_once(store, log):
    shared = Number(2, log)
    wanted = [
        Sum((shared, Number(1, log))),
        Sum((shared, shared, shared)),
        Negative(shared),
        shared,
    ]
    results = run_cells(wanted, store)
    assert [value(results, cell) for cell in wanted] == [3, 6, -2, 2]
    assert sorted(noted(log)) == ["number 1", "number 2"]


def test_a_second_run_computes_nothing(store, log):
    wanted = [Sum((Number(2, log),), log)]
    first = run_cells(wanted, store)
    assert missing_cells(wanted, store) == []
    assert run_cells(wanted, store) == first
    assert noted(log) == ["number 2", "sum of 1"]


def test_inputs_come_before_what_needs_them():
    deep = Negative(Sum((Number(1), Number(2))))
    store = CellStore(Path("nowhere"), Path("nowhere"))
    assert missing_cells([deep, Number(2)], store) == [
        Number(1), Number(2), Sum((Number(1), Number(2))), deep,
    ]  # fmt: skip


def test_a_result_file_stands_in_for_the_cell_and_its_inputs(store, log, tmp_path):
    cell = Sum((Number(2, log),), log)
    first = run_cells([cell], store)
    elsewhere = CellStore(tmp_path / "another machine", store.results)
    assert run_cells([cell], elsewhere) == first
    assert noted(log) == ["number 2", "sum of 1"]


def test_a_result_file_does_not_stand_in_for_a_folder_that_another_cell_reads(store, log, tmp_path):
    shared = Number(2, log)
    run_cells([shared], store)
    elsewhere = CellStore(tmp_path / "another machine", store.results)
    results = run_cells([shared, Negative(shared)], elsewhere)
    assert value(results, Negative(shared)) == -2
    assert noted(log) == ["number 2", "number 2"]


def test_small_files_are_those_of_the_wanted_cells_alone(store):
    wanted = [Sum((Number(1), Number(2)))]
    run_cells(wanted, store)
    assert [path.name for path in store.results.iterdir()] == [f"Sum-{wanted[0].key}.json"]


def test_a_damaged_result_file_is_not_computed_over(store, log):
    cell = Number(2, log)
    run_cells([cell], store)
    (small,) = store.results.iterdir()
    small.write_text(small.read_text()[:-20])
    with pytest.raises(ValueError, match=r"Number-\w+\.json is damaged"):
        run_cells([cell], store)
    assert noted(log) == ["number 2"]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_failing_cell_names_itself_and_what_is_finished_is_kept(store, log, workers):
    failing = Failing("the films are gone")
    wanted = [Number(1, log), Sum((failing,), log)]
    with pytest.raises(CellError) as caught:
        run_cells(wanted, store, workers)
    assert str(caught.value) == (
        "the cell that says 'the films are gone': the films are gone (Finished cells are kept.)"
    )
    assert store.final_result(wanted[0])["scores"] == {"value": 1}
    assert not store.folder(failing).exists()
    assert noted(log) == ["number 1"]


@pytest.mark.parametrize("workers", [0, 2])
def test_a_fault_of_the_code_keeps_its_kind_and_names_the_cell(store, workers):
    with pytest.raises(KeyError, match="what was missing") as caught:
        run_cells([FailingWith("KeyError")], store, workers)
    assert "the cell of KeyError" in "".join(caught.value.__notes__)


def test_want_of_memory_is_a_sentence(store):
    with pytest.raises(CellError, match="the cell of MemoryError"):
        run_cells([FailingWith("MemoryError")], store)


def test_a_killed_process_is_a_sentence_and_what_is_finished_is_kept(store):
    cell = Killed(Number(1))
    message = r"killed after number 1: its process ended.*want of memory.*Remedy: .*--workers 1"
    with pytest.raises(CellError, match=message):
        run_cells([cell], store, workers=2)
    assert store.result(Number(1)) is not None
    assert store.result(cell) is None


def test_cells_run_at_the_same_time(store, tmp_path, monkeypatch):
    monkeypatch.setattr(runner, "free_memory", lambda: 64 * GIB)
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    run_cells([Meeting(here, there), Meeting(there, here)], store, workers=2)


def test_inputs_are_done_before_what_needs_them_when_several_run(store, log):
    inner = Sum((Number(1, log), Number(2, log)), log)
    wanted = [Negative(inner), Sum((inner, inner, Number(1, log)), log)]
    results = run_cells(wanted, store, workers=2)
    assert [value(results, cell) for cell in wanted] == [-3, 7]
    assert sorted(noted(log)) == ["number 1", "number 2", "sum of 2", "sum of 3"]


@pytest.mark.parametrize("free", [0, 3 * GIB])
def test_where_memory_is_short_one_runs_at_a_time_and_all_are_done(store, log, monkeypatch, free):
    """Three are free, a cell needs two, and has not taken them yet while it starts."""
    monkeypatch.setattr(runner, "free_memory", lambda: free)
    assert Slow.MEMORY_GIB == 2
    run_cells([Slow(number, 1.2, log) for number in range(2)], store, workers=2)
    lines = noted(log)
    assert len(lines) == 4
    assert all(
        first.replace("begin", "end") == second
        for first, second in list(pairwise(lines))[::2]
    )  # fmt: skip


def test_less_than_no_workers_are_refused(store):
    with pytest.raises(ValueError, match=r"at least 0.*workers=-1"):
        run_cells([Number(1)], store, workers=-1)


@pytest.fixture
def start(tmp_path):
    """Start a run of `RUN` in a process of its own."""
    script = tmp_path / "run.py"
    script.write_text(RUN)
    path = os.pathsep.join([str(Path(toy_cells.__file__).parent), os.environ.get("PYTHONPATH", "")])
    started = []

    def begin(workers):
        process = subprocess.Popen(
            [sys.executable, str(script), str(tmp_path), str(workers)],
            env={**os.environ, "PYTHONPATH": path},
            stdout=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()


def cells_of_run(tmp_path, log):
    return [Number(1, log), *(Gated(number, str(tmp_path / "gate"), log) for number in range(2))]


def wait_for_lines(log, count):
    deadline = time.monotonic() + 60
    while len(noted(log)) < count:
        assert time.monotonic() < deadline, "the cells did not begin"
        time.sleep(0.02)


def test_two_runs_at_once_share_one_computation(store, log, tmp_path, start, monkeypatch):
    other = start(workers=0)
    wait_for_lines(log, 2)  # it stands before the gate of the first, and holds its lock

    def open_gate_and_sleep(seconds):
        (tmp_path / "gate").touch()
        sleep(seconds / 20)

    sleep = time.sleep
    monkeypatch.setattr(cell_store.time, "sleep", open_gate_and_sleep)
    results = run_cells(cells_of_run(tmp_path, log), store)
    monkeypatch.undo()
    assert other.wait(60) == 0
    assert len(results) == 3
    lines = [line.split(" in ")[0] for line in noted(log)]
    assert lines == ["number 1", "gated 0", "gated 1"]


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"


@pytest.mark.parametrize("workers", [0, 2])
def test_a_killed_run_goes_on_where_it_was(store, log, tmp_path, start, workers):
    process = start(workers)
    at_once = max(1, workers)
    wait_for_lines(log, 1 + at_once)
    assert len(list(store.work.glob(".Gated*/half.txt"))) == at_once
    process.send_signal(signal.SIGKILL)
    process.wait()
    pids = [int(line.split(" in ")[1]) for line in noted(log) if "gated" in line]
    deadline = time.monotonic() + 60
    while any(is_alive(pid) for pid in pids):
        assert time.monotonic() < deadline, "processes outlive the one that made them"
        time.sleep(0.02)
    number, *gated = wanted = cells_of_run(tmp_path, log)
    assert [path.name for path in store.results.iterdir()] == [f"Number-{number.key}.json"]
    assert missing_cells(wanted, store) == gated
    (tmp_path / "gate").touch()
    results = run_cells(wanted, store)
    assert [value(results, cell) for cell in wanted] == [1, 0, 1]
    assert noted(log).count("number 1") == 1
    assert not list(store.work.glob("*unfinished*"))
