import json
import warnings

import numpy as np
import pytest

from emixer_tf.experiments.evaluation.description_scores import (
    baselines,
    description_scores,
    descriptions,
)
from emixer_tf.experiments.evaluation.evaluation_files import (
    check_evaluation_place,
    read_evaluation,
)
from emixer_tf.experiments.evaluation.film_comparison import film_comparison
from emixer_tf.experiments.evaluation.memory import closest, memory
from emixer_tf.experiments.evaluation.provenance import notes_on_training_data
from emixer_tf.experiments.evaluation.report_files import read_reports
from emixer_tf.experiments.evaluation.studies import Studies
from emixer_tf.experiments.evaluation.text_scores import text_scores
from emixer_tf.experiments.noted import noted
from emixer_tf.metrics.bleu_score import bleu
from emixer_tf.metrics.cider_score import cider, cider_d
from emixer_tf.metrics.film_scores import film_quality
from emixer_tf.metrics.membership import membership_inference
from emixer_tf.models.emixer import EMIXER

VOCABULARY = [f"word{i}" for i in range(40)]


def studies(count, seed, side=32):
    random = np.random.default_rng(seed)
    labels = random.integers(0, 2, (count, 2)).astype("float32")
    return Studies(
        [f"{seed}-{i}" for i in range(count)],
        random.integers(0, 256, (count, side, side, 1), "uint8"),
        ("Edema", "Fracture"),
        labels,
        np.ones(labels.shape, bool),
        [" ".join(random.choice(VOCABULARY, 12)) for _ in range(count)],
    )


def features(some):
    return some.films[:, ::4, ::4, 0].reshape(len(some), -1) / 255.0


def joined(*parts):
    return Studies(
        [name for part in parts for name in part.ids],
        np.concatenate([part.films for part in parts]),
        parts[0].label_names,
        np.concatenate([part.labels for part in parts]),
        np.concatenate([part.known for part in parts]),
        [report for part in parts for report in part.reports],
    )


def remembered(generated, training, test):
    sets = {"generated": generated, "training": training, "test": test}
    return memory(generated, training, test, {k: features(v) for k, v in sets.items()})


def test_films_are_compared_in_one_number():
    random = np.random.default_rng(0)
    test, many, few = (random.normal(size=(n, 3)) for n in (30, 80, 20))
    with pytest.warns(UserWarning, match="KID"):
        found = film_comparison(test, {"many": many, "few": few})
    for scores in found.values():
        assert (scores["real_count"], scores["generated_count"]) == (20, 20)
    drawn = np.random.default_rng(0).permutation(30)[:20]
    order = np.random.default_rng(0).permutation(20)
    with pytest.warns(UserWarning, match="KID"):
        expected = film_quality(test[drawn], few[order])
    assert found["few"]["fid"] == pytest.approx(expected["fid"])


def test_planted_copies_are_found_and_named():
    training, test = studies(60, 1), studies(120, 2)
    generated = joined(studies(20, 3), training.take([7, 41]))
    found = remembered(generated, training, test)
    for part in ("films", "features", "reports"):
        pairs = closest(found.neighbours, part, 2)
        assert {(ours, theirs) for ours, theirs, *_ in pairs} == {(20, 7), (21, 41)}
        assert all(copied for *_, copied in pairs)
        assert found.summary["copies"][part]["generated_count"] >= 2
    assert found.summary["marks"] == {"generated": 0.0, "training": 0.0}
    assert found.notes == []


def test_of_several_generated_studies_near_to_one_the_nearest_is_shown():
    training, test = studies(30, 1), studies(100, 2)
    found = remembered(training.take([3, 3, 3, 5]), training, test)
    assert [theirs for _, theirs, *_ in closest(found.neighbours, "films", 10)] == [3, 5]


def test_membership_by_real_films_stands_beside_that_by_generated_ones():
    training, test = studies(40, 1), studies(100, 2)
    found = remembered(training, training, test).summary
    half, unseen = features(test)[::2], features(test)[1::2]
    expected = membership_inference(half, features(training), unseen)
    assert found["membership_by_real"]["auroc"] == expected.auroc
    assert found["membership"]["auroc"] == 1.0
    assert found["membership"]["non_members"] == 50


def test_few_held_out_studies_are_told():
    notes = remembered(studies(6, 1), studies(6, 2), studies(12, 3)).notes
    assert "Only 12 held-out studies" in notes[0]


def test_without_reports_films_are_compared_alone():
    training, test = studies(30, 1), studies(100, 2)
    mute = Studies(
        test.ids, test.films, test.label_names, test.labels, test.known, [""] * len(test)
    )
    found = remembered(training, training, mute)
    assert list(found.summary["copies"]) == ["films", "features"]
    assert found.summary["marks"] is None


def test_the_own_reports_score_best_and_baselines_are_training_reports():
    training, test = studies(50, 1), studies(20, 2)
    sides = features(test), features(training)
    scores = description_scores(test.words, test, training, sides)
    assert list(scores) == ["generator", "constant", "random", "same labels", "nearest film"]
    assert scores["generator"]["scores"]["bleu_4"] == pytest.approx(1.0)
    others = [found["scores"]["cider_d"] for name, found in scores.items() if name != "generator"]
    assert max(others) < scores["generator"]["scores"]["cider_d"]
    for reports in baselines(test, training, sides).values():
        assert len(reports) == 20
        assert set(reports) <= set(training.words)


