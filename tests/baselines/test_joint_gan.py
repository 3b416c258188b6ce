import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines.joint_gan import JointGAN
from emixer_tf.baselines.joint_generators import JointGenerators, known_labels
from emixer_tf.baselines.softmax_critic import KINDS, MADE
from emixer_tf.training.conditioning import with_conditioning

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def model(tiny_config, tiny_vocabulary, make_studies):
    model = JointGAN(JointGAN.adapted(tiny_config), vocabulary=tiny_vocabulary)
    model.compile()
    studies = make_studies(tiny_config, tiny_config.studies_per_step)
    studies["reported"][1] = studies["labelled"][2] = 0
    model.logs = model.train_on_batch(studies, return_dict=True)
    return model


@pytest.fixture
def batch(tiny_config, make_studies):
    return conditioned(make_studies(tiny_config, tiny_config.batch_size))


def conditioned(studies):
    return with_conditioning({key: tf.constant(value) for key, value in studies.items()})


def networks_of(model):
    return {
        "film generator": model.generators.film_generator,
        "film reader": model.generators.film_reader,
        "report generator": model.generators.report_generator,
        "critic": model.critic,
        "report encoder": model.encoder,
        "report decoder": model.report_decoder,
    }


def networks_that_move(model, update):
    """Return the names of the networks of which a trainable weight is another after `update`."""
    owned = {name: network.trainable_variables for name, network in networks_of(model).items()}
    before = {name: [np.array(v) for v in variables] for name, variables in owned.items()}
    update()
    return {
        name
        for name, variables in owned.items()
        if any((np.array(v) != b).any() for v, b in zip(variables, before[name], strict=True))
    }


def networks_reached(model, loss, tape):
    return {
        name
        for name, network in networks_of(model).items()
        if any(
            gradient is not None and np.any(tf.convert_to_tensor(gradient))
            for gradient in tape.gradient(loss, network.trainable_variables)
        )
    }


# === The pairs ===


class Spy:
    """Runs generators, and keeps what went in and what came out."""

    def __init__(self, monkeypatch, generators):
        self.films, self.reports = [], []
        for name, calls in (("film", self.films), ("report", self.reports)):
            monkeypatch.setattr(generators, name, self.watched(getattr(generators, name), calls))

    @staticmethod
    def watched(make, calls):
        def call(noise, known, condition=None, training=False):
            made = make(noise, known, condition, training=training)
            calls.append((np.array(known), condition, np.array(made)))
            return made

        return call

    def origin(self, calls, made):
        """Return known labels and condition of the call that made the rows `made`."""
        found = [call for call in calls if np.array_equal(call[2], made)]
        assert len(found) == 1
        return found[0][:2]


