import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emixer_tf.metrics.copy_calls import called_copies


def with_places(distances):
    return np.asarray(distances), np.arange(len(distances))


def test_few_held_out_studies_set_the_threshold_to_their_smallest_distance():
    calls = called_copies(with_places([0.19, 0.2, 0.21]), with_places([0.9, 0.2, 0.4]))
    assert calls.threshold == 0.2
    np.testing.assert_array_equal(calls.copies, [True, False, False])
    assert calls.rate == pytest.approx(1 / 3)
    assert calls.held_out_rate == 0


def test_many_held_out_studies_let_the_share_pass():
    unseen = np.random.default_rng(0).permutation(np.arange(1, 300))
    calls = called_copies(with_places([2, 3, 4]), with_places(unseen), share=0.01)
    assert calls.threshold == 3
    assert calls.held_out_rate == pytest.approx(2 / 299)
    np.testing.assert_array_equal(calls.copies, [True, False, False])


def test_other_unseen_studies_are_called_as_often_as_asked():
    rng = np.random.default_rng(1)
    rates = [
        called_copies(with_places(rng.random(500)), with_places(rng.random(99)), share=0.05).rate
        for _ in range(200)
    ]
    assert np.mean(rates) == pytest.approx(0.05, abs=0.005)


@settings(deadline=None, max_examples=50)
@given(
    arrays.arrays("float64", st.integers(1, 60), elements=st.sampled_from([0.5, 1, 2, 3])),
    st.floats(0, 0.99),
)
def test_no_more_than_the_share_of_held_out_studies_is_called(unseen, share):
    assert called_copies(with_places([1.0]), with_places(unseen), share).held_out_rate <= share


def test_copies_among_the_held_out_studies_leave_the_rate_undefined():
    with pytest.warns(UserWarning, match="2 of 3 held-out studies are equal"):
        calls = called_copies(with_places([0.0, 1.0]), with_places([0.0, 0.0, 2.0]))
    assert np.isnan([calls.threshold, calls.rate, calls.held_out_rate]).all()
    assert not calls.copies.any()


@pytest.mark.parametrize("distances", [[], [np.nan], [-1.0], [[1.0]]])
def test_what_is_no_distance_is_refused(distances):
    with pytest.raises(ValueError, match="generated distances are one number"):
        called_copies((distances, [0]), with_places([1.0]))
    with pytest.raises(ValueError, match="held-out distances are one number"):
        called_copies(with_places([1.0]), (distances, [0]))


@pytest.mark.parametrize("share", [-0.1, 1.0, np.nan])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(ValueError, match="at least 0 and below 1"):
        called_copies(with_places([1.0]), with_places([1.0]), share)