def test_baselines_find_the_same_film_and_the_same_labels():
    training = studies(30, 1)
    test = training.take([4, 9, 21])
    chosen = baselines(test, training, (features(test), features(training)))
    assert chosen["nearest film"] == test.words
    rows = {report: tuple(row) for report, row in zip(training.words, training.labels, strict=True)}
    assert [rows[report] for report in chosen["same labels"]] == list(map(tuple, test.labels))


def test_references_of_r2gen_are_easier():
    training, test = studies(4, 1), studies(15, 2)
    sides = features(test), features(training)
    unknown = [" ".join("<unk>" for _ in words.split()) for words in test.words]
    whole, cut = (
        description_scores(unknown, test, training, sides, legacy=legacy)["generator"]["scores"]
        for legacy in (None, "iu")
    )
    assert whole["bleu_1"] == pytest.approx(0, abs=1e-6)
    assert cut["bleu_1"] > 0.5


def test_films_of_another_size_than_the_generators_are_told(tiny_config, tiny_vocabulary):
    model = EMIXER(tiny_config, tiny_vocabulary)
    with pytest.raises(
        ValueError, match=r"describes films of 16 px and 1 channels. Received: data"
    ):
        descriptions(model, studies(2, 0, side=32))


def test_text_scores_are_those_of_the_metrics():
    references = {f"s{i}": studies(1, i).words[0] for i in range(12)}
    hypotheses = {name: f"{text} and more" for name, text in references.items()}
    found = text_scores(references, hypotheses)
    assert found["scores"]["bleu_2"] == pytest.approx(bleu(references, hypotheses)["bleu_2"])
    assert found["scores"]["cider"] == pytest.approx(cider(references, hypotheses)["score"])
    expected = cider_d(references, hypotheses)
    assert found["items"]["cider_d"] == pytest.approx(expected["items"])
    ends = found["intervals"]["cider_d"]
    assert ends["low"] <= expected["score"] <= ends["high"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,report\na,x\na,y\n", "row 3: each row has an id of its own. Received: 'a', which"),
        ("id,report\n ,x\n", "row 2: each row has an id of its own. Received: ''"),
        ("id,text\na,x\n", "report"),
        ("id,report\n", "no rows"),
    ],
)
def test_tables_of_reports_that_are_none_are_told(tmp_path, text, message):
    (tmp_path / "r.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        read_reports(tmp_path / "r.csv")


def test_reports_are_read_as_words(tmp_path):
    (tmp_path / "r.csv").write_text('report,id,more\n"No edema.  Heart, normal.", a ,1\n,b,2\n')
    assert read_reports(tmp_path / "r.csv") == {"a": "no edema heart normal", "b": ""}


def test_warnings_to_users_become_notes_and_others_pass():
    notes = []

    def warn_thrice():
        with noted(notes):
            warnings.warn("few items", stacklevel=1)
            warnings.warn("few items", stacklevel=1)
            warnings.warn("old", DeprecationWarning, stacklevel=1)

    with pytest.warns(DeprecationWarning, match="old"):
        warn_thrice()
    assert notes == ["few items"]


def test_a_folder_takes_a_second_evaluation_of_its_kind_alone(tmp_path):
    mine, other = {"weights": "a", "name": "x"}, {"weights": "b", "name": "x"}
    check_evaluation_place(tmp_path / "new", mine)
    (tmp_path / "evaluation.json").write_text(json.dumps({"extractor": mine}))
    check_evaluation_place(tmp_path, {**mine, "name": "y"})
    with pytest.raises(ValueError, match="differ in weights: a and b"):
        check_evaluation_place(tmp_path, other)
    with pytest.raises(ValueError, match="of another kind"):
        check_evaluation_place(tmp_path)
    (tmp_path / "evaluation.json").write_text("{")
    with pytest.raises(ValueError, match="is no evaluation"):
        check_evaluation_place(tmp_path, mine)
    with pytest.raises(ValueError, match="is no evaluation"):
        read_evaluation(tmp_path / "new")


class Card:
    name, counts, notes = "films", {"train": 5}, []


def test_what_was_trained_on_which_data_is_told(tmp_path):
    own = {"name": "films", "counts": {"train": 5}, "notes": []}
    for name, data in (("own", own), ("other", {**own, "counts": {"train": 6}}), ("none", None)):
        (tmp_path / name).mkdir()
        for file in ("metadata.json", "classifier.json"):
            (tmp_path / name / file).write_text(json.dumps({"data": data}))
    told = {
        name: notes_on_training_data(Card, tmp_path / name, tmp_path / name)
        for name in ("own", "other", "none")
    }
    assert [len(notes) for notes in told.values()] == [1, 1, 0]
    assert "extractor was trained on the same train split" in told["own"][0]
    assert "generator was trained on other data (films" in told["other"][0]
    assert notes_on_training_data(Card, None, tmp_path / "a.keras") == []