@pytest.mark.parametrize(("update", "kinds"), [("critic", KINDS), ("generators", MADE)])
def test_each_class_holds_the_pairs_of_its_kind(
    model, tiny_config, make_studies, monkeypatch, update, kinds
):
    studies = make_studies(tiny_config, tiny_config.batch_size)
    studies["labelled"][1] = 0
    studies["labels"][1] = 1 - studies["labels"][2]  # from which its fake labels are borrowed
    batch = conditioned(studies)
    known = np.array(known_labels(batch["labels"], batch["labelled"]))
    asked = np.array(known_labels(batch["fake_labels"], batch["fake_labelled"]))
    assert not known[1].any()
    assert asked[1, -1] == 1

    spy, seen = Spy(monkeypatch, model.generators), {}
    film_features, logits = model.critic.film_features, model.critic.logits

    def spy_features(films, training=False):
        seen["films"], seen["features"] = films, film_features(films, training=training)
        return seen["features"]

    def spy_logits(features, reports, labels, labelled, training=False):
        seen.update(rows=features, reports=reports, labels=labels, labelled=labelled)
        return logits(features, reports, labels, labelled, training=training)

    monkeypatch.setattr(model.critic, "film_features", spy_features)
    monkeypatch.setattr(model.critic, "logits", spy_logits)
    zero = tf.constant(0)
    if update == "critic":
        model._step.discriminator_gradients(batch, zero, zero)
    else:
        model._step.generator_gradients(batch, zero)

    def by_kind(rows):
        return dict(zip(kinds, np.split(np.array(rows), len(kinds)), strict=True))

    films = np.split(np.array(seen["films"]), 4)
    features = np.split(np.array(seen["features"]), 4)
    film_of = {}
    for kind, rows in by_kind(seen["rows"]).items():
        (place,) = [i for i, own in enumerate(features) if np.array_equal(own, rows)]
        film_of[kind] = films[place]
    report_of = by_kind(seen["reports"])
    real_reports = model.encoder(*model.report_decoder.embed(batch["tokens"]))

    if update == "critic":
        np.testing.assert_array_equal(film_of["real"], batch["image"])
        np.testing.assert_array_equal(report_of["real"], real_reports)
    # q(x) p(y|x): the real film made the report, which was told no labels.
    np.testing.assert_array_equal(film_of["report_of_film"], batch["image"])
    told, film = spy.origin(spy.reports, report_of["report_of_film"])
    np.testing.assert_array_equal(film, batch["image"])
    assert not told.any()
    # q(y) p(x|y)
    np.testing.assert_array_equal(report_of["film_of_report"], real_reports)
    told, report = spy.origin(spy.films, film_of["film_of_report"])
    np.testing.assert_array_equal(report, real_reports)
    np.testing.assert_array_equal(told, known)
    # p(x) p(y|x)
    told, report = spy.origin(spy.films, film_of["film_first"])
    assert report is None
    np.testing.assert_array_equal(told, asked)
    told, film = spy.origin(spy.reports, report_of["film_first"])
    np.testing.assert_array_equal(film, film_of["film_first"])
    np.testing.assert_array_equal(told, asked)
    # p(y) p(x|y)
    told, film = spy.origin(spy.reports, report_of["report_first"])
    assert film is None
    np.testing.assert_array_equal(told, asked)
    told, report = spy.origin(spy.films, film_of["report_first"])
    np.testing.assert_array_equal(report, report_of["report_first"])
    np.testing.assert_array_equal(told, asked)
    labels_of, labelled_of = by_kind(seen["labels"]), by_kind(seen["labelled"])
    for kind in kinds:
        made_from = "fake_" if kind in ("film_first", "report_first") else ""
        np.testing.assert_array_equal(labels_of[kind], batch[f"{made_from}labels"])
        np.testing.assert_array_equal(labelled_of[kind], batch[f"{made_from}labelled"])


def test_gradients_of_each_kind_reach_the_generators_that_made_it(model, batch):
    stream = model._step.generator_stream(tf.constant(0))
    with tf.GradientTape(persistent=True) as tape:
        losses = model._step.made_losses(batch, stream)
    expected = {
        "report_of_film": {"film reader", "report generator"},
        "film_of_report": {"film generator"},
        "film_first": {"film generator", "film reader", "report generator"},
        "report_first": {"film generator", "report generator"},
    }
    assert set(expected) == set(MADE)
    for kind, names in expected.items():
        assert networks_reached(model, losses[kind], tape) == names | {"critic"}, kind


def test_marginal_and_conditional_generators_share_their_weights(model):
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((2, model.config.noise_dim)).astype("float32")
    known = np.zeros((2, len(model.config.labels) + 1), "float32")
    make = model.generators
    zeros = np.zeros((2, make.report_generator.features), "float32")
    np.testing.assert_array_equal(make.film(noise, known), make.film(noise, known, zeros))
    other = make.film(noise, known, zeros + 1)
    assert np.abs(np.array(make.film(noise, known)) - other).max() > 1e-3
    films = rng.uniform(-1, 1, (2, 16, 16, 1)).astype("float32")
    of_films = np.array(make.report(noise, known, films))
    assert np.abs(np.array(make.report(noise, known)) - of_films).max() > 1e-3
    np.testing.assert_allclose(np.square(of_films).mean(axis=1), 1, rtol=1e-4)


def test_generators_are_made_again_from_their_config(model):
    config = json.loads(json.dumps(model.generators.get_config()))
    again = JointGenerators.from_config(config)
    again([np.zeros((1, model.noise_dim), "float32"), np.zeros((1, 3), "float32")])
    assert [v.shape for v in again.variables] == [v.shape for v in model.generators.variables]


