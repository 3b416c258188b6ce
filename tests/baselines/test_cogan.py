import keras
import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines import CoGAN
from emixer_tf.baselines.cogan_step import _REAL, CoupledStep
from emixer_tf.config import EmixerConfig
from emixer_tf.models.emixer import EMIXER
from emixer_tf.random_stream import RandomStream

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def config(tiny_config):
    return CoGAN.adapted(tiny_config)


def learner(config, **changes):
    model = CoGAN(config.replace(**changes))
    model.compile()
    return model


def studies_of(config, make_studies):
    studies = make_studies(config, config.batch_size)
    studies["labelled"][1] = studies["reported"][2] = 0
    return {key: tf.constant(value) for key, value in studies.items()}


@pytest.fixture(scope="module")
def model(config):
    # With the hinge loss, real and fake cancel exactly in a head's bias while inside the margin.
    return learner(config, adversarial_loss="log")


@pytest.fixture
def batch(model, make_studies):
    return model._step.prepared(studies_of(model.config, make_studies))


@pytest.fixture
def inputs(config):
    rng = np.random.default_rng(0)
    noise = rng.standard_normal((4, config.noise_dim)).astype("float32")
    return noise, (rng.random((4, 3)) < 0.5).astype("float32")


def ids(*layers):
    return {id(v) for layer in keras.tree.flatten(layers) for v in layer.trainable_variables}


def with_gradient(variables, gradients):
    return {
        id(variable)
        for variable, gradient in zip(variables, gradients, strict=True)
        if gradient is not None and np.any(tf.convert_to_tensor(gradient))
    }


# === Coupling ===


def generator_parts(generators):
    shared = [*generators.shared_layers, generators.code, generators.film_tower.label_embedding]
    reports = ids(generators.report_layers, generators.to_vector)
    films = ids(generators.film_tower) - ids(generators.film_tower.label_embedding)
    return ids(shared), films, reports


def test_films_and_reports_come_out_of_the_same_first_layers(model, inputs):
    generators = model.generators
    shared, films, reports = generator_parts(generators)
    with tf.GradientTape(persistent=True) as tape:
        made = generators(inputs, training=True)
        losses = [tf.reduce_sum(tf.square(part - 0.3)) for part in made]
    variables = generators.trainable_variables
    reached = [with_gradient(variables, tape.gradient(loss, variables)) for loss in losses]
    assert reached[0] == shared | films
    assert reached[1] >= shared | reports - {id(generators.to_vector.bias)}
    assert reached[1] <= shared | reports
    assert len({id(v) for v in variables}) == len(variables) == len(shared | films | reports)


def test_learning_films_alone_changes_the_reports(config, inputs):
    model = learner(config)
    generators = model.generators
    _, _, own = generator_parts(generators)
    own = [v for v in generators.trainable_variables if id(v) in own]
    before, weights = np.array(generators(inputs)[1]), [np.array(v) for v in own]
    with tf.GradientTape() as tape:
        films, _ = generators(inputs, training=True)
        loss = tf.reduce_mean(films)
    variables = generators.trainable_variables
    for variable, gradient in zip(variables, tape.gradient(loss, variables), strict=True):
        if gradient is not None:
            variable.assign_sub(gradient)
    assert np.abs(np.array(generators(inputs)[1]) - before).max() > 1e-3
    for variable, old in zip(own, weights, strict=True):
        np.testing.assert_array_equal(np.array(variable), old)


def test_one_noise_moves_film_and_report(model, inputs, config):
    noise, labels = inputs
    films, vectors = (np.array(part) for part in model.generators([noise, labels]))
    for column in (0, config.noise_dim - 1):  # of the shared part, and of the rest
        moved = noise.copy()
        moved[:, column] += 1
        other_films, other_vectors = model.generators([moved, labels])
        assert np.abs(films - other_films).max() > 1e-5
        assert np.abs(vectors - other_vectors).max() > 1e-5
    np.testing.assert_allclose(np.square(vectors).mean(axis=-1), 1, rtol=1e-4)


def test_films_and_reports_are_judged_by_the_same_last_layers(model, batch):
    critics = model.discriminators
    shared = ids(critics.shared, critics.real_or_fake, critics.label_projection)
    films = ids(critics.film_trunk, critics.film_projection)
    reports = ids(critics.report_layers, critics.report_projection)
    vectors = model.encoder(*model.report_decoder.embed(batch["tokens"]))
    with tf.GradientTape(persistent=True) as tape:
        logits = critics(batch["image"], vectors, batch["labels"], batch["labelled"])
        losses = [tf.reduce_sum(tf.square(part - 0.3)) for part in logits]
    variables = critics.trainable_variables
    reached = [with_gradient(variables, tape.gradient(loss, variables)) for loss in losses]
    assert reached == [shared | films, shared | reports]
    assert len(variables) == len(shared | films | reports)


