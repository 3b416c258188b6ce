import csv
import math
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from noise import NearlyEqualFilm, NoiseFilm, files_of, listing, study
from PIL import Image

from emixer_tf.data import DataError, load_dataset, read_card
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.pipeline import read_split
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.prepare_listing import prepare
from emixer_tf.data.study_blocks import STUDIES_PER_BLOCK
from emixer_tf.files import held_by_one_process

MANY = 3 * STUDIES_PER_BLOCK + 5

KILLED = """
import sys
from noise import NearlyEqualFilm, NoiseFilm, listing, study
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.prepare_listing import prepare
from emixer_tf.files import held_by_one_process

if __name__ == "__main__":
    out, diary, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    films = [NoiseFilm(i, diary, deadly=i == count - 1) for i in range(count)]
    studies = [study(i, film=film) for i, film in enumerate(films)]
    prepare(listing(*studies), out, Preparation(resolution=8))
"""


def write(out, *studies, on_error="stop", fields=None, **options):
    studies = studies or (study(0), study(1))
    return prepare(
        listing(*studies, on_error=on_error, **(fields or {})),
        out,
        Preparation(**{"resolution": 8, **options}),
    )


def records(folder, split="train"):
    files = sorted(str(path) for path in Path(folder).glob(f"{split}-*"))
    return [
        tf.train.Example.FromString(record.numpy()).features.feature
        for record in tf.data.TFRecordDataset(files)
    ]


def test_studies_become_records_and_a_card(tmp_path):
    card = write(
        tmp_path / "out",
        study(0, 0.0, report="No edema. Heart is normal."),
        study(1, 1.0, report=None),
        study(2, 0.0, "val"),
        study(3, 0.0, "test"),
    )
    assert card == read_card(tmp_path / "out")
    assert card.counts == {"train": 2, "val": 1, "test": 1}
    assert card.label_counts["train"] == {"edema": 1}
    assert (card.unlabelled, card.unreported) == (0, 1)
    assert card.report_lengths == {"2": 2, "5": 1}
    assert sum(card.grey_levels) == 4 * 64
    studies = read_split(tmp_path / "out", "train")
    expected = np.round(NoiseFilm(0).read(8) * 255)
    np.testing.assert_allclose((studies["image"][0, :, :, 0] + 1) * 127.5, expected, atol=1)
    assert studies["report"] == ["no edema . heart is normal", ""]
    assert studies["reported"].tolist() == [1, 0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]


def test_records_hold_pixels_words_labels_and_a_keyed_hash_alone(tmp_path):
    write(tmp_path / "one")
    write(tmp_path / "same")
    write(tmp_path / "other", study(0), study(1), study(2))
    first = records(tmp_path / "one")[0]
    assert set(first) == {
        "image", "tokens", "labels", "label_mask", "labelled", "reported", "report", "id",
    }  # fmt: skip
    ids = [records(tmp_path / name)[0]["id"].bytes_list.value[0] for name in ("one", "same")]
    assert ids[0] == ids[1]
    assert len(ids[0]) == 16
    assert records(tmp_path / "other")[0]["id"].bytes_list.value[0] != ids[0]
    for path in (tmp_path / "one").glob("*.tfrecord"):
        assert b"patient-0" not in path.read_bytes()


def test_unknown_labels_are_zero_and_masked(tmp_path):
    write(tmp_path / "out", study(0, 0.0), study(1, math.nan), study(2, 1.0), study(3, 0.5))
    studies = read_split(tmp_path / "out", "train")
    assert studies["labels"][:, 0].tolist() == [0, 0, 1, 0.5]
    assert studies["label_mask"][:, 0].tolist() == [1, 0, 1, 1]
    assert studies["labelled"].tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize("value", [-1.0, 2.0, math.inf])
def test_a_label_out_of_range_is_refused(tmp_path, value):
    with pytest.raises(DataError, match=r"films\.csv, row 1: label 'edema' is .*Remedy"):
        write(tmp_path / "out", study(0, 0.0), study(1, value))


def test_words_are_counted_in_training_alone_and_rare_ones_are_left_out(tmp_path):
    card = write(
        tmp_path / "out",
        *(study(i, report="No edema." if i else "No effusion.") for i in range(6)),
        study(6, split="test", report="Fracture. Fracture. Fracture. Fracture. Fracture."),
        minimum_count=5,
    )
    assert card.vocabulary[4:] == ["no", "edema"]


