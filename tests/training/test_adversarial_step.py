import keras
import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.conditioning import with_conditioning

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def model(tiny_config):
    # With the hinge loss, real and fake cancel exactly in a head's bias while inside the margin.
    model = EMIXER(tiny_config.replace(adversarial_loss="log"))
    model.compile()
    return model


def without_gradient(variables, gradients):
    return [
        variable.path
        for variable, gradient in zip(variables, gradients, strict=True)
        if gradient is None or not np.any(tf.convert_to_tensor(gradient))
    ]


def test_every_discriminator_variable_learns(model, batch):
    gradients, _ = model._step.discriminator_gradients(batch, tf.constant(0), tf.constant(0))
    assert without_gradient(model.discriminator_variables, gradients) == []


def test_generator_and_decoder_learn_from_the_discriminators(model, batch):
    gradients, _ = model._step.generator_gradients(batch, tf.constant(0))
    variables = [
        *model.image_generator.trainable_variables,
        *model.adversarial_decoder_variables,
    ]
    assert without_gradient(variables, gradients) == []
    encoder = {id(variable) for variable in model.image_encoder.variables}
    assert not encoder & {id(variable) for variable in variables}


def test_attention_learns_in_generator_and_discriminator_once_it_is_heard(tiny_config, batch):
    changes = {"base_resolution": 4, "attention_resolution": 8, "adversarial_loss": "log"}
    model = EMIXER(tiny_config.replace(**changes))
    model.compile()
    for network in (model.image_generator, model.image_discriminator):
        network.attention.gain.assign(1.0)
    gradients, _ = model._step.discriminator_gradients(batch, tf.constant(0), tf.constant(0))
    assert without_gradient(model.discriminator_variables, gradients) == []
    gradients, _ = model._step.generator_gradients(batch, tf.constant(0))
    variables = model.generator_variables
    assert any("attention" in variable.path for variable in variables)
    assert without_gradient(variables, gradients[: len(variables)]) == []


def test_decoder_and_encoder_learn_from_real_pairs(model, batch):
    gradients, _ = model._step.real_pair_gradients(batch)
    assert without_gradient(model.describer_variables, gradients) == []


def networks_that_move(model, update):
    """Return the names of the networks of which a trainable weight is another after `update`."""
    networks = {
        "generator": model.image_generator,
        "decoder": model.report_decoder,
        "encoder": model.image_encoder,
        "label reader": model.label_reader,
        "discriminators": model.discriminators,
    }
    variables = {
        name: [v for member in keras.tree.flatten(network) for v in member.trainable_variables]
        for name, network in networks.items()
    }
    before = {name: [np.array(v) for v in owned] for name, owned in variables.items()}
    update()
    return {
        name
        for name, owned in variables.items()
        if any((np.array(v) != old).any() for v, old in zip(owned, before[name], strict=True))
    }


def test_each_update_moves_its_own_networks_and_no_other(tiny_config, batch):
    model = EMIXER(tiny_config.replace(adversarial_loss="log"))
    model.compile()
    step, zero = model._step, tf.constant(0)
    adversarial = []

    def train_generator():
        adversarial[:] = step.train_generator(batch, zero)[0]

    moved = networks_that_move(model, lambda: step.train_discriminators(batch, zero, zero))
    assert moved == {"discriminators"}
    assert networks_that_move(model, train_generator) == {"generator"}
    moved = networks_that_move(model, lambda: step.train_decoder(batch, adversarial))
    assert moved == {"decoder", "encoder", "label reader"}


def test_generator_step_changes_nothing_in_the_discriminators(model, batch):
    before = [d.get_weights() for d in model.discriminators]
    model._step.generator_gradients(batch, tf.constant(0))
    for weights, discriminator in zip(before, model.discriminators, strict=True):
        for old, new in zip(weights, discriminator.get_weights(), strict=True):
            np.testing.assert_array_equal(old, new)


