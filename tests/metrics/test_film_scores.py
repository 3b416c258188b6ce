import numpy as np
import pytest

from emixer_tf.data.images import read_image
from emixer_tf.data.squares import square
from emixer_tf.metrics.feature_extractor import FeatureExtractor
from emixer_tf.metrics.film_scores import film_quality
from emixer_tf.metrics.frechet import frechet_distance_of
from emixer_tf.metrics.kernel_discrepancy import kernel_distance
from emixer_tf.metrics.manifold_overlap import precision_recall


@pytest.mark.filterwarnings("ignore:KID with subsets of 1000")
def test_it_collects_the_film_metrics():
    random = np.random.default_rng(0)
    real, generated = random.normal(size=(60, 3)), random.normal(size=(70, 3)) + 0.2
    quality = film_quality(real, generated, seed=7)
    kernel = kernel_distance(real, generated, seed=7)
    assert quality == {
        "fid": frechet_distance_of(real, generated),
        "kid": kernel["mean"],
        "kid_sd": kernel["sd"],
        **precision_recall(real, generated),
        "real_count": 60,
        "generated_count": 70,
    }
    assert all(type(value) in (int, float) for value in quality.values())


def test_few_films_are_warned_of():
    features = np.random.default_rng(0).normal(size=(2, 30, 20))
    with pytest.warns(match="FID of 30 films"), pytest.warns(match="KID with subsets of 1000"):
        quality = film_quality(*features)
    assert np.isnan(quality["kid_sd"])
    assert quality["fid"] > 1


def test_too_few_films_are_refused_before_anything_is_measured():
    features = np.random.default_rng(0).normal(size=(2, 5, 20))
    with pytest.raises(ValueError, match="6 or more are needed"):
        film_quality(*features)


def pixels_of(paths):
    """Real films' features under the plainest extractor: their pixels at 8 x 8."""
    size = {"resolution": 8, "channels": 1, "range": [0, 1]}
    extractor = FeatureExtractor(
        lambda x: x.reshape(len(x), -1), {"layer": "pixels", "input": size}
    )
    films = [square(read_image(path, at_least=64), 64, 1, "pad") for path in sorted(paths)[:300]]
    return extractor.extract(np.stack(films))


@pytest.mark.filterwarnings("ignore:KID with subsets of 1000")
def test_films_of_one_source_are_nearer_than_those_of_another(real_data):
    adults = pixels_of((real_data / "nih_small" / "images64").glob("*.png"))
    children = pixels_of((real_data / "kermany_224" / "images" / "test").rglob("*.jp*g"))
    near = film_quality(adults[::2], adults[1::2])
    far = film_quality(adults[::2], children[::2])
    assert near["fid"] < 0.3 * far["fid"]
    assert abs(near["kid"]) < 0.1 * far["kid"]
    for share in ("precision", "recall", "density", "coverage"):
        assert near[share] > 0.7 > far[share]