# === What learns from what ===


def test_each_update_moves_its_own_networks_and_no_other(model, batch):
    step, zero = model._step, tf.constant(0)
    moved = networks_that_move(model, lambda: step.train_discriminators(batch, zero, zero))
    assert moved == {"critic"}
    moved = networks_that_move(model, lambda: step.train_generator(batch, zero))
    assert moved == {"film generator", "film reader", "report generator"}
    moved = networks_that_move(model, lambda: step.train_decoder(batch, []))
    assert moved == {"report encoder", "report decoder"}


def test_every_variable_of_critic_and_generators_learns(model, batch):
    zero = tf.constant(0)
    for variables, (gradients, _) in (
        (model.discriminator_variables, model._step.discriminator_gradients(batch, zero, zero)),
        (model.generator_variables, model._step.generator_gradients(batch, zero)),
        (model.describer_variables, model._step.real_pair_gradients(batch)),
    ):
        still = [
            variable.path
            for variable, gradient in zip(variables, gradients, strict=True)
            if gradient is None or not np.any(tf.convert_to_tensor(gradient))
        ]
        assert still == []


def test_the_weight_of_the_critic_scales_what_generators_learn(model, batch, monkeypatch):
    weights, gradients = model.get_weights(), []
    for weight in (1.0, 3.0):
        monkeypatch.setattr(model._step, "config", model.config.replace(joint_weight=weight))
        model.set_weights(weights)
        first, logs = model._step.generator_gradients(batch, tf.constant(0))
        gradients.append(np.array(first[0]))
    np.testing.assert_allclose(gradients[1], 3 * gradients[0], rtol=1e-3, atol=1e-7)
    assert float(logs["g_joint"]) == pytest.approx(
        np.mean([float(logs[f"g_{kind}"]) for kind in MADE]), rel=1e-5
    )


def test_the_words_of_a_study_without_report_teach_nothing(model, tiny_config, make_studies):
    studies = make_studies(tiny_config, tiny_config.batch_size)
    zero = tf.constant(0)

    def gradients():
        batch = conditioned(studies)
        return [
            np.array(gradient)
            for gradient in (
                model._step.discriminator_gradients(batch, zero, zero)[0][-1],
                model._step.generator_gradients(batch, zero)[0][0],
                model._step.real_pair_gradients(batch)[0][-1],
            )
        ]

    weights = model.get_weights()

    def change(reported):
        """Return how far gradients move when study 1 has other words."""
        studies["reported"][1] = reported
        model.set_weights(weights)
        first = gradients()
        studies["tokens"][1] = studies["tokens"][1][::-1]
        model.set_weights(weights)
        return [np.abs(a - b).max() for a, b in zip(first, gradients(), strict=True)]

    assert change(0.0) == [0, 0, 0]
    assert min(change(1.0)) > 0


def test_labels_of_unlabelled_studies_reach_no_generator(model, tiny_config, make_studies):
    studies = make_studies(tiny_config, tiny_config.batch_size)
    studies["labelled"][1] = 0
    weights = model.get_weights()

    def loss():
        model.set_weights(weights)
        return float(
            model._step.generator_gradients(conditioned(studies), tf.constant(0))[1]["g_joint"]
        )

    first = loss()
    studies["labels"][1] = 1 - studies["labels"][1]
    assert loss() == first
    studies["labels"][0] = 1 - studies["labels"][0]
    assert loss() != first


# === What it makes ===


def test_what_is_logged_is_what_is_named(model):
    assert set(model.logs) == {*model.value_names(), "word_perplexity"}
    assert all(np.isfinite(float(value)) for value in model.logs.values())


def test_same_seed_gives_same_bytes_in_any_company(model):
    many = model.generate({"Edema": 1}, n=5, seed=3)
    few = model.generate([{"Edema": 1}] * 2, seed=3)
    np.testing.assert_array_equal(many.images[:2], few.images)
    assert many.reports[:2] == few.reports
    other = model.generate({"Edema": 1}, n=5, seed=4)
    assert (many.images != other.images).any(axis=(1, 2, 3)).all()


