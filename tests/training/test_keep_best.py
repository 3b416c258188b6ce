import keras
import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.training.keep_best import KeepBest, fit_keeping_best


@pytest.fixture
def model():
    return keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])


def batches(updates, size=4):
    random = np.random.default_rng(0)
    films = random.normal(size=(updates, size, 2)).astype("float32")
    return tf.data.Dataset.from_tensor_slices((films, films.sum(axis=-1, keepdims=True)))


class Scores:
    """Scores as they are given; remembers the weights that were scored."""

    def __init__(self, values):
        self.values = list(values)
        self.weights = []

    def __call__(self, model):
        self.weights.append([weight.copy() for weight in model.get_weights()])
        return self.values[len(self.weights) - 1]


def trained(model, scores, updates):
    scores = Scores(scores)
    best = fit_keeping_best(model, batches(updates), updates, scores, 0.1, loss="mse")
    return best, scores


def same(first, second):
    return all(np.array_equal(one, two) for one, two in zip(first, second, strict=True))


@pytest.mark.parametrize(
    ("scores", "place"),
    [
        ([0.1, 0.7, 0.3, 0.2], 1),
        ([0.1, 0.2, 0.3, 0.7], 3),
        ([float("nan"), 0.2, float("nan"), 0.1], 1),
        ([0.5, 0.5, 0.5, 0.5], 0),
        ([-3.0, -2.0, -4.0, -float("inf")], 1),
    ],
)
def test_the_model_is_left_as_it_was_when_it_scored_best(model, scores, place):
    best, scored = trained(model, scores, updates=4)
    assert (best.best_epoch, best.best_score) == (place, scores[place])
    assert same(model.get_weights(), scored.weights[place])
    assert not any(same(scored.weights[place], other)
                   for number, other in enumerate(scored.weights) if number != place)  # fmt: skip


def test_statistics_of_norms_are_put_back_too(model):
    model = keras.Sequential([keras.Input((2,)), keras.layers.BatchNormalization(),
                              keras.layers.Dense(1)])  # fmt: skip
    _, scored = trained(model, [0.9, 0.1, 0.1, 0.1], updates=4)
    assert len(model.get_weights()) == 6
    assert same(model.get_weights(), scored.weights[0])


@pytest.mark.parametrize("value", [float("nan"), -float("inf")])
def test_no_score_that_is_a_number_is_a_sentence(model, value):
    with pytest.raises(FloatingPointError, match=r"never a number.*Remedy"):
        trained(model, [value] * 4, updates=4)


@pytest.mark.parametrize("updates", [1, 4, 7, 10, 19, 30])
def test_all_updates_are_run_and_validation_is_looked_at_ten_times_at_most(model, updates):
    _, scored = trained(model, [0.5] * 10, updates)
    assert int(model.optimizer.iterations) == updates
    assert 1 <= len(scored.weights) <= 10


def test_the_rate_falls_to_nothing(model):
    trained(model, [0.5] * 10, updates=20)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.0, abs=1e-7)


def test_a_second_phase_goes_on_from_the_best_of_the_first(model):
    _, first = trained(model, [0.1, 0.9, 0.2, 0.3], updates=4)
    started = []

    class Start(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            started.append(self.model.get_weights())

    model.fit(batches(1), callbacks=[Start()], shuffle=False, verbose=0)
    assert same(started[0], first.weights[1])


def test_it_works_with_any_fit(model):
    best = KeepBest(Scores([3, 2, 1]))
    model.compile("sgd", "mse")
    model.fit(batches(1), epochs=3, callbacks=[best], shuffle=False, verbose=0)
    assert best.best_epoch == 0
    assert isinstance(best.best_score, float)