def test_turned_films_never_reach_the_real_or_fake_logit(model, batch, monkeypatch):
    seen = []
    discriminator = model.image_discriminator
    features, logits = discriminator.features, discriminator.logits
    whole = {}

    def spy_features(images, training=False):
        whole["images"], whole["features"] = images, features(images, training=training)
        return whole["features"]

    def spy_logits(rows, *args, **kwargs):
        seen.append(np.array(rows))
        return logits(rows, *args, **kwargs)

    monkeypatch.setattr(discriminator, "features", spy_features)
    monkeypatch.setattr(discriminator, "logits", spy_logits)
    model._step.discriminator_gradients(batch, tf.constant(0), tf.constant(0))
    size = batch["image"].shape[0]
    assert len(seen) == 1
    assert seen[0].shape[0] == 2 * size
    np.testing.assert_array_equal(whole["images"][:size], batch["image"])
    np.testing.assert_array_equal(seen[0], whole["features"][: 2 * size])


def test_a_weight_of_zero_removes_the_network(tiny_config, make_studies):
    config = tiny_config.replace(
        report_weight=0,
        joint_weight=0,
        rotation_weight_discriminator=0,
        rotation_weight_generator=0,
        label_weight_generator=0,
        encoder_label_weight=0,
    )
    model = EMIXER(config)
    model.compile()
    assert model.report_discriminator is None
    assert model.joint_discriminator is None
    logs = model.train_on_batch(make_studies(config, config.studies_per_step), return_dict=True)
    assert model.label_reader is None
    absent = {"d_report", "d_joint", "d_rotation", "g_rotation", "g_labels", "encoder_labels"}
    assert not absent & set(logs)


def test_without_teacher_forcing_the_decoder_learns_from_the_discriminators_alone(
    tiny_config, make_studies
):
    model = EMIXER(tiny_config.replace(teacher_forcing_weight=0))
    model.compile()
    studies = make_studies(model.config, model.config.studies_per_step)
    batch = with_conditioning({key: tf.constant(value) for key, value in studies.items()})
    gradients, losses = model._step.real_pair_gradients(batch)
    assert set(losses) == {"encoder_labels"}
    reached = [
        variable
        for variable, gradient in zip(model.describer_variables, gradients, strict=True)
        if gradient is not None and np.any(gradient)
    ]
    decoder = {id(variable) for variable in model.report_decoder.trainable_variables}
    assert reached
    assert not decoder & {id(variable) for variable in reached}
    before = model.report_decoder.get_weights()
    logs = model.train_on_batch(studies, return_dict=True)
    assert not {"words", "stop"} & set(logs)
    after = model.report_decoder.get_weights()
    assert any((old != new).any() for old, new in zip(before, after, strict=True))


def test_label_reader_learns_from_labelled_real_films_and_rewards_the_generator(model, batch):
    reader = model.label_reader.kernel
    place = [variable is reader for variable in model.describer_variables].index(True)

    def reader_gradient(changed):
        return np.array(model._step.real_pair_gradients({**batch, **changed})[0][place])

    assert np.abs(reader_gradient({"labels": 1 - batch["labels"]}) - reader_gradient({})).max() > 0
    unlabelled = tf.zeros_like(batch["labelled_weights"])
    assert not reader_gradient({"labelled_weights": unlabelled}).any()
    _, logs = model._step.generator_gradients(batch, tf.constant(0))
    asked_otherwise = {**batch, "fake_labelled_weights": 2 * batch["fake_labelled_weights"]}
    _, doubled = model._step.generator_gradients(asked_otherwise, tf.constant(0))
    assert float(doubled["g_labels"]) == pytest.approx(2 * float(logs["g_labels"]), rel=1e-4)


def test_an_unknown_label_teaches_nothing(model, batch):
    reader = model.label_reader.kernel
    place = [variable is reader for variable in model.describer_variables].index(True)
    known = {"label_mask": batch["label_mask"] * tf.constant([1.0, 0.0, 1.0])}
    otherwise = {"labels": tf.abs(batch["labels"] - tf.constant([0.0, 1.0, 0.0]))}

    def reader_gradient(changed):
        return np.array(model._step.real_pair_gradients({**batch, **changed})[0][place])

    first = reader_gradient(known)
    np.testing.assert_array_equal(reader_gradient({**known, **otherwise}), first)
    assert not first[:, 1].any()
    assert np.abs(reader_gradient(otherwise) - reader_gradient({})).max() > 0


