import csv
import json
import socket
import stat
from dataclasses import replace

import numpy as np
import pytest
from noise import listing, study
from small_study import small_study

from emixer_tf.cli import main
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.prepare_listing import prepare
from emixer_tf.data.reports import joined_sentences
from emixer_tf.experiments.reader_study.paired_studies import paired_studies
from emixer_tf.experiments.reader_study.prepared_studies import usable_studies
from emixer_tf.experiments.reader_study.web_analysis import write_web_analysis
from emixer_tf.experiments.reader_study.web_study import create_web_study, read_links
from emixer_tf.models.emixer import EMIXER
from emixer_tf.reader_study.answers import GUESSES, Answers
from emixer_tf.reader_study.store import StudyStore

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def model(tiny_config, tiny_vocabulary):
    return EMIXER(tiny_config, vocabulary=tiny_vocabulary)


@pytest.fixture
def pairs(model):
    draws = np.random.default_rng(0)
    films = draws.integers(0, 256, (9, 16, 16, 1), "uint8")
    reports = [joined_sentences([["no", "edema"] * 4, ["clear"]] * 4) for _ in range(9)]
    labels = (draws.random((9, 3)) < 0.5).astype("float32")
    usable = np.arange(9) != 4
    return paired_studies(films, reports, labels, usable, model, 8, seed=1, temperature=1.0)


def test_pairs_share_labels_and_what_a_decoder_can_say(pairs, model):
    assert len(pairs.real[0]) == len(pairs.synthetic[0]) == 8
    again = model.generate(pairs.labels, seed=1, temperature=1.0)
    np.testing.assert_array_equal(pairs.synthetic[0], again.images)
    assert set(pairs.real[1]) == {"no edema no edema. clear. no edema no edema."}


def test_more_than_there_is_is_refused(model):
    with pytest.raises(ValueError, match="smaller --items"):
        paired_studies(np.zeros((2, 16, 16, 1), "uint8"), ["a"] * 2, np.zeros((2, 3)),
                       np.array([True, False]), model, 2, 0, 1.0)  # fmt: skip


def test_nothing_of_an_item_tells_what_it_is(pairs, tiny_config, tmp_path):
    create_web_study(pairs, tiny_config.labels, tmp_path / "study", readers=3, seed=0)
    store = StudyStore(tmp_path / "study")
    films = [store.film(number) for number in range(16)]
    assert len({len(film) for film in films}) == 1
    assert len({film[:41] for film in films}) == 1  # header and the first chunk's head
    kinds = [item.kind for item in store.items()]
    assert kinds.count("real") == kinds.count("synthetic") == 8
    assert store.items()[0].labels == store.items()[8].labels
    orders = [store.order(reader) for reader in store.readers()]
    assert len({tuple(order) for order in orders}) == 3
    links = tmp_path / "study" / "links.csv"
    assert stat.S_IMODE(links.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "study" / "study.sqlite").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "study").stat().st_mode) == 0o700
    tokens = [path.removeprefix("/read/") for _, path in read_links(tmp_path / "study")]
    assert [store.reader(token) for token in tokens] == [1, 2, 3]
    assert min(map(len, tokens)) == 43  # 256 bits
    with pytest.raises(ValueError, match="holds files already"):
        create_web_study(pairs, tiny_config.labels, tmp_path / "study", readers=3, seed=0)


# === Analysis ===

REAL_FIRST = [Answers(8, 7, 9, GUESSES[0]), Answers(6, 7, 9, GUESSES[1]),
              Answers(7, 7, 9, GUESSES[2])]  # fmt: skip
SYNTHETIC_THEN = [Answers(4, 7, 9, GUESSES[2], "=HYPERLINK(1)"), Answers(5, 7, 9, GUESSES[3]),
                  Answers(3, 7, 9, GUESSES[4], "<b>smooth</b>")]  # fmt: skip


