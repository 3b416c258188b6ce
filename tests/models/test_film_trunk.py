import numpy as np
import pytest

from emixer_tf.models.film_trunk import FilmTrunk
from emixer_tf.models.image_discriminator import ImageDiscriminator

SIZES = {"resolution": 16, "channels": 1, "base_channels": 4, "base_resolution": 4}


@pytest.mark.parametrize("attention", [None, 8])
def test_the_discriminator_reads_films_as_its_trunk_does(attention):
    films = np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, 1)).astype("float32")
    trunk = FilmTrunk(**SIZES, attention_resolution=attention)
    whole = ImageDiscriminator(**SIZES, label_count=3, attention_resolution=attention)
    trunk(films)
    whole(films, np.zeros((2, 3), "float32"), np.ones(2, "float32"))
    heads = {id(v) for head in (whole.real_or_fake, whole.projection, whole.rotation_head)
             for v in head.variables}  # fmt: skip
    shared = [np.array(v) for v in whole.variables if id(v) not in heads]
    assert any("attention" in v.path for v in trunk.variables) is (attention is not None)
    trunk.set_weights(shared)
    features = np.array(trunk(films))
    assert features.shape == (2, trunk.features_dim)
    assert np.abs(features).max() > 0
    np.testing.assert_array_equal(features, whole.features(films))


def test_a_trunk_is_made_again_from_its_config():
    trunk = FilmTrunk(**SIZES, attention_resolution=8)
    assert trunk.get_config() == {**SIZES, "attention_resolution": 8}
    again = FilmTrunk.from_config(trunk.get_config())
    films = np.ones((1, 16, 16, 1), "float32")
    trunk(films), again(films)
    assert [v.shape for v in again.variables] == [v.shape for v in trunk.variables]
