import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.study_checks import check_step_size, check_studies


@pytest.fixture
def studies(tiny_config, make_studies):
    return make_studies(tiny_config, tiny_config.studies_per_step)


def test_a_batch_of_the_configurations_sizes_passes(tiny_config, studies):
    check_studies(studies, tiny_config)


@pytest.mark.parametrize(
    ("name", "cut", "told"),
    [
        ("labels", np.s_[:, :2], r"\[batch, 2\], the model wants \[batch, 3\]"),
        ("image", np.s_[:, :8], r"\[batch, 8, 16, 1\], the model wants \[batch, 16, 16, 1\]"),
        ("tokens", np.s_[:, :, :3], r"\[batch, 3, 3\], the model wants \[batch, 3, 4\]"),
    ],
)
def test_another_size_is_told_with_both_and_the_remedy(tiny_config, studies, name, cut, told):
    studies[name] = studies[name][cut]
    with pytest.raises(ValueError, match=rf"{name!r} of the batch has shape {told}.*Remedy: "):
        check_studies(studies, tiny_config)


def test_a_missing_part_is_told(tiny_config, studies):
    del studies["reported"]
    with pytest.raises(ValueError, match=r"has no 'reported'\. Remedy: "):
        check_studies(studies, tiny_config)


@pytest.mark.parametrize("count", [4, 7, 16])
def test_another_number_of_studies_than_a_step_reads_is_told(tiny_config, make_studies, count):
    model = EMIXER(tiny_config)
    model.compile()
    studies = make_studies(tiny_config, count)
    dataset = tf.data.Dataset.from_tensors(studies)
    with pytest.raises(ValueError, match=rf"reads 8 studies .* Received: {count} on each of 1"):
        model.fit(dataset, verbose=0)
    assert model.steps_taken() == 0


def test_a_number_of_studies_that_is_not_known_is_told(tiny_config, make_studies):
    model = EMIXER(tiny_config)
    model.compile()
    dataset = tf.data.Dataset.from_tensor_slices(make_studies(tiny_config, 16)).batch(8)
    with pytest.raises(ValueError, match=r"Received: None .* drop_remainder=True"):
        model.fit(dataset, verbose=0)
    with pytest.raises(ValueError, match=r"an even number\. Received: None\. Remedy: dataset"):
        model.evaluate(dataset, verbose=0)


def test_replicas_share_an_update_in_fours(tiny_config, studies):
    with pytest.raises(ValueError, match=r"batch_size=4\. Remedy: a multiple of 8\."):
        check_step_size(studies, tiny_config, replicas=2)


def test_fit_and_evaluate_tell_it_before_anything_is_learnt(tiny_config, studies):
    model = EMIXER(tiny_config)
    model.compile()
    studies["labels"] = studies["labels"][:, :2]
    dataset = tf.data.Dataset.from_tensors(studies)
    for run in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=r"'labels' of the batch has shape \[batch, 2\]"):
            run(dataset, verbose=0)
    assert model.steps_taken() == 0
