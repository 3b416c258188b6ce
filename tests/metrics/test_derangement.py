import numpy as np
import pytest

from emixer_tf.metrics.derangement import random_derangement


@pytest.mark.parametrize("n", [2, 3, 50])
def test_nothing_stays_in_its_place(n):
    for seed in range(20):
        other = random_derangement(n, seed)
        np.testing.assert_array_equal(np.sort(other), np.arange(n))
        assert (other != np.arange(n)).all()


def test_one_thing_has_no_other_place():
    with pytest.raises(ValueError, match="Received: 1 study"):
        random_derangement(1, seed=0)
