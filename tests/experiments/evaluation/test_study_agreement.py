import dataclasses

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from emixer_tf.experiments.evaluation.instruments import (
    READERS,
    Judge,
    ReportReader,
    load_judge,
    reader_for,
)
from emixer_tf.experiments.evaluation.studies import Studies
from emixer_tf.experiments.evaluation.study_agreement import study_agreement
from emixer_tf.models.classifier_files import save_classifier
from emixer_tf.models.film_classifier import film_classifier

NAMES = ("Edema", "Fracture")


def words(row):
    said = [name.lower() for name, value in zip(NAMES, row, strict=True) if value]
    return " . ".join(said) or "clear"


def read(text):
    if text == "unreadable":
        return None
    return {name: float(name.lower() in text) for name in reversed(NAMES)}


READER = ReportReader("words", tuple(reversed(NAMES)), read)


def studies(count=60, seed=0):
    labels = np.random.default_rng(seed).integers(0, 2, (count, 2)).astype("float32")
    films = np.zeros((count, 4, 4, 1), "uint8")
    films[:, 0, :2, 0] = 255 * labels  # what the judge below sees
    return Studies(
        [str(i) for i in range(count)], films, NAMES, labels, np.ones(labels.shape, bool),
        [words(row) for row in labels],
    )  # fmt: skip


def judge(noise=0.0):
    def probabilities(films):
        seen = films[:, 0, [1, 0, 2], 0] / 255.0
        return seen + noise * np.random.default_rng(9).normal(size=seen.shape)

    return Judge("pixels", ("Fracture", "Edema", "Unasked"), probabilities)


def agreement(generated, noise=0.0, reader=READER):
    return study_agreement({"generated": generated, "test": studies(seed=1)}, judge(noise), reader)


def test_studies_of_other_labels_than_the_instruments_are_told():
    others = dataclasses.replace(studies(), label_names=("normal", "covid19"))
    found, notes = agreement(others)
    assert (found["generated"]["shown"], found["generated"]["said"]) == (None, None)
    assert found["test"]["shown"] is not None
    assert len(notes) == 2
    assert notes[0] == (
        "What generated films show is not measured: they have the labels normal, covid19, and "
        "pixels knows Fracture, Edema, Unasked. Remedy: a --classifier of these labels, or studies "
        "of known labels."
    )
    assert notes[1].startswith("What generated reports say is not measured")
    assert "Remedy: another --grammar" in notes[1]


def test_labels_are_joined_by_name_whatever_their_order():
    found, notes = agreement(studies())
    for name in ("generated", "test"):
        assert list(found[name]["shown"]["by_label"]) == list(NAMES)
        assert found[name]["shown"]["macro"]["auroc"] == 1.0
        assert found[name]["said"]["macro"]["f1"] == 1.0
        assert found[name]["pairs"]["own"]["macro"]["auroc"] == 1.0
    assert notes == []


def test_shown_equals_scikit_learn():
    some = studies()
    found, _ = agreement(some, noise=0.7)
    scores = judge(0.7).probabilities(some.films)
    for name, column, label in (("Edema", 1, 0), ("Fracture", 0, 1)):
        expected = roc_auc_score(some.labels[:, label], scores[:, column])
        assert found["generated"]["shown"]["by_label"][name]["auroc"] == pytest.approx(expected)


def test_generated_reports_that_cannot_be_read_say_nothing():
    some = studies()
    unread = [*["unreadable"] * 20, *[""] * 10]
    silent = Studies(
        some.ids, some.films, NAMES, some.labels, some.known, [*unread, *some.reports[30:]]
    )
    found, _ = agreement(silent)
    said = found["generated"]["said"]
    asked = some.labels[:, 0] == 1
    assert said["by_label"]["Edema"]["recall"] == pytest.approx(asked[30:].sum() / asked.sum())
    assert said["by_label"]["Edema"]["known"] == 60
    assert said["unread_reports"] == 0.5


def test_real_studies_without_a_report_are_not_asked_to_say_anything():
    some = studies(seed=1)
    unreported = Studies(
        some.ids, some.films, NAMES, some.labels, some.known, [*[""] * 30, *some.reports[30:]]
    )
    found, _ = study_agreement({"generated": studies(), "test": unreported}, judge(), READER)
    assert found["test"]["said"]["macro"]["recall"] == 1.0
    assert found["test"]["said"]["by_label"]["Edema"]["known"] == 30
    assert found["test"]["said"]["unread_reports"] == 0.0