@pytest.fixture
def rated(tmp_path):
    store, _ = small_study(tmp_path / "study", 6, readers=3)
    for number, answers in enumerate([*REAL_FIRST, *SYNTHETIC_THEN]):
        store.rate(1, number, answers, 0)
        store.rate(2, number, Answers(5 + number % 2, 7, 9, GUESSES[4 - number % 5]), 0)
    store.rate(3, 0, REAL_FIRST[0], 0)
    return store


def test_the_analysis_is_written(rated, tmp_path):
    page = write_web_analysis(tmp_path / "study", tmp_path / "analysis")
    text = page.read_text()
    assert "reader-3 has rated 1 of 6 items: left out." in text
    assert "&lt;b&gt;smooth&lt;/b&gt;" in text
    assert "7.00 ± 1.00" in text  # reader 1, real films
    assert "4.00 ± 1.00" in text
    numbers = json.loads((tmp_path / "analysis" / "analysis.json").read_text())
    assert numbers["guess_auroc"]["reader-1"] == pytest.approx(8.5 / 9)
    rows = list(csv.DictReader((tmp_path / "analysis" / "ratings.csv").read_text().splitlines()))
    assert len(rows) == 13  # unfinished ones too
    assert [row["comment"] for row in rows if row["comment"]] == ["'=HYPERLINK(1)", "<b>smooth</b>"]
    for name in ("plot-film", "plot-report", "plot-match", "roc", "by-label"):
        assert (tmp_path / "analysis" / f"{name}.png").stat().st_size > 5000


def test_a_study_that_nobody_finished_is_told(tmp_path, capsys):
    store, _ = small_study(tmp_path / "study", 6, readers=1)
    store.rate(1, 0, REAL_FIRST[0], 0)
    assert main(["study", "analyze", str(tmp_path / "study")]) == 1
    assert "reader-1 has rated 1 of 6 items" in capsys.readouterr().err
    assert not (tmp_path / "study" / "analysis").exists()


# === The command ===


def test_a_study_is_made_from_prepared_data_and_a_preset(model, tiny_config, tmp_path, capsys):
    report = "No edema. Clear lungs."
    splits = ["test"] * 4 + ["train"]
    studies = [
        replace(
            study(number, split=split, report=report),
            labels=dict.fromkeys(tiny_config.labels, float(number % 2)),
        )
        for number, split in enumerate(splits)
    ]
    prepare(listing(*studies, labels=tiny_config.labels), tmp_path / "data",
            Preparation(resolution=16))  # fmt: skip
    model.save_to_preset(tmp_path / "preset")
    command = ["study", "create", "--preset", str(tmp_path / "preset"), "--data",
               str(tmp_path / "data"), "--out", str(tmp_path / "study")]  # fmt: skip
    assert main([*command, "--items", "9"]) == 1
    assert "4 studies" in capsys.readouterr().err
    assert main([*command, "--items", "3", "--readers", "2"]) == 0
    assert "6 items for 2 readers" in capsys.readouterr().out
    store = StudyStore(tmp_path / "study")
    assert len(store.items()) == 6
    orders = [
        np.random.default_rng(seed).permutation(6).tolist() for seed in range(3)
    ]  # what somebody who has the code would try first
    assert store.order(1) not in orders or store.order(2) not in orders
    assert main([*command, "--items", "3"]) == 1
    assert "holds files already" in capsys.readouterr().err


def test_a_preset_without_reports_is_refused(tiny_config, tmp_path):
    with pytest.raises(ValueError, match="writes no reports"):
        usable_studies(tmp_path, tiny_config.without_reports())


def test_a_study_is_served_without_its_links_and_not_on_a_taken_port(tmp_path, capsys):
    small_study(tmp_path / "study")
    (tmp_path / "study" / "links.csv").unlink()
    assert read_links(tmp_path / "study") == []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["study", "serve", str(tmp_path / "study"), "--port", port]) == 1
    assert "another --port" in capsys.readouterr().err
    assert main(["study", "serve", str(tmp_path / "study"), "--host", "0.0.0.0"]) == 1
    assert "--address" in capsys.readouterr().err
