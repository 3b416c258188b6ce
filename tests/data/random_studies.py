"""Random studies as arrays, and what makes two of them equal."""

import numpy as np

from emixer_tf.experiments.study_arrays import StudyArrays


def made(count, seed=0):
    random = np.random.default_rng(seed)
    return StudyArrays(
        films=random.integers(0, 256, (count, 4, 4, 1)).astype("uint8"),
        tokens=random.integers(0, 9, (count, 2, 3)).astype("int32"),
        labels=random.integers(0, 2, (count, 5)).astype("float32"),
        label_mask=random.integers(0, 2, (count, 5)).astype("float32"),
        reported=random.integers(0, 2, count).astype("float32"),
        reports=[f"study {place} of {seed}: no œdema" for place in range(count)],
    )


def same(first, second):
    assert first.reports == second.reports
    for name in ("films", "tokens", "labels", "label_mask", "reported"):
        one, two = getattr(first, name), getattr(second, name)
        np.testing.assert_array_equal(one, two)
        assert one.dtype == two.dtype