def test_the_projection_is_left_out_where_labels_are_unknown(model):
    critics = model.discriminators
    features = np.random.default_rng(0).normal(size=(2, critics.units)).astype("float32")
    labels = np.array([[1, 0, 1]] * 2, "float32")
    logits = np.array(critics.logits(features, labels, np.array([1, 0], "float32")))
    x = features + critics.shared(keras.ops.leaky_relu(features))
    linear = np.array(critics.real_or_fake(x))[:, 0]
    rows = np.array(critics.label_projection.normalized_kernel(training=False))
    expected = np.add(linear, [np.array(x)[0] @ (rows[0] + rows[2]), 0.0])
    np.testing.assert_allclose(logits, expected, rtol=1e-5)


# === Learning ===


def test_the_game_is_the_sum_of_both_domains(model, batch):
    made = {}
    critics, step = model.discriminators, model._step
    report_features = critics.report_features

    def spy(vectors, training=False):
        made["vectors"] = vectors
        return report_features(vectors, training=False)  # the power iterations stay where they are

    def logits_at_rest(features, labels, labelled, training=False):
        return logits_of(features, labels, labelled, training=False)

    logits_of = critics.logits
    critics.report_features, critics.logits = spy, logits_at_rest
    try:
        _, logs = step.discriminator_gradients(batch, tf.constant(0), tf.constant(0))
    finally:
        critics.report_features, critics.logits = report_features, logits_of
    vectors = np.array(made["vectors"])
    real = model.encoder(*model.report_decoder.embed(batch["tokens"]))
    real = step.disturbed(real, step.discriminator_stream(tf.constant(0), tf.constant(0)), _REAL)
    np.testing.assert_allclose(vectors[:4], real, atol=1e-6)
    labels = np.concatenate([batch["labels"], batch["fake_labels"]])
    labelled = np.concatenate([batch["labelled"], batch["fake_labelled"]])
    logits = np.array(critics.logits(report_features(vectors), labels, labelled))
    reported = np.delete(np.log1p(np.exp(-logits[:4])), 2)  # study 2 has no report
    expected = reported.mean() + np.log1p(np.exp(logits[4:])).mean()
    assert float(logs["d_report"]) == pytest.approx(expected, rel=1e-4)


def test_weights_scale_the_domains(model, batch):
    step, weights, zero = CoupledStep(model), model.get_weights(), tf.constant(0)

    def gradients(image_weight, report_weight):
        model.set_weights(weights)
        step.config = model.config.replace(image_weight=image_weight, report_weight=report_weight)
        values = [
            *step.generator_gradients(batch, zero)[0],
            *step.discriminator_gradients(batch, zero, zero)[0],
        ]
        return [np.array(value) for value in values]

    try:
        terms = gradients(1.0, 0.0), gradients(1.0, 1.0), gradients(2.0, 3.0)
    finally:
        model.set_weights(weights)
    for films, both, weighed in zip(*terms, strict=True):
        expected = 2 * films + 3 * (both - films)
        np.testing.assert_allclose(weighed, expected, rtol=1e-3, atol=1e-4 * np.abs(both).max())


def test_every_variable_learns_in_one_of_the_three_updates(model, batch):
    step = model._step
    gradients, _ = step.discriminator_gradients(batch, tf.constant(0), tf.constant(0))
    variables = model.discriminator_variables
    assert with_gradient(variables, gradients) == ids(model.discriminators)
    gradients, _ = step.generator_gradients(batch, tf.constant(0))
    assert with_gradient(model.generator_variables, gradients) == ids(model.generators)
    gradients, _ = step.real_pair_gradients(batch)
    learnt = with_gradient(model.describer_variables, gradients)
    assert learnt == ids(model.encoder, model.report_decoder)


