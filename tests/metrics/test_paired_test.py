import numpy as np
import pytest
from scipy.stats import permutation_test, ttest_rel

from emixer_tf.metrics.paired_test import paired_difference

OWN = {0: 0.84, 1: 0.86, 2: 0.81, 3: 0.88, 4: 0.83}
REFERENCE = {4: 0.80, 3: 0.85, 2: 0.82, 1: 0.80, 0: 0.81}  # joined by seed, not by place


def test_it_is_the_paired_t_test_over_seeds():
    found = paired_difference(OWN, REFERENCE)
    own, other = zip(*((OWN[seed], REFERENCE[seed]) for seed in OWN), strict=True)
    differences = np.subtract(own, other)
    assert found["p_value"] == pytest.approx(ttest_rel(own, other).pvalue, rel=1e-10)
    assert found["mean_difference"] == pytest.approx(differences.mean())
    assert found["sd"] == pytest.approx(differences.std(ddof=1))
    assert (found["n"], found["notes"]) == (5, [])


def test_signs_are_flipped_as_scipy_does():
    rng = np.random.default_rng(0)
    for n in (2, 5, 9):
        own, other = rng.normal(0.5, 1, n), rng.normal(0, 1, n)
        expected = permutation_test(
            (own, other),
            lambda x, y: np.mean(x - y),
            permutation_type="samples",
            n_resamples=np.inf,
        ).pvalue
        found = paired_difference(dict(enumerate(own)), dict(enumerate(other)))
        assert found["sign_flip_p_value"] == pytest.approx(expected)


def test_five_seeds_that_all_gain_reach_one_in_sixteen():
    found = paired_difference({s: 0.1 * s + 1 for s in range(5)}, {s: 0.05 * s for s in range(5)})
    assert found["sign_flip_p_value"] == 2 / 2**5


def test_equal_differences_have_no_t_test():
    found = paired_difference({0: 0.3, 1: 0.1 + 0.2}, {0: 0.1, 1: 0.1})  # equal but for rounding
    assert np.isnan(found["p_value"])
    assert found["sign_flip_p_value"] == 0.5
    assert found["notes"] == ["All differences are equal, so there is no t-test."]
    none = paired_difference({0: 0.3, 1: 0.4}, {0: 0.3, 1: 0.4})
    assert np.isnan(none["p_value"])
    assert (none["mean_difference"], none["sign_flip_p_value"]) == (0.0, 1.0)


def test_one_seed_has_a_difference_and_nothing_else():
    found = paired_difference({7: 0.9}, {7: 0.8})
    assert found["mean_difference"] == pytest.approx(0.1)
    assert np.isnan([found["sd"], found["p_value"], found["sign_flip_p_value"]]).all()
    assert found["notes"] == ["One seed tells nothing of the spread: run more seeds."]


def test_an_undefined_score_leaves_all_undefined():
    found = paired_difference({0: 0.9, 1: np.nan}, {0: 0.8, 1: 0.7})
    assert np.isnan([found["mean_difference"], found["sd"], found["p_value"]]).all()
    assert found["notes"] == ["A score is undefined with seed 1, so all is."]


def test_many_seeds_have_the_t_test_alone():
    rng = np.random.default_rng(0)
    own, other = rng.random(17), rng.random(17)
    found = paired_difference(dict(enumerate(own)), dict(enumerate(other)))
    assert found["p_value"] == pytest.approx(ttest_rel(own, other).pvalue)
    assert np.isnan(found["sign_flip_p_value"])
    assert "more than 16" in found["notes"][0]


@pytest.mark.parametrize(
    ("scores", "reference", "sentence"),
    [
        ({0: 1.0, 1: 1.0}, {0: 1.0, 2: 1.0}, "seeds 0, 1 and 0, 2"),
        ({0: 1.0}, {}, r"seeds 0 and \(none\)"),
        ({}, {}, "one at least"),
        ([1.0], [1.0], "dict from seed to score. Received: list"),
        ({0: np.inf}, {0: 1.0}, "not infinite"),
        ({0: [1.0, 2.0]}, {0: [1.0, 2.0]}, "is a number"),
        ({0: "high"}, {0: 1.0}, "Scores are numbers"),
    ],
)
def test_what_cannot_be_compared_is_told(scores, reference, sentence):
    with pytest.raises(ValueError, match=sentence):
        paired_difference(scores, reference)
