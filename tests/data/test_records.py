import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.data import DataError, Study, read_card
from emixer_tf.data.pipeline import read_split
from emixer_tf.data.records import write_records

KILLED = """
import os, signal, sys
import numpy as np
from emixer_tf.data import Study
from emixer_tf.data.records import write_records

def studies():
    yield Study(np.eye(8, dtype="float32"), None, {"edema": 1.0}, "one", "study 0", "train")
    os.kill(os.getpid(), signal.SIGKILL)

write_records(studies(), sys.argv[1], "killed", ["edema"], 8, 1)
"""


def study(number, edema, split="train"):
    film = np.random.default_rng(number).random((8, 8), "float32")
    return Study(film, "No edema.", {"edema": edema}, f"p{number}", f"study {number}", split)


def write(out, studies=None, **options):
    studies = [study(0, 0.0), study(1, 1.0)] if studies is None else studies
    return write_records(studies, out, "few", ["edema"], 8, 1, **options)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_full_disk_is_told_in_a_sentence_and_leaves_nothing(tmp_path, monkeypatch):
    real = tf.io.TFRecordWriter
    monkeypatch.setattr("emixer_tf.data.records.tf.io.TFRecordWriter", lambda *_: real("/dev/full"))
    with pytest.raises(DataError, match=r"Writing .*out failed: .*No space left.* Remedy: free"):
        write(tmp_path / "out")
    assert not list(tmp_path.iterdir())


def failing_replace(name):
    real = os.replace

    def replace(source, target):
        if os.path.basename(source) == name:
            raise OSError(28, "No space left on device")
        real(source, target)

    return replace


def test_a_name_that_cannot_be_given_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("emixer_tf.files.os.replace", failing_replace("new"))
    with pytest.raises(DataError, match=r"No space left .* Nothing was left behind"):
        write(tmp_path / "out")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("failing", ["out", "new"])
def test_overwriting_that_fails_keeps_the_old_data_set(tmp_path, monkeypatch, failing):
    write(tmp_path / "out")
    old = read_split(tmp_path / "out", "train")["image"]
    monkeypatch.setattr("emixer_tf.files.os.replace", failing_replace(failing))
    with pytest.raises(DataError, match="No space left"):
        write(tmp_path / "out", [study(2, 0.0), study(3, 1.0)], overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    np.testing.assert_array_equal(read_split(tmp_path / "out", "train")["image"], old)


def test_overwriting_leaves_only_the_new_data_set(tmp_path):
    write(tmp_path / "out")
    write(tmp_path / "out", [study(i, float(i % 2)) for i in range(5)], overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert read_card(tmp_path / "out").counts == {"train": 5, "val": 0, "test": 0}


def test_after_a_kill_there_is_no_half_data_set_and_the_next_run_clears_up(tmp_path):
    out = tmp_path / "out"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(out)], capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert not out.exists()
    assert list(tmp_path.glob(".out-unfinished-*"))
    (tmp_path / ".other-unfinished-1").mkdir()
    write(out)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".other-unfinished-1", "out"]
    assert read_split(out, "train")["labels"].tolist() == [[0], [1]]


def test_a_source_without_studies_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"No study is left to write to .*out\. Remedy"):
        write(tmp_path / "out", [])


def test_train_needs_studies_of_different_labels(tmp_path):
    studies = [study(0, 1.0), study(1, 1.0), study(2, 0.0, "val"), study(3, 0.0, "test")]
    with pytest.raises(
        DataError,
        match=r"All 2 .* in train \(study 0 to study 1\) have the same labels \(edema 1\)",
    ):
        write(tmp_path / "out", studies)
    write(
        tmp_path / "out", [study(0, 1.0), study(1, 0.0), study(2, 0.0, "val"), study(3, 0.0, "val")]
    )


def test_a_study_of_an_unknown_split_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"study 1: split 'dev' is none of train, val, test"):
        write(tmp_path / "out", [study(0, 1.0), study(1, 0.0, "dev")])
