import math
from dataclasses import replace

import pytest

from emixer_tf.data import DataError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.flow import Flow
from emixer_tf.data.listing import Listing
from emixer_tf.data.merge import label_matched, merged
from emixer_tf.data.splits import split_by_patient
from emixer_tf.data.study import ListedStudy


def film(number, split="train", **labels):
    return ListedStudy(
        FilmFile("/films", f"{number}.png"), None, labels, f"p{number}", f"film {number}", split
    )


def report(text, split="train", **labels):
    return ListedStudy(None, text, labels, text, f"report {text}", split)


def listing(name, labels, *studies):
    return Listing(name, labels, list(studies), Flow())


def test_patients_of_two_sources_are_told_apart():
    both = merged(listing("a", ("x",), film(1, x=1.0)), listing("b", ("x",), film(1, x=0.0)))
    assert [study.patient for study in both.studies] == ["a p1", "b p1"]
    assert both.labels == ("x",)


def test_two_sources_of_one_name_are_told_apart():
    one, other = (listing("films", ("x",), film(1, x=value)) for value in (0.0, 1.0))
    assert [study.patient for study in merged(one, other).studies] == ["films 1 p1", "films 2 p1"]


@pytest.mark.parametrize("seed", [0, 1])
def test_drawn_splits_are_those_of_each_source_alone(seed):
    films = [film(number, split=None, x=1.0) for number in range(100)]
    alone = split_by_patient([study.patient for study in films], seed=seed)
    both = merged(listing("a", ("x",), *films), listing("b", ("x",), film(1, x=0.0)), seed)
    assert [study.split for study in both.studies] == [*alone, "train"]
    assert set(alone) == {"train", "val", "test"}


def test_unlabelled_studies_stay_unlabelled():
    both = merged(listing("a", ("x",), replace(film(1), labels=None)), listing("b", ("y",)))
    assert both.studies[0].labels is None


def test_a_label_that_one_source_lacks_is_unknown_there():
    both = merged(listing("a", ("x",), film(1, x=1.0)), listing("b", ("y",), film(2, y=0.0)))
    assert math.isnan(both.studies[0].labels["y"])
    assert both.studies[1].labels["y"] == 0.0


def test_films_take_reports_of_the_same_labels_and_split():
    films = listing(
        "nih",
        ("x", "y", "z"),
        *(film(i, x=float(i % 2), y=0.0, z=1.0) for i in range(20)),
        film(20, "test", x=1.0, y=0.0, z=0.0),
        film(21, x=1.0, y=1.0, z=0.0),
    )
    reports = listing(
        "open-i",
        ("y", "x"),
        report("odd", x=1.0, y=0.0),
        report("odd again", x=1.0, y=0.0),
        report("even", x=0.0, y=0.0),
        report("unsure", x=math.nan, y=0.0),
        report("held out", "test", x=1.0, y=0.0),
    )
    matched = label_matched(films, reports, seed=0)
    texts = [study.report for study in matched.studies]
    assert set(texts[1:20:2]) == {"odd", "odd again"}
    assert set(texts[0:20:2]) == {"even"}
    assert texts[20:] == ["held out"]
    assert matched.labels == ("x", "y")
    assert matched.flow.steps[-1][1:3] == (22, 1)
    assert "label-matched" in matched.name
    assert "different patients" in matched.notes[0]
    assert label_matched(films, reports, seed=0).studies == matched.studies
    assert label_matched(films, reports, seed=1).studies != matched.studies


def test_sources_without_a_common_label_cannot_be_matched():
    one, other = listing("nih", ("Effusion",)), listing("open-i", ("Pleural Effusion",))
    with pytest.raises(DataError, match=r"no label in common: Effusion against Pleural Effusion"):
        label_matched(one, other)