def test_each_update_reads_fresh_studies(tiny_config, make_studies, monkeypatch):
    model = EMIXER(tiny_config)
    model.compile()
    read = []
    train = model._step.train_discriminators

    def spy(batch, step, number):
        read.append(np.array(batch["image"]))
        return train(batch, step, number)

    monkeypatch.setattr(model._step, "_train_discriminators", spy)
    studies = make_studies(tiny_config, tiny_config.studies_per_step)
    model._step({key: tf.constant(value) for key, value in studies.items()})
    assert len(read) == 2
    np.testing.assert_array_equal(
        np.stack(read, 1).reshape(studies["image"].shape), studies["image"]
    )


def test_averaged_networks_follow_and_statistics_are_reestimated(tiny_config, make_studies):
    model = EMIXER(tiny_config)
    model.compile()
    before = model.averaged_decoder.get_weights()
    model.train_on_batch(make_studies(tiny_config, tiny_config.studies_per_step))
    trained, averaged = model.report_decoder.get_weights(), model.averaged_decoder.get_weights()
    assert any(np.abs(a - b).max() > 0 for a, b in zip(averaged, before, strict=True))
    assert all(np.isfinite(a).all() for a in trained)
    statistics = np.array(model.averaged_generator.final_norm.moving_variance)
    model.refresh_statistics()
    refreshed = np.array(model.averaged_generator.final_norm.moving_variance)
    assert np.abs(statistics - refreshed).max() > 0
    model.refresh_statistics()
    np.testing.assert_array_equal(refreshed, model.averaged_generator.final_norm.moving_variance)


@pytest.mark.parametrize(
    ("half_life", "weights"),
    [
        ("label_reward_half_life", ["label_weight_generator"]),
        ("report_judge_half_life", ["report_weight", "joint_weight"]),
    ],
)
def test_a_weight_is_halved_with_every_half_life_of_passes(tiny_config, batch, half_life, weights):
    a_quarter = {name: getattr(tiny_config, name) / 4 for name in weights}
    configurations = {
        "fading": tiny_config.replace(**{half_life: 2.0}, training_studies=8),
        "plain": tiny_config,
        "a quarter": tiny_config.replace(**a_quarter),
    }
    first = {}
    for name, config in configurations.items():
        model = EMIXER(config)
        model.compile()
        for step in (0, 4):  # 4 steps that read 8 studies: two half-lives
            gradients, _ = model._step.generator_gradients(batch, tf.constant(step))
            first[name, step] = np.array(gradients[0])
    np.testing.assert_allclose(first["fading", 0], first["plain", 0], rtol=1e-5, atol=1e-7)
    np.testing.assert_allclose(first["fading", 4], first["a quarter", 4], rtol=1e-5, atol=1e-7)
    assert np.abs(first["fading", 4] - first["plain", 4]).max() > 1e-5


def test_shifted_pairs_change_what_the_encoder_learns_from_and_not_what_is_measured(
    tiny_config, batch
):
    model = EMIXER(tiny_config.replace(shift_pairs=True))
    model.compile()
    step, networks = model._step, (model.image_encoder, model.report_decoder)
    measured = step.real_pair_losses(batch, *networks, training=False)
    first = step.real_pair_losses(batch, *networks, training=True)
    again = step.real_pair_losses(batch, *networks, training=True)
    plain = EMIXER(tiny_config)
    plain.compile()
    expected = plain._step.real_pair_losses(
        batch, plain.image_encoder, plain.report_decoder, training=False
    )
    for name, loss in first.items():
        assert float(loss) == float(again[name])  # the same update, the same films
        assert float(measured[name]) == pytest.approx(float(expected[name]), rel=1e-5)
    assert float(first["encoder_labels"]) != float(measured["encoder_labels"])
    model.decoder_optimizer.iterations.assign(1)
    later = step.real_pair_losses(batch, *networks, training=True)
    assert float(later["encoder_labels"]) != float(first["encoder_labels"])