def test_each_update_moves_its_own_networks_and_no_other(config, make_studies):
    model = learner(config, adversarial_loss="log")
    batch, zero = model._step.prepared(studies_of(config, make_studies)), tf.constant(0)
    networks = {
        "generators": model.generators,
        "discriminators": model.discriminators,
        "encoder": model.encoder,
        "decoder": model.report_decoder,
    }

    def moved_by(update):
        before = {
            name: [np.array(v) for v in network.trainable_variables]
            for name, network in networks.items()
        }
        update()
        return {
            name
            for name, network in networks.items()
            if any(
                (np.array(v) != old).any()
                for v, old in zip(network.trainable_variables, before[name], strict=True)
            )
        }

    step = model._step
    assert moved_by(lambda: step.train_discriminators(batch, zero, zero)) == {"discriminators"}
    assert moved_by(lambda: step.train_generator(batch, zero)) == {"generators"}
    assert moved_by(lambda: step.train_decoder(batch, [])) == {"encoder", "decoder"}


def test_disturbed_vectors_are_neighbours_on_the_sphere(model):
    vectors = np.random.default_rng(0).normal(size=(4, 4000)).astype("float32")
    vectors /= np.sqrt(np.square(vectors).mean(axis=-1, keepdims=True))
    step = model._step
    moved = np.array(step.disturbed(tf.constant(vectors), RandomStream(0, 3), _REAL))
    np.testing.assert_allclose(np.square(moved).mean(axis=-1), 1, rtol=1e-4)
    cosines = (moved * vectors).mean(axis=-1)
    np.testing.assert_allclose(cosines, (1 + step.DISTURBANCE**2) ** -0.5, atol=0.02)
    assert len(np.unique(cosines)) == 4


# === As a study generator ===


@pytest.fixture(scope="module")
def trained(config, make_studies, tiny_vocabulary):
    model = CoGAN(config, vocabulary=tiny_vocabulary)
    model.compile()
    studies = make_studies(config, config.studies_per_step)
    studies["reported"][1] = studies["labelled"][2] = 0
    model.logs = model.train_on_batch(studies, return_dict=True)
    return model


def test_a_step_logs_every_value(trained):
    assert set(trained.value_names()) | {"word_perplexity"} == set(trained.logs)
    assert all(np.isfinite(float(value)) for value in trained.logs.values())


def test_same_seed_gives_same_bytes_in_any_company(trained):
    many = trained.generate({"Edema": 1}, n=5, seed=3)
    few = trained.generate([{"Edema": 1}] * 2, seed=3)
    np.testing.assert_array_equal(many.images[:2], few.images)
    assert many.reports[:2] == few.reports
    assert all(many.reports)
    other = trained.generate({"Edema": 1}, n=5, seed=4)
    assert (many.images != other.images).any(axis=(1, 2, 3)).all()


def assert_same_state(model, restored):
    for name in ("optimizer", "decoder_optimizer", "discriminator_optimizer"):
        old, new = getattr(model, name), getattr(restored, name)
        for a, b in zip(old.variables, new.variables, strict=True):
            np.testing.assert_array_equal(np.array(a), np.array(b))
    for a, b in zip(model.get_weights(), restored.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_preset_and_a_keras_file_hold_all_of_it(trained, tmp_path):
    trained.save_to_preset(tmp_path / "preset")
    trained.save(tmp_path / "model.keras")
    expected = trained.generate({"Edema": 1}, n=2, seed=0)
    for restored in (
        CoGAN.from_preset(tmp_path / "preset"),
        keras.models.load_model(tmp_path / "model.keras"),
    ):
        assert isinstance(restored, CoGAN)
        assert_same_state(trained, restored)
        studies = restored.generate({"Edema": 1}, n=2, seed=0)
        np.testing.assert_array_equal(expected.images, studies.images)
        assert expected.reports == studies.reports


def test_the_budget_of_parameters_is_emixers():
    config = EmixerConfig.named("phantom_32")

    def learnt(model):
        groups = (
            model.generator_variables, model.describer_variables, model.discriminator_variables
        )  # fmt: skip
        return sum(int(np.prod(v.shape)) for group in groups for v in group)

    ours = learnt(CoGAN(CoGAN.adapted(config)))
    assert ours == pytest.approx(learnt(EMIXER(config)), rel=0.1)


def test_weights_it_has_no_term_for_and_weights_it_needs_are_named(tiny_config, config):
    with pytest.raises(ValueError, match=r"no such term: joint_weight.*CoGAN\.adapted"):
        CoGAN(tiny_config)
    needed = r"learns only with report_weight above 0\. Received: report_weight=0\. Remedy: give"
    with pytest.raises(ValueError, match=needed):
        CoGAN(config.replace(report_weight=0))
    both = r"report_weight and teacher_forcing_weight above 0\. Received: report_weight=0, teach"
    with pytest.raises(ValueError, match=both):
        CoGAN.check_weights(config.replace(report_weight=0, teacher_forcing_weight=0))
