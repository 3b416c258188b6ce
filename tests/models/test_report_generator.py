import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.generation import films_to_uint8
from emixer_tf.models.report_generator import ReportGenerator
from emixer_tf.training.conditioning import with_conditioning
from emixer_tf.training.gradient_sums import weigh
from emixer_tf.training.keep_best import fit_keeping_best
from emixer_tf.training.real_pairs import real_pair_losses


@pytest.fixture(scope="module")
def batch(tiny_config, make_studies):
    studies = make_studies(tiny_config, 4)
    studies["label_mask"] = np.ones_like(studies["labels"])
    studies["label_mask"][1, 0] = 0
    studies["labelled"][2] = 0
    studies["reported"][3] = 0
    return {name: tf.constant(value) for name, value in studies.items()}


def test_the_loss_is_emixers_own_for_the_same_weights(tiny_config, batch):
    config = tiny_config.replace(encoder_label_weight=0.7, report_weight=0.0, joint_weight=0.0)
    emixer, generator = EMIXER(config), ReportGenerator(config)
    emixer.compile()
    pairs = [
        (generator.encoder, emixer.image_encoder),
        (generator.decoder, emixer.report_decoder),
        (generator.label_reader, emixer.label_reader),
    ]
    for own, emixers in pairs:
        own.set_weights(emixers.get_weights())
    losses = emixer._step.real_pair_losses(
        with_conditioning(batch), emixer.image_encoder, emixer.report_decoder, training=True
    )
    expected = weigh(losses, {"words": 1.0, "stop": 1.0, "encoder_labels": 0.7})
    found = generator.compute_loss(x=batch, y_pred=generator(batch, training=True))
    assert float(expected) > 1
    assert float(found) == pytest.approx(float(expected), rel=1e-6)


def test_without_a_label_weight_words_and_stops_alone_are_learnt(tiny_config, batch):
    config = tiny_config.replace(encoder_label_weight=0.0, label_weight_generator=0.0)
    generator = ReportGenerator(config)
    assert generator.label_reader is None
    features = generator(batch, training=True)
    losses = real_pair_losses(with_conditioning(batch), features, generator.decoder, None)
    assert set(losses) == {"words", "stop"}
    found = generator.compute_loss(x=batch, y_pred=features)
    assert float(found) == pytest.approx(float(losses["words"] + losses["stop"]), rel=1e-6)


def test_its_variables_are_those_of_encoder_decoder_and_label_reader(tiny_config):
    generator = ReportGenerator(tiny_config)
    parts = (generator.encoder, generator.decoder, generator.label_reader)
    expected = [id(variable) for part in parts if part for variable in part.trainable_variables]
    assert sorted(map(id, generator.trainable_variables)) == sorted(expected)


def test_the_seed_gives_the_first_weights(tiny_config):
    first, again, other = (
        ReportGenerator(tiny_config.replace(seed=seed)).get_weights() for seed in (1, 1, 2)
    )
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert any((one != two).any() for one, two in zip(first, other, strict=True))


def test_it_learns_a_few_studies_by_heart_and_writes_them(tiny_config, make_studies):
    config = tiny_config.replace(
        sentences=2,
        words=3,
        word_layers=1,
        decoder_units=48,
        topic_units=48,
        encoder_features=32,
        word_embedding_dim=16,
    )
    studies = make_studies(config, 4)
    for sentence in range(config.sentences):  # sentences that repeat one before are not written
        studies["tokens"][:, sentence, 0] = np.where(
            studies["tokens"][:, sentence, 0] > 0, 4 + sentence, 0
        )
    model = ReportGenerator(config)
    stream = tf.data.Dataset.from_tensors(studies).repeat()

    def exact(model):
        return float((model.write(studies["image"]) == studies["tokens"]).mean())

    best = fit_keeping_best(model, stream, 200, exact, learning_rate=1e-2)
    assert best.best_score == 1.0
    written = model.write(films_to_uint8(studies["image"]))
    np.testing.assert_array_equal(written, studies["tokens"])


def test_greedy_reports_do_not_depend_on_the_company(tiny_config, make_studies):
    model = ReportGenerator(tiny_config)
    films = make_studies(tiny_config, 5)["image"]
    written = model.write(films)
    assert written.shape == (5, tiny_config.sentences, tiny_config.words)
    np.testing.assert_array_equal(model.write(films[:2]), written[:2])
