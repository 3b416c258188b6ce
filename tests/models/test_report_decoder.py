import numpy as np
import pytest
import tensorflow as tf
from keras import ops

from emixer_tf.config import END, PAD, START, UNK
from emixer_tf.models.repeated_sentences import without_repeated_sentences
from emixer_tf.models.report_decoder import ReportDecoder, straight_through_alive
from emixer_tf.models.report_targets import stop_targets, word_targets
from emixer_tf.models.word_sampling import nucleus_choice
from emixer_tf.random_stream import RandomStream
from emixer_tf.training.losses import cross_entropy

SENTENCES, WORDS, VOCABULARY = 3, 4, 9


@pytest.fixture(params=[(1, True), (3, True), (1, False)])
def decoder(request):
    word_layers, sentence_memory = request.param
    decoder = ReportDecoder(
        VOCABULARY,
        SENTENCES,
        WORDS,
        embedding_dim=5,
        units=6,
        features=7,
        topic_units=8,
        word_layers=word_layers,
        sentence_memory=sentence_memory,
    )
    decoder(ops.zeros((1, 7)), ops.zeros((1, SENTENCES, WORDS), "int32"))
    return decoder


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(size=(2, 7)).astype("float32")


@pytest.fixture
def tokens():
    return np.array([[[4, 5, 6, 7], [8, 0, 0, 0], [0] * 4], [[5, 5, 0, 0], [0] * 4, [0] * 4]])


def test_word_targets_close_sentences_where_there_is_room(tokens):
    targets, weights = word_targets(ops.convert_to_tensor(tokens, dtype="int32"))
    np.testing.assert_array_equal(targets[0], [[4, 5, 6, 7], [8, END, 0, 0], [0] * 4])
    np.testing.assert_array_equal(weights[0], [[1, 1, 1, 1], [1, 1, 0, 0], [0] * 4])
    np.testing.assert_array_equal(targets[1][0], [5, 5, END, 0])


def test_stop_stands_at_the_last_sentence(tokens):
    targets, weights = stop_targets(ops.convert_to_tensor(tokens, dtype="int32"))
    np.testing.assert_array_equal(targets, [[0, 1, 0], [1, 0, 0]])
    np.testing.assert_array_equal(weights, [[1, 1, 0], [1, 0, 0]])


def test_padding_has_no_loss_and_no_gradient(tokens):
    targets, weights = word_targets(ops.convert_to_tensor(tokens, dtype="int32"))
    logits = tf.Variable(np.random.default_rng(0).normal(size=(*tokens.shape, VOCABULARY)))
    with tf.GradientTape() as tape:
        loss = cross_entropy(targets, logits, tf.cast(weights, tf.float64))
    gradient = np.abs(tape.gradient(loss, logits)).sum(-1)
    assert (gradient[np.array(weights) == 0] == 0).all()
    assert (gradient[np.array(weights) == 1] > 0).all()
    logits.assign(logits + 5.0 * (1 - np.array(weights))[..., None] * np.arange(VOCABULARY))
    np.testing.assert_allclose(cross_entropy(targets, logits, tf.cast(weights, tf.float64)), loss)


def test_untaught_words_are_as_frequent_as_zipf_says(decoder, tokens):
    _, logits = decoder.teacher_forcing(np.zeros((2, 7), "float32"), tokens)
    expected = 1 / np.array([VOCABULARY, VOCABULARY, 1, 2, 3, 4, 5, 6, 7])
    probabilities = np.array(ops.softmax(logits))
    np.testing.assert_allclose(probabilities[0, 0, 0], expected / expected.sum(), rtol=0.2)


def test_teacher_forcing_does_not_see_the_word_it_predicts(decoder, features, tokens):
    _, before = decoder.teacher_forcing(features, tokens)
    changed = tokens.copy()
    changed[0, 0, 2] = 8
    _, after = decoder.teacher_forcing(features, changed)
    difference = np.abs(np.array(before) - np.array(after)).max(-1)
    assert (difference[0, 0, :3] == 0).all()
    assert difference[0, 0, 3] > 0
    assert (difference[1] == 0).all()
    later = difference[0, 1:]
    assert (later > 0).all() if decoder.sentence_memory else (later == 0).all()


def test_teacher_forcing_and_sampling_walk_the_same_states(decoder, features):
    zeros = np.zeros((2, SENTENCES, WORDS), "float32")
    drawn = decoder.sample(features, zeros, np.zeros(2, "float32"), np.ones(2, "float32"))
    drawn = np.array(drawn)
    _, logits = decoder.teacher_forcing(features, drawn)
    logits = np.array(logits)
    logits[..., [PAD, START, UNK]] = -np.inf
    logits[:, :, 0, END] = -np.inf
    predicted = logits.argmax(-1)
    np.testing.assert_array_equal(predicted[drawn > 0], drawn[drawn > 0])


