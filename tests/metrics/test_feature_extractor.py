import numpy as np
import pytest

from emixer_tf.metrics.feature_extractor import FeatureExtractor

SIDE = 16


def films_of(count, side=SIDE, channels=1):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, channels), "uint8")


def pixels(resolution, channels, value_range=(0, 255)):
    """An extractor whose features are its input."""
    size = {"resolution": resolution, "channels": channels, "range": value_range}
    return FeatureExtractor(lambda x: x.reshape(len(x), -1), {"layer": "input", "input": size})


def seen(extractor, films):
    size = extractor.identity["input"]
    side = size["resolution"]
    return extractor.extract(films).reshape(-1, side, side, size["channels"])


def test_films_of_the_right_size_reach_the_model_unchanged():
    films = films_of(4, channels=3)
    np.testing.assert_array_equal(seen(pixels(SIDE, 3), films), films)
    scaled = seen(pixels(SIDE, 3, (-1024, 1024)), films)
    np.testing.assert_allclose(scaled, films / 255 * 2048 - 1024, atol=1e-3)


def test_grey_films_are_repeated_for_a_model_of_colour():
    films = films_of(4)
    colour = seen(pixels(SIDE, 3), films)
    assert colour.shape == (4, SIDE, SIDE, 3)
    np.testing.assert_array_equal(colour, np.concatenate([films] * 3, axis=-1))
    resized = seen(pixels(8, 3), films)
    np.testing.assert_array_equal(resized[..., :1], seen(pixels(8, 1), films))


def test_a_model_of_grey_gets_the_luminance_of_colour_films():
    films = films_of(4, channels=3)
    expected = films @ np.array([0.299, 0.587, 0.114])
    np.testing.assert_allclose(seen(pixels(SIDE, 1), films)[..., 0], expected, atol=1e-3)


def test_a_ramp_stays_a_ramp_when_shrunk():
    films = np.tile(np.arange(32, dtype="uint8") * 8, (1, 32, 1))[..., None]
    small = seen(pixels(16, 1), films)[0, 8, :, 0]
    np.testing.assert_allclose(small[2:-2], np.arange(16)[2:-2] * 16 + 4, atol=1e-3)


def test_fine_patterns_are_averaged_when_shrunk_not_sampled():
    films = (np.indices((64, 64)).sum(axis=0) % 2 * 255).astype("uint8")[None, ..., None]
    small = seen(pixels(16, 1), films)
    assert np.abs(small - 127.5).max() < 3


def test_an_edge_does_not_leave_the_range_when_resized():
    films = np.zeros((1, 16, 16, 1), "uint8")
    films[:, :, 8:] = 255
    large = seen(pixels(50, 1), films)
    assert large.min() == 0
    assert large.max() == 255
    assert len(np.unique(large)) > 2


def test_blank_films_are_counted_and_kept():
    films = films_of(5)
    films[2], films[4] = 0, 128
    with pytest.warns(match="2 of 5 films are of one value .* the first in row 2"):
        features = pixels(SIDE, 1).extract(films)
    np.testing.assert_array_equal(features, films.reshape(5, -1))


@pytest.mark.parametrize(
    ("films", "message"),
    [
        (films_of(2) / 255, r"Films are uint8.*float64.*np\.rint"),
        (films_of(2)[..., 0], r"Received: shape \(2, 16, 16\)"),
        (films_of(2)[:, :8], r"Received: shape \(2, 8, 16, 1\)"),
        (films_of(2, channels=2), r"Received: shape \(2, 16, 16, 2\)"),
        (films_of(0), r"Received: shape \(0, 16, 16, 1\)"),
    ],
)
def test_what_are_no_films_is_refused(films, message):
    with pytest.raises(ValueError, match=message):
        pixels(SIDE, 1).extract(films)


def test_features_that_are_neither_rows_nor_maps_are_refused():
    size = {"resolution": SIDE, "channels": 1, "range": (0, 1)}
    extractor = FeatureExtractor(lambda x: x[..., 0], {"layer": "odd", "input": size})
    with pytest.raises(ValueError, match=r"\(2, 16, 16\) from layer 'odd'"):
        extractor.extract(films_of(2))
