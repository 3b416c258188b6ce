import numpy as np
import pandas as pd
import pytest
from PIL import Image

from emixer_tf.data.reports import report_sentences
from emixer_tf.data.sources import phantom
from emixer_tf.metrics.memorization import StudySet, nearest_training_neighbours

PLANTED = 5


def amplitudes(films):
    """Features that need no network: how strong the slow waves are, wherever they begin."""
    waves = np.abs(np.fft.fft2(films[..., 0]))[:, :12, :12].reshape(len(films), -1)
    return np.log(waves[:, 1:]) - np.log(waves[:, 1:]).mean(axis=1, keepdims=True)


def phantom_studies(count, seed):
    studies = list(phantom.studies(count, seed, 64))
    films = np.round(np.stack([study.image for study in studies]) * 255).astype("uint8")[..., None]
    texts = [" . ".join(map(" ".join, report_sentences(study.report))) for study in studies]
    return films, texts


def altered(films, shift=2):
    moved = np.roll(films, (shift, -shift), axis=(1, 2)) * 0.85 + 12
    noise = np.random.default_rng(1).normal(0, 4, moved.shape)
    return np.clip(np.round(moved + noise), 0, 255).astype("uint8")


def with_a_word_changed(text):
    words = text.split()
    words[len(words) // 2] = "perhaps"
    return " ".join(words)


@pytest.fixture(scope="module")
def found():
    films, texts = phantom_studies(400, seed=0)
    unseen_films, unseen_texts = phantom_studies(120, seed=1)
    new_films, new_texts = phantom_studies(195, seed=2)
    new_films = np.concatenate([altered(films[:PLANTED]), new_films])
    new_texts = [*map(with_a_word_changed, texts[:PLANTED]), *new_texts]
    sets = [(new_films, new_texts), (films, texts), (unseen_films, unseen_texts)]
    return nearest_training_neighbours(
        *(StudySet(films, amplitudes(films), texts) for films, texts in sets)
    )


@pytest.mark.parametrize(("part", "least"), [("films", 5), ("features", 5), ("reports", 4)])
def test_five_planted_copies_among_two_hundred_are_found(found, part, least):
    calls = found.calls[part]
    assert calls.nearest[:PLANTED].tolist() == list(range(PLANTED))
    assert calls.copies[:PLANTED].sum() >= least
    assert calls.copies[PLANTED:].sum() <= 6
    assert calls.held_out_rate <= 0.01


@pytest.mark.parametrize("part", ["films", "features"])
def test_the_films_and_reports_of_copies_come_from_one_study_and_others_do_not(found, part):
    assert found.same_study[part][:PLANTED].all()
    assert found.same_study[part][PLANTED:].mean() < 0.05
    assert found.held_out_same_study[part].mean() < 0.05


def test_rows_and_rates_say_what_the_calls_say(found):
    table = pd.DataFrame(found.rows)
    assert len(table) == 200
    assert table.films_copy.mean() == found.rates["films"]["generated"] == found.calls["films"].rate
    assert table.reports_nearest[:PLANTED].tolist() == list(range(PLANTED))
    assert table.study.tolist() == list(range(200))
    together = found.rates["films of one study with reports"]
    assert table.films_and_report_of_one_study.mean() == together["generated"]


def test_copies_of_real_films_of_other_patients_are_found(real_data):
    table = pd.read_csv(real_data / "nih_small" / "metadata.csv")
    table = table[table.width == 64]
    training = films_of(real_data, table[table.suggested_split == "train"])
    unseen = films_of(real_data, table[table.suggested_split != "train"])
    generated = np.concatenate([altered(training[:PLANTED]), unseen[:195]])
    calls = nearest_training_neighbours(
        StudySet(generated), StudySet(training), StudySet(unseen[195:])
    ).calls["films"]
    assert calls.nearest[:PLANTED].tolist() == list(range(PLANTED))
    assert calls.copies[:PLANTED].all()
    assert calls.copies[PLANTED:].sum() <= 6


def films_of(real_data, table):
    paths = real_data / "nih_small" / table.image
    return np.stack([np.asarray(Image.open(path).convert("L"))[..., None] for path in paths])


def test_reports_alone_are_compared_alone():
    sets = [StudySet(reports=["a b c d e"]), StudySet(reports=["a b c d e", "x"])]
    found = nearest_training_neighbours(sets[0], sets[1], StudySet(reports=["x y"]))
    assert list(found.rates) == ["reports"]
    assert found.rows[0] == {
        "study": 0,
        "reports_nearest": 0,
        "reports_distance": pytest.approx(0),
        "reports_copy": True,
    }


def test_a_pair_counts_where_two_training_studies_have_the_same_report():
    films = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 1), "uint8")
    generated = StudySet(films[1:2], reports=["no edema"])
    unseen = StudySet(films[4:], reports=["x", "y"])
    training = StudySet(films[:3], reports=["no edema", "no edema", "mass"])
    found = nearest_training_neighbours(generated, training, unseen)
    assert found.calls["films"].nearest == [1]
    assert found.calls["reports"].nearest == [0]
    assert found.same_study["films"].tolist() == [True]


def test_sets_that_cannot_be_compared_are_refused():
    films = np.zeros((2, 8, 8, 1), "uint8")
    with pytest.raises(ValueError, match="one row a study"):
        StudySet(films, reports=["one"])
    with pytest.raises(ValueError, match="none of them"):
        StudySet()
    with pytest.raises(ValueError, match="hold NaN"):
        StudySet(features=[[np.nan]])
    with pytest.raises(ValueError, match="films are uint8"):
        StudySet(films / 255)
    with pytest.raises(ValueError, match="same parts"):
        nearest_training_neighbours(
            StudySet(films), StudySet(films, reports=["a", "b"]), StudySet(films)
        )