def test_studies_are_made_film_first(model):
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((2, model.noise_dim)).astype("float32")
    labels = np.eye(2, len(model.config.labels), dtype="float32")
    films, reports = model.averaged_generator([noise, labels])
    other = noise.copy()
    other[:, model.config.noise_dim :] += 1
    same_films, other_reports = model.averaged_generator([other, labels])
    np.testing.assert_array_equal(films, same_films)
    assert np.abs(np.array(reports) - other_reports).max() > 1e-3
    other = noise.copy()
    other[:, : model.config.noise_dim] += 1
    other_films, other_reports = model.averaged_generator([other, labels])
    assert np.abs(np.array(films) - other_films).max() > 1e-3
    # The report's own noise is the same: it is another as the film is another.
    assert np.abs(np.array(reports) - other_reports).max() > 1e-4


def test_descriptions_are_read_off_films(model):
    films = np.random.default_rng(0).uniform(-1, 1, (3, 16, 16, 1)).astype("float32")
    assert model.describe(films) == model.describe(films, seed=5)
    codes = model.averaged_generator.report(
        np.zeros((3, model.config.noise_dim), "float32"), np.zeros((3, 4), "float32"), films
    )
    assert np.abs(np.array(codes)[0] - np.array(codes)[1]).max() > 1e-3
    np.testing.assert_array_equal(model.averaged_generator.typical_report(films), codes)
    shape = (3, model.config.sentences, model.config.words)
    tokens = model.averaged_decoder.sample(codes, tf.zeros(shape), tf.zeros(3), tf.ones(3))
    assert model.describe(films) == model._texts(np.array(tokens))
    with pytest.raises(ValueError, match=r"shape \[n, 16, 16, 1\] are needed"):
        model.describe(films[:, :8])


def test_statistics_are_reestimated_over_films_and_their_reports(model):
    model.statistics_step.assign(0)
    layers = [
        model.averaged_generator.film_generator.final_norm,
        model.averaged_generator.film_reader.stages[0][1],
        model.averaged_generator.report_generator.norms[1],
    ]
    before = [np.array(layer.moving_variance) for layer in layers]
    model.refresh_statistics()
    for layer, old in zip(layers, before, strict=True):
        assert np.abs(np.array(layer.moving_variance) - old).max() > 0


def test_preset_folder_and_keras_file_keep_model_and_optimizers(model, tmp_path):
    model.save_to_preset(tmp_path / "preset")
    model.save(tmp_path / "model.keras")
    restored = JointGAN.from_preset(tmp_path / "preset")
    for copy in (restored, keras.models.load_model(tmp_path / "model.keras")):
        assert isinstance(copy, JointGAN)
        assert copy.vocabulary == model.vocabulary
        for name in ("optimizer", "decoder_optimizer", "discriminator_optimizer"):
            old, new = getattr(model, name), getattr(copy, name)
            for a, b in zip(old.variables, new.variables, strict=True):
                np.testing.assert_array_equal(np.array(a), np.array(b))
        for a, b in zip(model.get_weights(), copy.get_weights(), strict=True):
            np.testing.assert_array_equal(a, b)
    expected = model.generate({"Edema": 1}, n=2, seed=0)
    studies = restored.generate({"Edema": 1}, n=2, seed=0)
    np.testing.assert_array_equal(expected.images, studies.images)
    assert expected.reports == studies.reports


def test_a_configuration_of_emixer_is_refused_and_can_be_adapted(tiny_config):
    with pytest.raises(ValueError, match=r"JointGAN has no such term: report_weight.*adapted"):
        JointGAN(tiny_config)
    assert JointGAN.adapted(tiny_config).joint_weight == 1


@pytest.mark.parametrize("name", ["teacher_forcing_weight", "joint_weight"])
def test_without_reports_or_critic_there_is_nothing_to_learn(tiny_config, name):
    told = rf"JointGAN learns only with {name} above 0\. Received: {name}=0\. Remedy: give"
    with pytest.raises(ValueError, match=told):
        JointGAN(JointGAN.adapted(tiny_config).replace(**{name: 0}))