def test_limits_are_the_99th_percentile_and_what_is_cut_is_counted(tmp_path):
    short, long = "No edema. Heart normal.", "One two three four five. " * 3
    studies = [study(i, report=short) for i in range(200)]
    card = write(tmp_path / "out", *studies, study(200, report=long))
    assert (card.sentences, card.words) == (2, 3)
    assert card.cut_reports == 1
    whole = read_split(tmp_path / "out", "train")["report"][200]
    assert whole.count("five") == 3
    wide = write(tmp_path / "wide", *studies, sentences=4, words=9)
    assert (wide.sentences, wide.words) == (4, 9)


def test_copies_are_removed_and_the_held_out_one_stays(tmp_path):
    card = write(
        tmp_path / "out",
        study(0, film=NoiseFilm(7), patient="a", edema=1.0),
        study(1, film=NoiseFilm(7), patient="b", edema=1.0, split="test"),
        study(2, film=NoiseFilm(8), report="Other.", edema=1.0),
        study(3, film=NoiseFilm(9), edema=0.0),
    )
    assert card.counts == {"train": 2, "val": 0, "test": 1}
    assert ["no copy", 4, 1, "film, report and labels equal another study's"] in card.flow


def test_films_that_look_alike_are_told_and_may_not_stand_in_two_splits(tmp_path):
    studies = [
        study(0, film=NoiseFilm(7), report="One."),
        study(1, film=NoiseFilm(7), report="Two."),
        study(2, film=NoiseFilm(8), report="Three."),
    ]
    card = write(tmp_path / "one", *studies)
    assert card.near_duplicates == 1
    rows = list(csv.reader((tmp_path / "one" / "near_duplicates.csv").read_text().splitlines()))
    assert rows[1] == ["films.csv, row 0", "train", "films.csv, row 1", "train"]
    across = [*studies, study(3, film=NoiseFilm(8), report="Four.", split="val")]
    with pytest.raises(
        DataError, match=r"1 pairs of films look alike .*row 3 in val .*row 2 in train; .*Remedy"
    ):
        write(tmp_path / "two", *across)
    listed = list(csv.reader((tmp_path / "two-near-duplicates.csv").read_text().splitlines()))
    assert listed[1] == ["films.csv, row 3", "val", "films.csv, row 2", "train"]
    assert write(tmp_path / "two", *across, near_duplicates="allow").near_duplicates == 2
    dropped = write(tmp_path / "three", *across, near_duplicates="drop")
    assert dropped.counts == {"train": 2, "val": 1, "test": 0}
    drawn = write(tmp_path / "drawn", *across, fields={"drawn_by_program": True})
    assert drawn.near_duplicates == 0


def test_no_near_duplicate_of_a_held_out_film_stays_in_training(tmp_path):
    twin = {"seed": 7, "diary": None}
    studies = [
        study(0, film=NearlyEqualFilm(7, shade=0.9), report="Zero.", split="test"),
        *(study(i, film=NoiseFilm(**twin), report=f"Report {i}.") for i in range(1, 4)),
        study(4, 0.0),
        study(5, 1.0),
    ]
    with pytest.raises(DataError, match="3 pairs of films look alike"):
        write(tmp_path / "out", *studies)
    card = write(tmp_path / "out", *studies, near_duplicates="drop")
    assert card.counts == {"train": 2, "val": 0, "test": 1}
    assert card.near_duplicates == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_many_films_that_look_the_same_make_few_pairs(tmp_path):
    studies = [study(i, film=NoiseFilm(0), report=f"Report {i}.") for i in range(200)]
    assert write(tmp_path / "out", *studies, study(200)).near_duplicates == 199


def test_a_film_at_fault_stops_and_is_named(tmp_path):
    studies = [study(i) for i in range(4)]
    studies[2] = study(2, film=NoiseFilm(None))
    with pytest.raises(DataError, match=r"films\.csv, row 2: .*there is no such file"):
        write(tmp_path / "out", *studies)
    assert not (tmp_path / "out").exists()


