"""The seven studies, end to end at the smallest scale; they share generators as users' runs do."""

import csv
import json
import shutil

import pytest

from emixer_tf.cli import main
from emixer_tf.experiments.catalogue import EXPERIMENTS, experiment_module
from emixer_tf.experiments.result_files import read_results

TRAINED = [name for name in EXPERIMENTS if name != "reader_study"]
S_ALONE = ("S alone", "S alone, labels as read")

pytestmark = [
    pytest.mark.usefixtures("run_eagerly"),
    pytest.mark.filterwarnings("ignore:KID with subsets"),
    pytest.mark.filterwarnings("ignore:FID of"),
]


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("cells")


def experiment(name, work, out, *more):
    folders = ["--work", str(work), "--out", str(out), "--workers", "0"]
    return main(["experiment", name, "--scale", "tiny", *folders, *more])


@pytest.mark.parametrize("name", TRAINED)
def test_a_study_ends_in_tables_a_plot_and_a_page(name, work, tmp_path, capsys):
    assert experiment(name, work, tmp_path) == 0
    study = experiment_module(name).STUDY
    rows = read_results(tmp_path)
    assert len(rows) >= 2
    assert {row.seed for row in rows} == {0}
    for row in rows:
        cells = [path.stem.partition("-")[2] for path in (tmp_path / "cells").iterdir()]
        assert row.cell.split()
        assert set(row.cell.split()) <= set(cells)
    table = (tmp_path / "table.md").read_text()
    assert all(heading in table for heading in study.columns.values())
    assert f"emixer experiment {name} --scale tiny" in table
    assert (tmp_path / "plot.png").stat().st_size > 1000
    assert str(tmp_path / "index.html") in capsys.readouterr().out


def test_a_study_that_was_run_is_only_written_again(work, tmp_path, capsys):
    assert experiment("synthetic_only", work, tmp_path / "first") == 0
    cells = tmp_path / "first" / "cells"
    kept = {path.name: path.read_bytes() for path in cells.iterdir()}
    capsys.readouterr()
    elsewhere = tmp_path / "no_work"
    assert experiment("synthetic_only", elsewhere, tmp_path / "first") == 0
    assert not elsewhere.exists()  # the small files were enough
    assert {path.name: path.read_bytes() for path in cells.iterdir()} == kept
    assert experiment("synthetic_only", elsewhere, tmp_path / "first", "--dry-run") == 0
    assert "0 cells to compute" in capsys.readouterr().out


def test_cells_say_what_they_were_computed_from(work, tmp_path):
    assert experiment("limited_labels", work, tmp_path) == 0
    (quality, *_) = sorted((tmp_path / "cells").glob("GeneratorQuality-*.json"))
    result = json.loads(quality.read_text())
    assert all(named["resize"].startswith("bicubic") for named in result["extractors"])
    assert len({named["weights"] for named in result["extractors"]}) == 3
    assert result["scores"]["real_count"] == 24
    distances = [scores["fid"] for scores in result["by_judge"]]
    assert result["scores"]["fid"] == pytest.approx(sum(distances) / 3)
    assert result["specification"]["synthetic"]["generator"]["method"] == "EMIXER"


def test_a_rival_stands_beside_emixer(work, tmp_path):
    methods = ("--method", "emixer", "--method", "smgan")
    assert experiment("synthetic_only", work, tmp_path, *methods) == 0
    arms = [(row.arm, row.method) for row in read_results(tmp_path)]
    assert arms == [
        ("only real", ""),
        *((arm, method) for method in ("EMIXER", "SM-GAN") for arm in S_ALONE),
    ]
    table = (tmp_path / "table.md").read_text()
    assert "| S alone | SM-GAN |" in table
    assert "--method emixer --method smgan" in table


def test_a_reader_study_begins_with_sheets_and_ends_with_the_analysis(work, tmp_path, capsys):
    out = tmp_path / "readers"
    assert experiment("reader_study", work, out, "--items", "4") == 0
    assert len(list((out / "for-raters" / "items").iterdir())) == 8
    for folder in work.glob("RealStudies-*"):  # large folders may be deleted: they are made again
        shutil.rmtree(folder)
    assert experiment("reader_study", work, tmp_path / "again", "--items", "4") == 0
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "notes.txt").touch()
    assert experiment("reader_study", tmp_path / "none", tmp_path / "taken") == 1
    assert "holds files already" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()  # told before anything is computed
    assert experiment("reader_study", work, out) == 1
    assert "no ratings" in capsys.readouterr().err
    for number in (1, 2):
        with open(out / "for-raters" / f"ratings-rater-{number}.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        with open(out / f"ratings-rater-{number}.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows({**row, "quality": 1 + int(row["item"])} for row in rows)
    assert experiment("reader_study", work, out) == 0
    assert "Cohen" in (out / "analysis" / "table.md").read_text()


def test_faults_are_sentences(work, tmp_path, capsys):
    assert experiment("augmentation", work, tmp_path, "--method", "Emixr") == 1
    assert "Did you mean 'emixer'?" in capsys.readouterr().err
    assert experiment("augmentation", work, tmp_path, "--data", str(tmp_path)) == 1
    assert "no prepared data set" in capsys.readouterr().err
