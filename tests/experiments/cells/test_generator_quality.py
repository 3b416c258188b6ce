import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import emixer_tf.data
from emixer_tf.experiments.cells.classifiers import FilmClassification
from emixer_tf.experiments.cells.data import PreparedData, RealStudies
from emixer_tf.experiments.cells.generator import Generator, SyntheticStudies
from emixer_tf.experiments.cells.generator_quality import GeneratorQuality
from emixer_tf.experiments.study_arrays import StudyArrays
from emixer_tf.models.classifier_files import load_classifier, save_classifier
from emixer_tf.models.film_classifier import film_classifier

SIDE, COUNT = 16, 12
DATA = PreparedData("digest")
REAL = RealStudies(DATA)
STUDIES = SyntheticStudies(Generator(DATA, "EMIXER", "phantom_32", (), 1, 0), REAL, COUNT, 0.0, 0)
JUDGE = FilmClassification(REAL, None, COUNT, 0, pretrain=False, updates=1, batch_size=4, seed=0)
SAY = {1.0: "small left pleural effusion", 0.0: "no effusion . normal heart"}


def studies(seed, reports=True):
    """Studies of two labels, with reports that say the first, or none."""
    rng = np.random.default_rng(seed)
    labels = np.stack([np.arange(COUNT) % 2, np.arange(COUNT) % 3 == 0], axis=1).astype("float32")
    return StudyArrays(
        films=rng.integers(0, 256, (COUNT, SIDE, SIDE, 1), "uint8"),
        tokens=np.zeros((COUNT, 2, 4), "int32"),
        labels=labels,
        label_mask=np.ones_like(labels),
        reported=np.full(COUNT, reports, "float32"),
        reports=[SAY[float(label)] if reports else "" for label in labels[:, 0]],
    )


@pytest.fixture
def quality_of(tmp_path, monkeypatch):
    def measured(names, data="open-i", reports=True):
        monkeypatch.setattr(emixer_tf.data, "read_card", {"": SimpleNamespace(name=data)}.get)
        (tmp_path / "names.json").write_text(json.dumps({"labels": names, "vocabulary": []}))
        studies(0, reports).save(tmp_path / "test")
        studies(1, reports).save(tmp_path / "made")
        keras.utils.set_random_seed(0)
        (tmp_path / "judge").mkdir()
        save_classifier(film_classifier("small", SIDE, 1, 2), tmp_path / "judge", names, {})
        inputs = {"real": tmp_path, "synthetic": tmp_path / "made", "judges/0": tmp_path / "judge"}
        return GeneratorQuality(REAL, STUDIES, (JUDGE,), COUNT).run(tmp_path, inputs)

    return measured


def test_reports_are_read_for_the_labels_that_their_reader_knows(quality_of, tmp_path):
    found = quality_of(("Effusion", "Hernia"))
    made = studies(1)
    seen = load_classifier(tmp_path / "judge").predict_on_batch(made.images)
    assert found["scores"]["film_and_report"] == pytest.approx(
        roc_auc_score(made.labels[:, 0], seen[:, 0])
    )
    assert found["scores"]["said_as_asked"] == 1
    assert found["scores"]["unread_reports"] == 0
    assert found["scores"]["report_words"] == 4
    assert found["scores"]["distinct_reports"] == 2 / COUNT
    assert "of 12 studies" in found["notes"][1]
    assert "these have 4.0 words in the mean, 17% of them are different" in found["notes"][1]
    assert found["scores"]["film_and_report"] == found["by_judge"][0]["film_and_report"]
    assert 0 <= found["scores"]["film_and_report"] <= 1
    assert [note for note in found["notes"] if "reports say" in note] == [
        "What reports say of Hernia is not measured: rules for the 14 CheXpert labels cannot "
        "read it."
    ]


def test_prepared_phantoms_are_read_by_their_grammar(quality_of):
    found = quality_of(("Pleural Effusion", "Cardiomegaly"), "phantom")
    assert found["scores"]["unread_reports"] == 1  # it writes no such sentences; rules read them


def test_where_it_knows_none_only_films_are_measured(quality_of):
    found = quality_of(("covid19", "normal"))
    of_reports = ("said_as_asked", "unread_reports", "film_and_report", "film_and_report_shuffled")
    assert all(np.isnan(found["scores"][name]) for name in of_reports)
    assert 0 <= found["scores"]["shown_as_asked"] <= 1
    assert found["scores"]["fid"] > 0
    assert "covid19, normal" in found["notes"][0]


def test_where_there_are_no_reports_nothing_is_said_of_them(quality_of):
    found = quality_of(("Pleural Effusion", "Cardiomegaly"), reports=False)
    of_reports = ("said_as_asked", "unread_reports", "film_and_report", "report_words")
    assert all(np.isnan(found["scores"][name]) for name in of_reports)
    assert not any("report" in note for note in found["notes"])