def test_a_film_at_fault_is_skipped_counted_and_listed(tmp_path):
    studies = [study(i) for i in range(6)]
    studies[2] = study(2, film=NoiseFilm(None))
    card = write(tmp_path / "out", *studies, on_error="skip")
    assert card.counts["train"] == 5
    assert ["unreadable film", 6, 1, "faulty, see dropped.csv"] in card.flow
    rows = list(csv.reader((tmp_path / "out" / "dropped.csv").read_text().splitlines()))
    assert rows[0] == ["source", "filter", "reason"]
    assert rows[1][:2] == ["films.csv, row 2", "unreadable film"]
    film = (read_split(tmp_path / "out", "train")["image"][2] + 1) * 127.5
    np.testing.assert_allclose(film[..., 0], np.round(NoiseFilm(3).read(8) * 255), atol=1)


def test_when_all_films_are_at_fault_a_reason_is_told(tmp_path):
    studies = [study(i, film=NoiseFilm(None)) for i in range(3)]
    with pytest.raises(DataError, match=r"No study is left .* all 3 rows .* no such file"):
        write(tmp_path / "out", *studies, on_error="skip")
    assert not (tmp_path / "out").exists()


def test_any_number_of_workers_makes_the_same_bytes(tmp_path):
    studies = [study(i) for i in range(MANY)]
    for workers in (1, 2):
        write(tmp_path / str(workers), *studies, workers=workers)
    assert files_of(tmp_path / "1") == files_of(tmp_path / "2")


def test_a_beam_pipeline_makes_the_same_bytes(tmp_path):
    pytest.importorskip("apache_beam", reason="Apache Beam is an extra")
    studies = [study(i) for i in range(MANY)]
    write(tmp_path / "here", *studies)
    write(tmp_path / "beam", *studies, runner="DirectRunner")
    assert files_of(tmp_path / "here") == files_of(tmp_path / "beam")


def test_a_fault_that_a_beam_pipeline_meets_is_told_as_any_other(tmp_path):
    pytest.importorskip("apache_beam", reason="Apache Beam is an extra")
    with pytest.raises(DataError, match=r"films\.csv, row 1: .*there is no such file"):
        write(tmp_path / "out", study(0), study(1, film=NoiseFilm(None)), runner="DirectRunner")


def test_after_a_kill_it_goes_on_where_it_was_and_ends_with_the_same_bytes(tmp_path):
    diary = tmp_path / "diary"
    diary.mkdir()
    (tmp_path / "killed.py").write_text(KILLED)
    command = [sys.executable, str(tmp_path / "killed.py"), str(tmp_path / "out"), str(diary)]
    command.append(str(MANY))
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    killed = subprocess.run(command, capture_output=True, env=environment)
    assert killed.returncode == -signal.SIGKILL
    assert not (tmp_path / "out").exists()
    (diary / "alive").touch()
    assert subprocess.run(command, capture_output=True, env=environment).returncode == 0
    write(tmp_path / "whole", *(study(i) for i in range(MANY)))
    assert files_of(tmp_path / "out") == files_of(tmp_path / "whole")
    readings = [len((diary / f"{i}.png").read_text()) for i in range(MANY)]
    assert readings[: 3 * STUDIES_PER_BLOCK] == [1] * (3 * STUDIES_PER_BLOCK)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "diary", "killed.py", "out", "whole",
    ]  # fmt: skip


def test_a_film_that_was_replaced_is_read_again(tmp_path):
    def save(name, seed):
        film = np.random.default_rng(seed).integers(0, 255, (16, 16), "uint8")
        Image.fromarray(film).save(tmp_path / name)

    names = [f"{i}.png" for i in range(STUDIES_PER_BLOCK + 3)]
    for i, name in enumerate(names):
        save(name, i)
    (tmp_path / names[-1]).write_bytes(b"")
    studies = [study(i, film=FilmFile(str(tmp_path), name)) for i, name in enumerate(names)]
    with pytest.raises(DataError, match="is empty"):
        write(tmp_path / "out", *studies)
    save(names[-1], 5000)
    save(names[0], 6000)
    write(tmp_path / "out", *studies)
    write(tmp_path / "anew", *studies)
    assert files_of(tmp_path / "out") == files_of(tmp_path / "anew")


def test_a_fault_that_was_mended_is_forgotten(tmp_path):
    gone = study(1, film=FilmFile(str(tmp_path / "films"), "1.png"))
    with pytest.raises(DataError, match="No study is left"):
        write(tmp_path / "out", gone, on_error="skip")
    (tmp_path / "films").mkdir()
    Image.fromarray(np.eye(16, dtype="uint8") * 255).save(tmp_path / "films" / "1.png")
    assert write(tmp_path / "out", gone, study(2), on_error="skip").counts["train"] == 2


