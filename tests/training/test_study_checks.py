import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.study_checks import check_studies


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


def test_fit_and_evaluate_tell_it_before_anything_is_learnt(tiny_config, studies):
    model = EMIXER(tiny_config)
    model.compile()
    studies["labels"] = studies["labels"][:, :2]
    dataset = tf.data.Dataset.from_tensors(studies)
    for run in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=r"'labels' of the batch has shape \[batch, 2\]"):
            run(dataset, verbose=0)
    assert model.steps_taken() == 0
