import numpy as np

from emixer_tf.models.mean_word import mean_word


def test_the_mean_of_no_word_is_zero():
    embedded = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    mask = np.array([[1, 1, 0, 0], [0, 0, 0, 0]], "float32")
    expected = [embedded[0, :2].mean(0), np.zeros(3)]
    np.testing.assert_allclose(mean_word(embedded, mask), expected, rtol=1e-6)
