import numpy as np
import pytest

from emixer_tf.data.limited_labels import keep_labels


@pytest.fixture(scope="module")
def labels():
    return (np.random.default_rng(0).random((1000, 4)) < [0.5, 0.3, 0.1, 0.05]).astype("float32")


def test_every_combination_of_labels_keeps_the_same_share(labels):
    kept = keep_labels(labels, 0.3, seed=0)
    assert kept.sum() == 300
    for row in np.unique(labels, axis=0):
        stratum = (labels == row).all(axis=1)
        assert abs(kept[stratum].sum() - 0.3 * stratum.sum()) < 2
    np.testing.assert_allclose(labels[kept].mean(axis=0), labels.mean(axis=0), atol=0.02)


def test_a_larger_share_keeps_what_a_smaller_one_keeps(labels):
    few, more, all_ = (keep_labels(labels, share, seed=3) for share in (0.3, 0.5, 1.0))
    assert (more | ~few).all()
    assert all_.all()


def test_the_seed_chooses(labels):
    chosen = [keep_labels(labels, 0.3, seed) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(chosen[0], chosen[1])
    assert (chosen[0] != chosen[2]).any()


@pytest.mark.parametrize("share", [0.0, 1.5])
def test_a_share_out_of_range_is_refused(labels, share):
    with pytest.raises(ValueError, match="above 0 and at most 1"):
        keep_labels(labels, share, seed=0)
