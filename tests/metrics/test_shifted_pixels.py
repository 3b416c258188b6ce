import numpy as np
import pandas as pd
import pytest
from PIL import Image

from emixer_tf.data.sources import phantom
from emixer_tf.metrics.shifted_pixels import nearest_films


def phantom_films(count, seed):
    pixels = [study.image for study in phantom.studies(count, seed, 64)]
    return np.round(np.stack(pixels) * 255).astype("uint8")[..., None]


@pytest.fixture(scope="module")
def films():
    return phantom_films(120, seed=0)


def standardised(window):
    window = window.reshape(28, 2, 28, 2).mean(axis=(1, 3)).ravel()
    return (window - window.mean()) / window.std()


def smallest_difference(query, reference):
    """By the definition, one window after the other, of films of 64 pixels."""
    query, reference = (film[..., 0].astype(float) for film in (query, reference))
    middle = standardised(reference[4:60, 4:60])
    windows = [query[top : top + 56, left : left + 56] for top in range(9) for left in range(9)]
    return min(np.sqrt(((standardised(window) - middle) ** 2).mean()) for window in windows)


def test_distances_are_those_of_the_definition(films):
    queries = phantom_films(3, seed=1)
    expected = [[smallest_difference(query, film) for film in films[:20]] for query in queries]
    distances, indices = nearest_films(queries, films[:20])
    np.testing.assert_array_equal(indices, np.argmin(expected, axis=1))
    np.testing.assert_allclose(distances, np.min(expected, axis=1), rtol=1e-5)


def test_a_copy_is_at_distance_zero(films):
    distances, indices = nearest_films(films[[5, 77]], films)
    np.testing.assert_array_equal(distances, 0)
    np.testing.assert_array_equal(indices, [5, 77])


@pytest.mark.parametrize("shift", [(0, 0), (1, 1), (2, -2), (-3, 3), (4, 4)])
def test_a_moved_regraded_noisy_copy_is_nearer_than_any_other_film(films, shift):
    rng = np.random.default_rng(0)
    moved = np.roll(films[:30], shift, axis=(1, 2)) * 0.8 + 15
    moved = np.clip(np.round(moved + rng.normal(0, 5, moved.shape)), 0, 255).astype("uint8")
    distances, indices = nearest_films(moved, films)
    np.testing.assert_array_equal(indices, np.arange(30))
    assert distances.max() < nearest_films(phantom_films(30, seed=2), films)[0].min()


def test_resolution_and_channels_do_not_matter(films):
    doubled = films[:4].repeat(2, axis=1).repeat(2, axis=2).repeat(3, axis=3)
    distances, indices = nearest_films(doubled, films)
    np.testing.assert_array_equal(indices, np.arange(4))
    assert distances.max() < 1e-6


def test_a_film_of_one_grey_is_like_another_and_unlike_a_real_film(films):
    grey = np.full((1, 64, 64, 1), 130, "uint8")
    assert nearest_films(grey, grey // 2)[0] == 0
    assert nearest_films(grey, films[:5])[0] == pytest.approx(1, abs=1e-6)


def test_a_negative_is_farther_than_what_does_not_correlate(films):
    assert nearest_films(255 - films[:1], films[:1])[0] > np.sqrt(2)


def test_real_films_moved_by_three_pixels_are_found(real_data):
    table = pd.read_csv(real_data / "nih_small" / "metadata.csv")
    table = table[(table.width == 64) & (table.suggested_split == "train")]
    paths = real_data / "nih_small" / table.image
    films = np.stack([np.asarray(Image.open(path).convert("L"))[..., None] for path in paths])
    copies = np.roll(films[:40], (3, -2), axis=(1, 2))
    _, indices = nearest_films(copies, films)
    np.testing.assert_array_equal(indices, np.arange(40))


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 8, 8, 1)), np.zeros((2, 8, 8), "uint8"), np.zeros((0, 8, 8, 1), "uint8")]
)
def test_what_is_no_film_is_refused(films, wrong):
    with pytest.raises(ValueError, match="query films are uint8"):
        nearest_films(wrong, films)
    with pytest.raises(ValueError, match="reference films are uint8"):
        nearest_films(films, wrong)
