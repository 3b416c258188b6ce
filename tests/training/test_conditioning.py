import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.conditioning import (
    with_conditioning,
    with_inferred_labels,
)


@pytest.fixture
def studies(tiny_config, make_studies):
    studies = make_studies(tiny_config, 4)
    studies["labelled"] = np.array([1, 0, 0, 1], "float32")
    studies["reported"] = np.array([1, 1, 0, 1], "float32")
    studies["labels"] *= studies["labelled"][:, None]
    return {key: tf.constant(value) for key, value in studies.items()}


def test_inferred_labels_fill_what_nobody_gave_and_leave_the_rest(studies):
    batch = with_conditioning(studies)
    inferred = tf.constant([[0.2, 0.4, 0.6]] * 4)
    filled = with_inferred_labels(batch, inferred)
    np.testing.assert_array_equal(filled["labels"][::3], studies["labels"][::3])  # given ones
    np.testing.assert_allclose(filled["labels"][1], [0.2, 0.4, 0.6])
    np.testing.assert_array_equal(filled["labels"][2], [0, 0, 0])  # has no report to read
    np.testing.assert_array_equal(filled["labelled"], [1, 1, 0, 1])
    np.testing.assert_array_equal(filled["label_mask"][1], [1, 1, 1])
    for name in ("fake_labels", "fake_labelled", "labelled_report_weights"):
        np.testing.assert_array_equal(filled[name], batch[name])


def test_the_reader_of_reports_learns_from_labelled_studies_alone(tiny_config, make_studies):
    model = EMIXER(tiny_config.replace(report_label_weight=1.0))
    model.compile()
    studies = make_studies(model.config, 4)
    studies["labelled"] = np.array([1, 0, 1, 1], "float32")
    batch = model._step.prepared({key: tf.constant(value) for key, value in studies.items()})
    head = model.report_label_reader.head.kernel
    place = [variable is head for variable in model.describer_variables].index(True)

    def gradient(changed):
        return np.array(model._step.real_pair_gradients({**batch, **changed})[0][place])

    otherwise = batch["labels"].numpy()
    otherwise[1] = 1 - otherwise[1]
    np.testing.assert_array_equal(gradient({"labels": tf.constant(otherwise)}), gradient({}))
    otherwise[0] = 1 - otherwise[0]
    assert np.abs(gradient({"labels": tf.constant(otherwise)}) - gradient({})).max() > 0


def test_a_report_that_names_its_label_teaches_the_reader_to_infer_it(tiny_config, make_studies):
    config = tiny_config.replace(report_label_weight=1.0, decoder_learning_rate=0.02)
    model = EMIXER(config)
    model.compile()
    model.report_decoder.embedding.set_weights(
        [20 * model.report_decoder.embedding.get_weights()[0]]
    )
    studies = make_studies(config, config.studies_per_step)
    studies["labels"] = np.zeros_like(studies["labels"])
    studies["labels"][::2, 1] = 1
    studies["tokens"][...] = 0
    studies["tokens"][:, 0, 0] = np.where(studies["labels"][:, 1] > 0, 5, 6)
    data = {key: tf.constant(value) for key, value in studies.items()}
    for _ in range(40):
        model._step.train_decoder(model._step.prepared(data), _nothing_adversarial(model))
    unlabelled = {**data, "labelled": data["labelled"] * 0, "labels": data["labels"] * 0}
    inferred = model._step.prepared(unlabelled)
    np.testing.assert_allclose(inferred["labels"], studies["labels"], atol=0.2)
    np.testing.assert_array_equal(inferred["labelled"], 1)


def _nothing_adversarial(model):
    return [tf.zeros(variable.shape) for variable in model.adversarial_decoder_variables]
