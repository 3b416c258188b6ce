import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from emixer_tf.metrics import bootstrap
from emixer_tf.metrics.bootstrap import (
    auroc_interval,
    auroc_resamples,
    macro_auroc_interval,
    mean_interval,
    resample_counts,
)


@pytest.fixture(scope="module")
def drawn():
    rng = np.random.default_rng(0)
    labels = (rng.random((60, 3)) < [0.5, 0.2, 0.05]).astype(int)
    scores = np.round(rng.normal(size=(60, 3)) + labels, 1)  # ties
    patients = [f"p{number}" for number in rng.integers(0, 25, 60)]
    return labels, scores, rng.random((60, 3)) < 0.8, patients


def auroc_by_loop(labels, scores, chosen):
    """One resample: the rows chosen, some many times."""
    labels, scores = labels[chosen], scores[chosen]
    return roc_auc_score(labels, scores) if len(set(labels)) == 2 else np.nan


def all_counts(count, resamples, seed):
    return np.concatenate(list(resample_counts(count, resamples, seed)))


def test_each_resample_is_that_of_a_loop_over_scikit_learn(drawn):
    labels, scores, mask, _ = drawn
    found = auroc_resamples(labels, scores, mask, resamples=50, seed=3)
    for counts, row in zip(all_counts(60, 50, seed=3), found, strict=True):
        rows = np.repeat(np.arange(60), counts)
        expected = [
            auroc_by_loop(labels[:, k], scores[:, k], rows[mask[rows, k]]) for k in range(3)
        ]
        np.testing.assert_allclose(row, expected, rtol=1e-12)
    assert np.isnan(found[:, 2]).any()
    assert not np.isnan(found[:, 0]).any()


def test_patients_are_drawn_as_a_whole(drawn):
    labels, scores, _, patients = drawn
    names = list(dict.fromkeys(patients))
    found = auroc_resamples(labels[:, 0], scores[:, 0], groups=patients, resamples=30, seed=1)
    for counts, value in zip(all_counts(len(names), 30, seed=1), found, strict=True):
        rows = [
            row
            for name, times in zip(names, counts, strict=True)
            for row in np.flatnonzero(np.array(patients) == name).tolist() * times
        ]
        assert value == pytest.approx(auroc_by_loop(labels[:, 0], scores[:, 0], rows))


def test_blocks_change_nothing(drawn, monkeypatch):
    labels, scores, mask, patients = drawn
    at_once = auroc_resamples(labels, scores, mask, patients, resamples=20)
    monkeypatch.setattr(bootstrap, "_CELLS", 60)
    assert len(list(resample_counts(25, 20, seed=0))) == 10
    in_blocks = auroc_resamples(labels, scores, mask, patients, resamples=20)
    np.testing.assert_array_equal(at_once, in_blocks)


def test_the_interval_lies_between_percentiles_and_counts_what_is_left_out(drawn):
    labels, scores, mask, _ = drawn
    found = auroc_interval(labels, scores, mask, resamples=200, level=0.9)
    values = auroc_resamples(labels, scores, mask, resamples=200)
    np.testing.assert_allclose(found["low"], np.nanpercentile(values, 5, axis=0))
    np.testing.assert_allclose(found["high"], np.nanpercentile(values, 95, axis=0))
    np.testing.assert_array_equal(found["left_out"], np.isnan(values).sum(axis=0))
    one = auroc_interval(labels[:, 1], scores[:, 1], mask[:, 1], resamples=200, level=0.9)
    assert one == pytest.approx({key: value[1] for key, value in found.items()})
    own = mask[:, 1]
    assert one["value"] == pytest.approx(roc_auc_score(labels[own, 1], scores[own, 1]))


def test_the_macro_interval_is_over_resamples_in_which_all_labels_have_both_classes(drawn):
    labels, scores, mask, _ = drawn
    labels, scores = np.c_[labels, np.zeros(60)], np.c_[scores, scores[:, 0]]
    mask = np.c_[mask, mask[:, 0]]
    found = macro_auroc_interval(labels, scores, mask, resamples=200)
    values = auroc_resamples(labels, scores, mask, resamples=200)[:, :3].mean(axis=1)
    assert found["left_out"] == np.isnan(values).sum() > 0
    assert found["low"] == pytest.approx(np.nanpercentile(values, 2.5))
    assert found["high"] == pytest.approx(np.nanpercentile(values, 97.5))
    by_label = auroc_interval(labels, scores, mask, resamples=2)["value"]
    assert found["value"] == pytest.approx(by_label[:3].mean())


