import numpy as np
import pytest
from scipy.stats import ks_2samp, norm
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

from emixer_tf.metrics.membership import membership_inference, newcombe_interval


def test_auroc_and_advantage_equal_those_of_scikit_learn_and_scipy():
    rng = np.random.default_rng(0)
    generated, members, others = (rng.standard_normal((n, 6)) for n in (40, 60, 80))
    members[:20] = generated[:20] + 0.2 * rng.standard_normal((20, 6))
    search = NearestNeighbors(n_neighbors=1).fit(generated)
    near, far = (search.kneighbors(group)[0][:, 0] for group in (members, others))
    attack = membership_inference(generated, members, others)
    expected = roc_auc_score(np.repeat([1, 0], [60, 80]), -np.concatenate([near, far]))
    assert attack.auroc == pytest.approx(expected)
    assert attack.advantage == pytest.approx(ks_2samp(near, far, alternative="greater").statistic)
    assert (attack.members, attack.non_members) == (60, 80)
    assert attack.interval[0] < expected < attack.interval[1]


def test_a_generator_that_repeats_its_training_set_is_betrayed_and_another_is_not():
    rng = np.random.default_rng(1)
    members, others, fresh = (rng.standard_normal((150, 4)) for _ in range(3))
    copied = membership_inference(members + 1e-3, members, others)
    assert copied.auroc == 1
    assert copied.advantage == 1
    unrelated = membership_inference(fresh, members, others)
    assert unrelated.interval[0] < 0.5 < unrelated.interval[1]


@pytest.mark.parametrize("area", [0.5, 0.8, 0.95])
def test_an_interval_holds_the_true_area_as_often_as_it_says(area):
    rng = np.random.default_rng(2)
    distance = np.sqrt(2) * norm.ppf(area)
    held = 0
    for _ in range(400):
        positives, negatives = rng.standard_normal(40) + distance, rng.standard_normal(30)
        found = (positives[:, None] > negatives[None]).mean()
        lower, upper = newcombe_interval(found, 40, 30)
        held += lower <= area <= upper
    assert 0.92 < held / 400 < 0.995  # wider than need be near 1


@pytest.mark.parametrize("area", [0.0, 0.02, 0.3, 0.5, 1.0])
def test_an_interval_of_the_mirrored_area_is_the_mirrored_interval(area):
    lower, upper = newcombe_interval(area, 12, 30)
    assert newcombe_interval(1 - area, 12, 30) == pytest.approx((1 - upper, 1 - lower))
    assert 0 <= lower <= area <= upper <= 1
    assert upper - lower > 0.05


def test_bad_input_is_refused():
    two = np.zeros((2, 3))
    with pytest.raises(ValueError, match="too few rows: 2"):
        membership_inference(two, two[:1], two)
    with pytest.raises(ValueError, match="too few rows: 2"):
        membership_inference(two, two, two[:1])
    with pytest.raises(ValueError, match="differ in width"):
        membership_inference(two[:, :1], two, two)
    with pytest.raises(ValueError, match="level"):
        membership_inference(two, two, two, level=95)