def test_a_damaged_block_is_made_again(tmp_path):
    studies = [study(i) for i in range(MANY - 1)]
    with pytest.raises(DataError):
        write(tmp_path / "out", *studies, study(MANY, film=NoiseFilm(None)))
    (tmp_path / ".out-films" / "block-000000.json").write_text("")
    write(tmp_path / "out", *studies)
    write(tmp_path / "anew", *studies)
    assert files_of(tmp_path / "out") == files_of(tmp_path / "anew")


def test_two_processes_do_not_prepare_one_data_set(tmp_path):
    (tmp_path / ".out-films").mkdir()
    with held_by_one_process(tmp_path / ".out-films" / "lock") as free:
        assert free
        with pytest.raises(DataError, match=r"Another process prepares .*out just now"):
            write(tmp_path / "out")
    write(tmp_path / "out")


def test_any_error_of_a_film_is_a_fault_of_that_film(tmp_path):
    class Broken(NoiseFilm):
        def read(self, at_least):
            raise MemoryError("too large")

    studies = [study(0), study(1), study(2, film=Broken(2))]
    card = write(tmp_path / "out", *studies, on_error="skip")
    assert card.counts["train"] == 2
    assert "2.png: MemoryError (too large)" in (tmp_path / "out" / "dropped.csv").read_text()


def test_a_report_that_is_none_is_a_fault_of_that_study(tmp_path):
    studies = [study(0), study(1), study(2, report="a" * 10**7)]
    with pytest.raises(DataError, match=r"row 2: 10,000,000 characters are no report"):
        write(tmp_path / "out", *studies)
    card = write(tmp_path / "out", *studies, on_error="skip")
    assert ["report too long", 3, 1, "faulty, see dropped.csv"] in card.flow


def test_names_that_are_no_unicode_are_written(tmp_path):
    name = os.fsdecode(b"M\xfcller.png")
    Image.fromarray(np.eye(16, dtype="uint8") * 255).save(tmp_path / name)
    write(tmp_path / "out", study(0), study(1, film=FilmFile(str(tmp_path), name)))


def test_a_data_set_takes_its_name_when_its_page_is_there(tmp_path):
    def failing(folder):
        assert (folder / "dataset.json").is_file()
        assert not (tmp_path / "out").exists()
        raise ValueError("no page")

    listed = listing(study(0), study(1))
    with pytest.raises(ValueError, match="no page"):
        prepare(listed, tmp_path / "out", Preparation(8), finish=failing)
    assert not (tmp_path / "out").exists()
    prepare(listed, tmp_path / "out", Preparation(8), finish=lambda folder: (folder / "a").touch())
    assert (tmp_path / "out" / "a").is_file()


def test_a_listing_can_be_prepared_twice(tmp_path):
    listed = listing(study(0), study(1))
    cards = [prepare(listed, tmp_path / name, Preparation(8)) for name in ("one", "two")]
    assert cards[0].flow == cards[1].flow


def test_samples_show_every_label_and_studies_without(tmp_path):
    studies = [study(i, 0.0) for i in range(20)]
    card = write(tmp_path / "out", *studies, study(20, 1.0), study(21, 0.0, "val"))
    assert [label for label, *_ in card.samples] == ["edema", "", ""]
    assert card.samples[0][1:] == ["train-00000-of-00001.tfrecord", 20]


@pytest.mark.parametrize("labels", [None, {"edema": math.nan}])
def test_training_without_labels_is_refused(tmp_path, labels):
    unlabelled = [replace(study(i), labels=labels) for i in range(3)]
    with pytest.raises(DataError, match="No study in train has labels"):
        write(tmp_path / "out", *unlabelled)
    card = write(tmp_path / "out", *unlabelled, study(4), study(5))
    assert card.unlabelled == 3


@pytest.mark.parametrize(
    "options",
    [{"resolution": 0}, {"workers": -1}, {"sentences": 0}, {"channels": 2}, {"fit": "squash"}],
)
def test_a_preparation_that_makes_no_sense_is_refused(options):
    (name,) = options
    with pytest.raises(ValueError, match=f"{name} is .*Received: {name}="):
        Preparation(**options)


