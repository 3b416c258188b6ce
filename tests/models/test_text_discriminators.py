import numpy as np

from emixer_tf.models.joint_discriminator import JointDiscriminator
from emixer_tf.models.report_discriminator import ReportDiscriminator


def report(seed=0):
    words = np.random.default_rng(seed).normal(size=(2, 3, 4, 5)).astype("float32")
    mask = np.zeros((2, 3, 4), "float32")
    mask[:, :2, :3] = 1
    return words, mask


def test_masked_words_are_not_read():
    words, mask = report()
    films = np.random.default_rng(1).normal(size=(2, 16, 16, 1)).astype("float32")
    noisy = words + 7.0 * (1 - mask)[..., None]
    judge, pair_judge = ReportDiscriminator(6, 5), JointDiscriminator(6, 4)
    np.testing.assert_array_equal(judge(words, mask), judge(noisy, mask))
    np.testing.assert_array_equal(pair_judge(films, words, mask), pair_judge(films, noisy, mask))


def test_words_and_sentences_are_read_in_order():
    words, mask = report()
    judge = ReportDiscriminator(6, 5)
    logits = np.array(judge(words, mask))
    for order in ([1, 0, 2, 3], [0, 2, 1, 3]):
        assert (np.array(judge(words[:, :, order], mask)) != logits).all()
    swapped = words[:, [1, 0, 2]]
    assert (np.array(judge(swapped, mask)) != logits).all()


def test_joint_discriminator_reads_film_and_report():
    words, mask = report()
    other_words, _ = report(seed=5)
    films = np.random.default_rng(1).normal(size=(2, 16, 16, 1)).astype("float32")
    judge = JointDiscriminator(6, 4)
    logits = np.array(judge(films, words, mask))
    assert logits.shape == (2,)
    assert (np.array(judge(films, other_words, mask)) != logits).all()
    assert (np.array(judge(-films, words, mask)) != logits).all()
