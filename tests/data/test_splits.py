"""What holds of a split whoever the patients are."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from emixer_tf.data import DataError
from emixer_tf.data.splits import SPLITS, check_splits, split_by_patient

patients = st.text(max_size=12)
studies = st.lists(patients, max_size=30)
seeds = st.integers(0, 2**32)
shares = st.tuples(st.floats(0, 1), st.floats(0, 1)).filter(lambda pair: sum(pair) <= 1)


def splits_of(names, shares=(0.1, 0.1), seed=0):
    return split_by_patient(names, *shares, seed)


@given(studies, shares, seeds)
def test_studies_of_a_patient_share_a_split(names, shares, seed):
    splits = splits_of(names, shares, seed)
    assert len(splits) == len(names)
    assert set(splits) <= set(SPLITS)
    assert len(set(zip(names, splits, strict=True))) == len(set(names))


@given(studies, studies, shares, seeds)
def test_studies_that_are_added_change_nobodys_split(names, added, shares, seed):
    together = splits_of([*names, *added], shares, seed)
    assert together[: len(names)] == splits_of(names, shares, seed)


@given(st.data(), studies, shares, seeds)
def test_the_order_of_studies_does_not_matter(data, names, shares, seed):
    order = data.draw(st.permutations(range(len(names))))
    splits = splits_of(names, shares, seed)
    assert splits_of([names[k] for k in order], shares, seed) == [splits[k] for k in order]


@given(shares, seeds)
def test_shares_of_patients_hold(shares, seed):
    splits = splits_of([f"patient {i}" for i in range(4000)], shares, seed)
    for split, share in zip(("val", "test"), shares, strict=True):
        deviation = (4000 * share * (1 - share)) ** 0.5
        assert abs(splits.count(split) - 4000 * share) <= 6 * deviation + 3


@pytest.mark.parametrize(
    ("shares", "there"),
    [((0, 0), {"train"}), ((1, 0), {"val"}), ((0, 1), {"test"}), ((0.5, 0.5), {"val", "test"})],
)
def test_the_ends_of_shares(shares, there):
    assert set(splits_of(map(str, range(500)), shares)) == there


@given(seeds, seeds)
def test_another_seed_draws_another_split(one, other):
    assume(one != other)
    names = [str(i) for i in range(200)]
    assert splits_of(names, (0.3, 0.3), one) != splits_of(names, (0.3, 0.3), other)


# What is refused

splits = st.sampled_from(SPLITS)


def sources(names):
    return [f"row {number}" for number in range(2, 2 + len(names))]


@given(st.dictionaries(patients, splits, min_size=1), st.data())
def test_a_planted_leak_is_found(split_of, data):
    names = [*split_of, *data.draw(st.lists(st.sampled_from(sorted(split_of)), max_size=10))]
    assigned = [split_of[name] for name in names]
    assume("train" in assigned)
    check_splits(names, assigned, sources(names))
    leaking = data.draw(st.sampled_from(names))
    others = [split for split in SPLITS if split != split_of[leaking]]
    place = data.draw(st.integers(0, len(names)))
    names.insert(place, leaking)
    assigned.insert(place, data.draw(st.sampled_from(others)))
    with pytest.raises(DataError, match=r"is in (train|val|test) .* and in .*row \d+") as caught:
        check_splits(names, assigned, sources(names))
    assert repr(leaking) in str(caught.value)


@given(st.lists(patients, min_size=1, unique=True), st.data())
def test_an_unknown_split_is_found(names, data):
    assigned = ["train"] * len(names)
    place = data.draw(st.integers(0, len(names) - 1))
    assigned[place] = data.draw(st.text().filter(lambda name: name not in SPLITS))
    with pytest.raises(DataError, match=rf"row {place + 2}: split .* is none of train, val, test"):
        check_splits(names, assigned, sources(names))


@given(st.lists(patients, min_size=1, unique=True), st.data())
def test_an_empty_train_split_is_refused(names, data):
    assigned = [data.draw(st.sampled_from(("val", "test"))) for _ in names]
    with pytest.raises(DataError, match="train split is empty"):
        check_splits(names, assigned, sources(names))