def test_the_seed_chooses(drawn):
    labels, scores, _, _ = drawn
    first, again, other = (
        auroc_interval(labels[:, 0], scores[:, 0], resamples=50, seed=seed) for seed in (0, 0, 1)
    )
    assert first == again != other


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    rng = np.random.default_rng(0)
    covered = 0
    for trial in range(200):
        positive, negative = rng.normal(1, 1, 40), rng.normal(0, 1, 60)
        labels = np.repeat([1, 0], [40, 60])
        found = auroc_interval(labels, np.r_[positive, negative], resamples=200, seed=trial)
        covered += found["low"] <= 0.76025 <= found["high"]  # the normal law at 1 / sqrt(2)
    assert 0.88 <= covered / 200 <= 0.99


def test_patients_with_many_alike_studies_widen_the_interval():
    rng = np.random.default_rng(0)
    labels, scores = np.repeat(rng.random(40) < 0.5, 10), np.repeat(rng.normal(size=40), 10)
    patients = np.repeat(np.arange(40), 10)
    alone = auroc_interval(labels, scores, resamples=300)
    whole = auroc_interval(labels, scores, groups=patients, resamples=300)
    assert whole["high"] - whole["low"] > 2 * (alone["high"] - alone["low"])


def test_the_mean_has_the_interval_of_a_loop(drawn):
    values = np.random.default_rng(0).random(60)
    found = mean_interval(values, resamples=100, level=0.8)
    means = [np.repeat(values, counts).mean() for counts in all_counts(60, 100, seed=0)]
    assert found["value"] == pytest.approx(values.mean())
    assert found["low"] == pytest.approx(np.percentile(means, 10))
    assert found["high"] == pytest.approx(np.percentile(means, 90))


def test_the_mean_over_patients_weighs_each_study():
    values, patients = [1.0, 1.0, 1.0, 5.0], ["a", "a", "a", "b"]
    found = mean_interval(values, groups=patients, resamples=200)
    # drawn are aa, ab or bb
    assert (found["low"], found["value"], found["high"]) == (1.0, 2.0, 5.0)
    middle = mean_interval(values, groups=patients, resamples=200, level=1e-6)
    assert middle["low"] == 2.0


def test_one_class_one_study_and_one_patient_have_no_interval():
    one_class = auroc_interval([1, 1, 1], [0.1, 0.2, 0.3], resamples=10)
    assert np.isnan([one_class[key] for key in ("value", "low", "high")]).all()
    assert one_class["left_out"] == 10
    one_patient = auroc_interval([1, 0], [0.9, 0.1], groups=["a", "a"], resamples=10)
    assert one_patient["value"] == 1.0
    assert np.isnan([one_patient["low"], one_patient["high"]]).all()
    one_study = mean_interval([0.5], resamples=10)
    assert one_study["value"] == 0.5
    assert np.isnan([one_study["low"], one_study["high"]]).all()
    no_label = macro_auroc_interval([[1, 0], [1, 0]], [[1, 2], [3, 4]], resamples=10)
    assert np.isnan([no_label["value"], no_label["low"]]).all()
    assert no_label["left_out"] == 10


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"groups": ["a"]}, r"shape \(1,\) for 3 studies"),
        ({"groups": ["a", None, float("nan")]}, "2 of 3 without"),
        ({"resamples": 0}, "1 at least. Received: 0"),
        ({"resamples": "many"}, "is whole.*Received: many"),
        ({"resamples": 10.5}, "is whole.*Received: 10.5"),
        ({"level": 95}, "above 0 and below 1. Received: 95"),
    ],
)
def test_arguments_out_of_range_are_told(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        auroc_interval([1, 0, 1], [0.1, 0.2, 0.3], **arguments)
    with pytest.raises(ValueError, match=sentence):
        mean_interval([0.1, 0.2, 0.3], **arguments)


@pytest.mark.parametrize("values", [[], [[1.0, 2.0]], [1.0, np.nan], [1.0, np.inf]])
def test_a_mean_of_what_is_no_number_is_refused(values):
    with pytest.raises(ValueError, match="finite numbers, one at least"):
        mean_interval(values)


def test_a_macro_interval_is_over_labels():
    with pytest.raises(ValueError, match=r"over the columns of \[n, K\]"):
        macro_auroc_interval([1, 0], [0.1, 0.2])


def test_arguments_are_checked_though_no_label_has_both_classes():
    for wrong in ({"resamples": 0}, {"groups": ["a"]}, {"level": 95}):
        with pytest.raises(ValueError, match="Remedy"):
            macro_auroc_interval([[1], [1]], [[0.1], [0.2]], **wrong)
