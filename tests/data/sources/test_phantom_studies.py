import pickle

import numpy as np
import pytest

from emixer_tf.data.flow import Flow
from emixer_tf.data.sources import phantom, phantom_studies
from emixer_tf.data.sources.phantom_studies import PhantomFilm, listing
from emixer_tf.data.splits import split_by_patient


@pytest.mark.parametrize("resolution", [16, 33])
def test_a_listing_tells_the_same_studies(resolution):
    for index, listed in enumerate(listing(Flow(), n=5, seed=3).studies):
        drawn = phantom.study(3, index, resolution)
        assert (listed.report, listed.labels) == (drawn.report, drawn.labels)
        assert listed.patient == drawn.patient
        assert [listed.split] == split_by_patient([drawn.patient])
        np.testing.assert_array_equal(listed.film.read(resolution), drawn.image)


def test_a_listing_draws_no_film(monkeypatch):
    monkeypatch.setattr(phantom_studies, "film", None)
    found = listing(Flow(), n=30)
    assert len(found.studies) == 30
    assert found.labels == phantom.LABELS
    assert (found.minimum_count, found.limits, found.drawn_by_program) == (1, (8, 16), True)
    assert found.notes == [
        "A phantom: films drawn by a program, reports written by a grammar. No patients."
    ]


def test_a_film_travels_to_other_processes():
    film = PhantomFilm(0, 7)
    assert film.name == "phantom-0-7"
    again = pickle.loads(pickle.dumps(film))
    assert again == film
    np.testing.assert_array_equal(again.read(16), film.read(16))
