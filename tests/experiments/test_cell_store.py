import json
import threading

import pytest
from toy_cells import Failing, Gated, Number, Odd, Sum, noted

from emixer_tf.experiments import cell_store
from emixer_tf.experiments.cell_store import CellStore


@pytest.fixture
def store(tmp_path):
    return CellStore(tmp_path / "work", tmp_path / "results")


def strictly(text):
    """Parse JSON as other languages do: NaN is none of it."""

    def refuse(name):
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_a_computed_cell_is_found_again_with_its_folder(store, tmp_path):
    cell = Number(2.5, log=str(tmp_path / "log"))
    assert store.result(cell) is None
    first = store.compute(cell)
    assert (store.folder(cell) / "value.txt").read_text() == "2.5"
    assert store.compute(cell) == first == store.result(cell)
    assert noted(cell.log) == ["number 2.5"]


def test_a_result_says_what_it_is_a_result_of(store):
    cell = Number(2)
    result = store.compute(cell)
    assert result["cell"] == "Number"
    assert result["key"] == cell.key
    assert result["specification"] == cell.specification
    assert result["scores"] == {"value": 2}
    assert result["seconds"] >= 0
    assert set(result["versions"]) == {"emixer_tf", "keras"}


def test_inputs_are_given_as_folders(store):
    parts = (Number(1), Number(2))
    for part in parts:
        store.compute(part)
    assert store.compute(Sum(parts))["scores"]["value"] == 3


def test_undefined_numbers_become_null_and_numpys_become_plain(store):
    cell = Odd()
    result = store.compute(cell)
    store.keep(cell)
    (small,) = store.results.iterdir()
    for text in (small.read_text(), (store.folder(cell) / "result.json").read_text()):
        read = strictly(text)
        assert read["scores"] == {"nan": None, "inf": None, "half": 0.5}
        assert (read["count"], read["whether"]) == (3, True)
        assert read["table"] == [[1.0, None], [2.0, 3.0]]
        assert read["pairs"] == [1, [2, "three"]]
        assert read["by_number"] == {"1": None}
        assert read == result


def test_a_kept_result_outlives_the_work(store):
    cell = Number(7)
    store.compute(cell)
    store.keep(cell)
    other = CellStore(store.work.with_name("other"), store.results)
    assert other.result(cell) is None
    assert other.final_result(cell)["scores"] == {"value": 7}


def test_a_kept_result_is_not_replaced(store):
    cell = Number(7)
    store.compute(cell)
    store.keep(cell)
    (small,) = store.results.iterdir()
    kept = small.read_text().replace("7", "8")
    small.write_text(kept)
    store.keep(cell)
    assert small.read_text() == kept
    assert store.final_result(cell)["scores"] == {"value": 8}


def test_no_small_file_says_where_data_lie(store, tmp_path):
    cell = Number(7, log=str(tmp_path / "log"))
    store.compute(cell)
    store.keep(cell)
    (small,) = store.results.iterdir()
    assert str(tmp_path) not in small.read_text()


@pytest.mark.parametrize(
    "content", [b'{"scores": {"val', b"", b"\xff\xfe\x00", b"null", b"[1]"], ids=repr
)
def test_a_damaged_result_file_is_a_sentence(store, content):
    cell = Number(7)
    store.compute(cell)
    store.keep(cell)
    (small,) = store.results.iterdir()
    for path, read in ((small, store.final_result),
                       (store.folder(cell) / "result.json", store.result)):  # fmt: skip
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"is damaged .*Remedy: delete it") as caught:
            read(cell)
        assert str(path) in str(caught.value)
        path.unlink()


def test_a_failed_cell_leaves_nothing_that_is_taken_for_a_result(store):
    cell = Failing("no films")
    with pytest.raises(ValueError, match="no films"):
        store.compute(cell)
    assert store.result(cell) is None
    assert not store.folder(cell).exists()
    assert not list(store.work.glob("*unfinished*"))


def test_what_a_killed_run_left_is_not_taken_for_whole(store):
    cell = Number(3)
    left = store.work / f".{store.folder(cell).name}-unfinished"
    left.mkdir(parents=True)
    (left / "result.json").write_text('{"scores": {"value": "half"}}')
    assert store.result(cell) is None
    assert store.compute(cell)["scores"] == {"value": 3}  # Number refuses a folder with files
    assert not list(store.work.glob("*unfinished*"))


def test_a_folder_without_a_result_is_computed_again(store):
    cell = Number(3)
    store.folder(cell).mkdir(parents=True)
    (store.folder(cell) / "stray.txt").touch()
    assert store.compute(cell)["scores"] == {"value": 3}
    assert not (store.folder(cell) / "stray.txt").exists()


def test_two_at_once_share_one_computation(store, tmp_path, monkeypatch):
    monkeypatch.setattr(cell_store, "_SECONDS_BETWEEN_LOOKS", 0.02)
    gate, log = tmp_path / "gate", tmp_path / "log"
    cell = Gated(1, gate=str(gate), log=str(log))
    looked, results = threading.Event(), []
    sleep = cell_store.time.sleep
    monkeypatch.setattr(cell_store.time, "sleep", lambda s: (looked.set(), sleep(s)))
    threads = [
        threading.Thread(target=lambda: results.append(store.compute(cell))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    assert looked.wait(30), "nobody waited for the other"
    gate.touch()
    for thread in threads:
        thread.join(30)
    assert len(noted(log)) == 1
    assert results[0] == results[1]