def test_films_read_for_another_preparation_are_not_taken(tmp_path):
    studies = [study(i) for i in range(MANY)]
    broken = [*studies[:-1], study(MANY, film=NoiseFilm(None))]
    with pytest.raises(DataError):
        write(tmp_path / "out", *broken)
    assert (tmp_path / ".out-films").is_dir()
    write(tmp_path / "out", *studies, resolution=16)
    assert read_split(tmp_path / "out", "train")["image"].shape == (MANY, 16, 16, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")
def test_full_disk_is_told_in_a_sentence(tmp_path, monkeypatch):
    real = tf.io.TFRecordWriter
    monkeypatch.setattr("emixer_tf.data.records.tf.io.TFRecordWriter", lambda *_: real("/dev/full"))
    with pytest.raises(DataError, match=r"Writing .*out failed: .*No space left.* Remedy: free"):
        write(tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == [".out-films"]


def failing_replace(name):
    real = os.replace

    def replace(source, target):
        if os.path.basename(source) == name:
            raise OSError(28, "No space left on device")
        real(source, target)

    return replace


@pytest.mark.parametrize("failing", ["out", "new"])
def test_overwriting_that_fails_keeps_the_old_data_set(tmp_path, monkeypatch, failing):
    write(tmp_path / "out")
    old = read_split(tmp_path / "out", "train")["image"]
    monkeypatch.setattr("emixer_tf.files.os.replace", failing_replace(failing))
    with pytest.raises(DataError, match=r"No space left .* go on from there"):
        write(tmp_path / "out", study(2), study(3), overwrite=True)
    np.testing.assert_array_equal(read_split(tmp_path / "out", "train")["image"], old)


def test_existing_data_is_not_overwritten_unasked(tmp_path):
    write(tmp_path / "out")
    with pytest.raises(DataError, match="exists already"):
        write(tmp_path / "out")
    write(tmp_path / "out", *(study(i) for i in range(5)), overwrite=True)
    assert read_card(tmp_path / "out").counts == {"train": 5, "val": 0, "test": 0}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_only_a_data_set_is_overwritten(tmp_path):
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "film.png").write_text("precious")
    (tmp_path / "file").write_text("precious")
    for name in ("films", "file"):
        with pytest.raises(DataError, match="is no prepared data set, so it is not overwritten"):
            write(tmp_path / name, overwrite=True)
    assert (tmp_path / "films" / "film.png").read_text() == "precious"
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty", overwrite=True)


def test_half_a_data_set_is_not_taken_for_whole(tmp_path):
    write(tmp_path / "out")
    next((tmp_path / "out").glob("train-*")).unlink()
    with pytest.raises(DataError, match="is missing"):
        load_dataset(tmp_path / "out")
    with pytest.raises(DataError, match="is no prepared data set"):
        load_dataset(tmp_path)


def test_a_source_without_studies_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"No study is left to write\. Remedy"):
        prepare(listing(), tmp_path / "out", Preparation(resolution=8))


def test_train_needs_studies_of_different_labels(tmp_path):
    studies = [study(0, 1.0), study(1, 1.0), study(2, 0.0, "val"), study(3, 0.0, "test")]
    with pytest.raises(
        DataError,
        match=r"All 2 .* in train \(.*row 0 to .*row 1\) have the same labels \(edema 1\)",
    ):
        write(tmp_path / "out", *studies)
    write(tmp_path / "out", study(0, 1.0), study(1, 0.0), study(2, 0.0, "val"))


def test_patients_in_two_splits_and_unknown_splits_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"Patient 'p' is in train .*row 0.* and in val .*row 1"):
        write(tmp_path / "out", study(0, patient="p"), study(1, patient="p", split="val"))
    with pytest.raises(DataError, match=r"row 1: split 'dev' is none of train, val, test"):
        write(tmp_path / "out", study(0), study(1, split="dev"))
    with pytest.raises(DataError, match="train split is empty: none of 2 studies"):
        write(tmp_path / "out", study(0, split="val"), study(1, split="test"))


def test_a_study_without_a_film_cannot_be_written(tmp_path):
    with pytest.raises(DataError, match=r"row 1: it has no film. Remedy: see --join-labels"):
        write(tmp_path / "out", study(0), replace(study(1), film=None))