@pytest.mark.parametrize("end_bias", [-50.0, 50.0])
@pytest.mark.parametrize("stop_bias", [-50.0, 50.0])
def test_generation_always_ends_and_says_something(decoder, features, end_bias, stop_bias):
    bias = np.zeros(VOCABULARY, "float32")
    bias[END] = end_bias
    decoder.word_head.bias.assign(bias)
    decoder.stop_head.bias.assign([stop_bias])
    uniforms = np.random.default_rng(0).random((2, SENTENCES, WORDS), dtype="float32")
    drawn = np.array(decoder.sample(features, uniforms, np.ones(2, "f"), np.ones(2, "f")))
    assert not np.isin(drawn, [START, END, UNK]).any()
    assert (drawn[:, 0, 0] > 0).all()
    assert (drawn[:, 1:].sum() == 0) == (stop_bias > 0)
    assert ((drawn[..., :-1] == 0) <= (drawn[..., 1:] == 0)).all(), "no word after padding"


def test_a_sentence_that_stands_already_is_left_out():
    a, b, c, empty = [4, 5], [6, 0], [7, 8], [0, 0]
    reports = np.array([[a, a, b, a, empty], [b, c, a, c, empty]])
    expected = np.array([[a, b, empty, empty, empty], [b, c, a, empty, empty]])
    np.testing.assert_array_equal(without_repeated_sentences(reports), expected)


def test_a_decoder_with_one_topic_says_it_once(decoder, features):
    for variable in decoder.topic_layers[-1].trainable_variables:
        variable.assign(ops.zeros_like(variable))
    decoder.stop_head.bias.assign([-50.0])
    uniforms = np.zeros((2, SENTENCES, WORDS), "float32")
    drawn = np.array(decoder.sample(features, uniforms, np.zeros(2, "f"), np.ones(2, "f")))
    assert (drawn[:, 0, 0] > 0).all()
    assert not drawn[:, 1:].any()


def test_top_p_keeps_the_nucleus():
    logits = np.log(np.array([[0.5, 0.3, 0.15, 0.05]], "float32"))

    def draw(uniform, temperature=1.0, top_p=0.7):
        vector = [np.array([value], "float32") for value in (uniform, temperature, top_p)]
        return int(nucleus_choice(logits, *vector)[0])

    # The nucleus of 0.7 is {0, 1}, renormalised to 5/8 and 3/8.
    assert [draw(u) for u in (0.0, 0.62, 0.63, 0.999)] == [0, 0, 1, 1]
    assert draw(0.999, top_p=1.0) == 3
    assert draw(0.999, temperature=0.0) == 0


def test_relaxed_words_are_embeddings_of_hard_choices(decoder, features):
    embedded, mask = decoder.relaxed(features, RandomStream(0, 0), 1.0, straight_through=True)
    table = np.array(decoder.embedding.embeddings)
    words, present = np.array(embedded).reshape(-1, 5), np.array(mask).ravel() > 0
    distance = np.abs(words[:, None] - table[None]).max(-1).min(-1)
    assert (distance[present] < 1e-5).all()
    assert (words[~present] == 0).all()


def test_adversarial_gradients_reach_words_stop_head_and_film(decoder, features):
    features = tf.Variable(features)
    with tf.GradientTape() as tape:
        embedded, _ = decoder.relaxed(features, RandomStream(0, 1), 1.0, straight_through=True)
        loss = tf.reduce_sum(embedded)
    gradients = tape.gradient(loss, [features, *decoder.trainable_variables])
    names = [variable.path for variable in decoder.trainable_variables]
    missing = [n for n, g in zip(names, gradients[1:], strict=True) if g is None]
    assert missing == []
    assert np.abs(gradients[0]).max() > 0
    stop = names.index(decoder.stop_head.kernel.path)
    assert np.abs(gradients[1 + stop]).max() > 0


def test_a_report_ends_at_the_first_stop():
    logits = ops.convert_to_tensor([[-1.0, 2.0, -1.0], [3.0, -1.0, -1.0], [-1.0, -1.0, 9.0]])
    np.testing.assert_array_equal(straight_through_alive(logits), [[1, 1, 0], [1, 0, 0], [1, 1, 1]])


def test_the_only_sentence_of_a_report_always_stands():
    assert straight_through_alive(np.array([[9.0], [-9.0]], "float32")).numpy().tolist() == [
        [1],
        [1],
    ]