def test_unknown_labels_do_not_count():
    some = studies()
    wrong = np.arange(60) % 3 == 0
    some.labels[wrong, 0] = 1 - some.labels[wrong, 0]
    some.known[wrong, 0] = False
    found, _ = agreement(some)
    assert found["generated"]["shown"]["by_label"]["Edema"] == {
        "auroc": 1.0, "positives": int(some.labels[~wrong, 0].sum()), "known": 40,
    }  # fmt: skip
    assert found["generated"]["said"]["by_label"]["Edema"]["f1"] == 1.0


def test_retrieval_ranks_as_many_candidates_in_all_sets():
    found, _ = agreement(studies(25))
    for name in ("generated", "test"):
        assert found[name]["retrieval"]["candidates"] == 25
        own, shuffled = (found[name]["retrieval"][kind] for kind in ("own", "shuffled"))
        assert own["mean_rank"] < shuffled["mean_rank"]


def test_without_a_classifier_reports_are_measured_alone():
    found, notes = study_agreement({"generated": studies()}, None, READER)
    assert found["generated"]["shown"] is found["generated"]["pairs"] is None
    assert found["generated"]["said"]["macro"]["f1"] == 1.0
    assert "--classifier" in notes[0]


def test_classifier_and_reader_of_other_labels_are_told():
    others = ReportReader("others", ("covid19",), lambda text: {"covid19": 0.0})
    found, notes = agreement(studies(), reader=others)
    assert found["generated"]["said"] is found["generated"]["pairs"] is None
    assert found["generated"]["shown"]["macro"]["auroc"] == 1.0
    assert "knows covid19. Remedy: another --grammar" in notes[0]
    assert "Film and report cannot be compared: the classifier knows Fracture" in notes[-1]


def test_reports_that_cannot_be_read_at_all_leave_pairs_out():
    some = studies()
    mute = Studies(some.ids, some.films, NAMES, some.labels, some.known, ["unreadable"] * 60)
    found, _ = agreement(mute)
    assert found["generated"]["pairs"] is found["generated"]["retrieval"] is None
    assert found["test"]["retrieval"]["candidates"] == 60


def test_phantoms_are_read_by_their_grammar_and_others_by_rules():
    assert reader_for("phantom") is READERS["phantom"]
    assert reader_for("open-i") is READERS["rules"]
    assert reader_for("phantom", "rules") is READERS["rules"]


@pytest.mark.parametrize(
    ("name", "positive"),
    [("rules", {"Pleural Effusion", "Effusion"}), ("phantom", {"Pleural Effusion"})],
)
def test_readers_read_the_labels_they_name(name, positive):
    reader = READERS[name]
    report = "There is a moderate left pleural effusion."
    (said,) = reader.said([report], reader.labels)
    assert {label for label, value in zip(reader.labels, said, strict=True) if value == 1} == (
        positive
    )
    assert np.isnan(reader.said([""], reader.labels)).all()


def test_labels_that_nobody_knows_are_not_called_unread():
    known = np.ones((60, 2), bool)
    known[:, 0] = np.arange(60) < 30
    masked = dataclasses.replace(studies(), known=known)
    found, notes = agreement(masked)
    assert found["generated"]["said"]["unread_reports"] == 0
    assert found["generated"]["said"]["notes"] == notes == []


def test_the_judge_gives_the_classifiers_probabilities_for_films_of_any_size(tmp_path):
    model = film_classifier("small", 16, 1, 2)
    save_classifier(model, tmp_path, NAMES, {})
    films = np.random.default_rng(0).integers(0, 256, (3, 16, 16, 1), "uint8")
    logits = model.predict_on_batch(films.astype("float32") / 127.5 - 1)
    found = load_judge(tmp_path)
    assert found.labels == NAMES
    np.testing.assert_allclose(found.probabilities(films), 1 / (1 + np.exp(-logits)), rtol=1e-4)
    assert found.probabilities(np.repeat(films, 2, axis=1).repeat(2, axis=2)).shape == (3, 2)


def test_sets_with_the_same_unknown_labels_are_told_once_and_films_alone_say_nothing():
    renamed = dataclasses.replace(studies(), label_names=("normal", "covid19"))
    films_alone = dataclasses.replace(renamed, reports=[""] * 60)
    _, notes = study_agreement({"generated": films_alone, "test": films_alone}, judge(), READER)
    assert [note.split(" is not")[0] for note in notes] == ["What generated and test films show"]
