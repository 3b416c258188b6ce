import numpy as np
import pytest

from emixer_tf.experiments.cells.mix import Mix, TrainedOnMix, phases
from emixer_tf.experiments.study_arrays import StudyArrays


def studies(count, first):
    """Return studies that can be told by every part of them: the films by their brightness."""
    numbers = np.arange(first, first + count)
    return StudyArrays(
        films=np.tile(numbers.astype("uint8")[:, None, None, None], (1, 2, 2, 1)),
        tokens=np.tile(numbers.astype("int32")[:, None, None], (1, 1, 2)),
        labels=numbers[:, None].astype("float32"),
        label_mask=np.ones((count, 1), "float32"),
        reported=np.ones(count, "float32"),
        reports=[str(number) for number in numbers],
    )


def numbers(mixed):
    mixed = mixed.take(np.arange(len(mixed)))
    found = mixed.films[:, 0, 0, 0].tolist()
    assert mixed.tokens[:, 0, 0].tolist() == found
    assert mixed.labels[:, 0].tolist() == found
    assert mixed.reports == [str(number) for number in found]
    return found


@pytest.fixture
def real():
    return studies(20, first=0)


@pytest.fixture
def synthetic():
    return studies(30, first=100)


@pytest.mark.parametrize(
    ("mix", "from_real", "from_synthetic"),
    [
        (Mix(None, 0), 20, 0),
        (Mix(20, 0), 20, 0),
        (Mix(5, 0), 5, 0),
        (Mix(0, 7), 0, 7),
        (Mix(None, 30), 20, 30),
        (Mix(5, 7), 5, 7),
    ],
    ids=str,
)
def test_a_mix_takes_exactly_the_numbers_asked(real, synthetic, mix, from_real, from_synthetic):
    ((mixed, updates),) = phases(mix, real, synthetic if mix.synthetic else None, 9, seed=0)
    found = numbers(mixed)
    assert updates == 9
    assert sum(number < 100 for number in found) == from_real
    assert sum(number >= 100 for number in found) == from_synthetic
    assert len(set(found)) == from_real + from_synthetic


def test_smaller_mixes_are_part_of_larger_ones(real, synthetic):
    def mixed(*numbers_asked):
        return set(numbers(phases(Mix(*numbers_asked), real, synthetic, 1, seed=4)[0][0]))

    assert mixed(3, 5) < mixed(8, 5) < mixed(8, 12) < mixed(20, 12) == mixed(None, 12)


def test_the_seed_chooses_the_real_studies(real):
    chosen = [numbers(phases(Mix(6, 0), real, None, 1, seed)[0][0]) for seed in (0, 0, 1)]
    assert chosen[0] == chosen[1] != chosen[2]


def test_replacing_keeps_the_real_studies_that_stand_alone_for_comparison(real, synthetic):
    alone = numbers(phases(Mix(6, 0), real, None, 1, seed=3)[0][0])
    mixed = numbers(phases(Mix(6, 14), real, synthetic, 1, seed=3)[0][0])
    assert [number for number in mixed if number < 100] == alone


@pytest.mark.parametrize("updates", [8, 9, 2])
def test_pre_training_is_on_synthetic_and_fine_tuning_on_real_studies(real, synthetic, updates):
    first, last = phases(Mix(None, 4, pretrain=True), real, synthetic, updates, seed=0)
    assert numbers(first[0]) == [100, 101, 102, 103]
    assert numbers(last[0]) == list(range(20))
    assert first[1] + last[1] == updates
    assert 0 <= first[1] - last[1] <= 1


@pytest.mark.parametrize(
    ("mix", "message"),
    [
        (Mix(None, 31), "31 generated studies are wanted, and there are 30. Remedy"),
        (Mix(21, 5), "21 real studies are wanted, and there are 20. Remedy"),
    ],
    ids=str,
)
def test_too_few_studies_are_a_sentence(real, synthetic, mix, message):
    with pytest.raises(ValueError, match=message):
        phases(mix, real, synthetic, 1, seed=0)


@pytest.mark.parametrize(
    "mix", [Mix(0, 0), Mix(None, 0, pretrain=True), Mix(0, 5, pretrain=True)], ids=str
)
def test_a_mix_of_nothing_is_a_sentence(real, synthetic, mix):
    with pytest.raises(ValueError, match="Remedy"):
        phases(mix, real, synthetic if mix.synthetic else None, 4, seed=0)


def test_the_title_tells_the_mix():
    def title(real_count, count, pretrain=False):
        cell = TrainedOnMix(
            None, None, real_count, count, pretrain, updates=1, batch_size=1, seed=3
        )
        return cell.title

    assert title(None, 0) == "TrainedOnMix on all real, seed 3"
    assert title(5, 7) == "TrainedOnMix on 7 synthetic and 5 real, seed 3"
    assert title(0, 7) == "TrainedOnMix on 7 synthetic, seed 3"
    assert title(None, 7, pretrain=True) == "TrainedOnMix on 7 synthetic then all real, seed 3"
