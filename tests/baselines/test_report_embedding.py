import keras
import numpy as np
import pytest
import tensorflow as tf

from emixer_tf.baselines.report_embedding import (
    ReportEncoder,
    autoencoder_losses,
    on_the_sphere,
)
from emixer_tf.models import networks
from emixer_tf.training.conditioning import with_conditioning


@pytest.fixture
def autoencoder(tiny_config):
    decoder = networks.report_decoder(tiny_config, 8)
    encoder = ReportEncoder(8, 8)
    tokens = tf.zeros((1, tiny_config.sentences, tiny_config.words), tf.int32)
    decoder(encoder(*decoder.embed(tokens)), tokens)
    return encoder, decoder


def vectors(autoencoder, tokens):
    encoder, decoder = autoencoder
    return np.array(encoder(*decoder.embed(tf.constant(tokens))))


def test_vectors_on_the_sphere_keep_their_direction():
    scaled = np.array(on_the_sphere(tf.constant([[3.0, 4.0], [-0.06, 0.08]])))
    root = 2**0.5
    np.testing.assert_allclose(scaled, [[0.6 * root, 0.8 * root], [-0.6 * root, 0.8 * root]], 1e-5)


def test_a_vector_of_zeros_has_finite_gradients():
    zeros = tf.zeros((1, 3))
    with tf.GradientTape() as tape:
        tape.watch(zeros)
        scaled = on_the_sphere(zeros)
    np.testing.assert_array_equal(scaled, zeros)
    assert np.isfinite(tape.gradient(scaled, zeros)).all()


def direction(vectors):
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_every_sentence_has_its_place(autoencoder):
    report = np.array([[[4, 5, 0, 0], [6, 7, 0, 0], [0, 0, 0, 0]]], "int32")
    other = report.copy()
    other[0, 1] = [8, 9, 6, 0]
    first, second = vectors(autoencoder, report)[0], vectors(autoencoder, other)[0]
    assert np.square(first).mean() == pytest.approx(1, rel=0.05)  # untrained ones are tiny
    np.testing.assert_allclose(first[:2] / first[0], second[:2] / second[0], rtol=1e-4)
    assert np.abs(first[2:4] / first[0] - second[2:4] / second[0]).min() > 1e-3
    # No third sentence, and two numbers beyond the three sentences' places.
    np.testing.assert_array_equal(first[4:], 0)


def test_the_order_of_words_is_read_and_padding_is_not(autoencoder):
    report = np.array([[[4, 5, 6, 0], [7, 0, 0, 0], [0, 0, 0, 0]]], "int32")
    swapped = report[:, :, [2, 1, 0, 3]]
    first, second = direction(vectors(autoencoder, report)), vectors(autoencoder, swapped)
    assert np.abs(first - direction(second)).max() > 1e-4
    encoder, decoder = autoencoder
    words, mask = decoder.embed(tf.constant(report))
    elsewhere = np.array(words) + 100 * (1 - np.array(mask))[..., None]
    padded = np.array(encoder(tf.constant(elsewhere), mask))
    np.testing.assert_allclose(direction(padded), first, atol=1e-6)


def test_vectors_are_normalised_by_the_batch_and_then_by_what_batches_were(
    autoencoder, tiny_config, make_studies
):
    encoder, decoder = autoencoder
    words = decoder.embed(tf.constant(make_studies(tiny_config, 64)["tokens"]))
    wide, narrow = (np.array(encoder(*words, training=mode)) for mode in (True, False))
    own = wide[:, :4]  # of sentences that every report has
    assert (np.abs(own.mean(axis=0)) < 0.3).all()
    assert (own.std(axis=0) > 0.7).all()
    assert np.abs(narrow - wide).max() > 0.3
    for _ in range(150):
        encoder(*words, training=True)
    np.testing.assert_allclose(encoder(*words), wide, atol=0.1)


def test_a_vector_too_short_for_its_sentences_is_refused():
    with pytest.raises(ValueError, match=r"features=2, sentences=3\. Remedy: longer vectors"):
        ReportEncoder(4, 2)(tf.zeros((1, 3, 4, 6)), tf.ones((1, 3, 4)))


def test_losses_are_those_of_the_decoder_that_reads_the_disturbed_vector(
    autoencoder, tiny_config, make_studies
):
    encoder, decoder = autoencoder
    studies = make_studies(tiny_config, 4)
    studies["reported"][1] = 0
    batch = with_conditioning({key: tf.constant(value) for key, value in studies.items()})
    disturbance = np.random.default_rng(0).normal(size=(4, 8)).astype("float32")
    losses = autoencoder_losses(batch, encoder, decoder, tf.constant(disturbance))

    moved = vectors(autoencoder, studies["tokens"]) + disturbance
    moved /= np.sqrt(np.square(moved).mean(axis=-1, keepdims=True))
    stops, words = (np.array(x) for x in decoder.teacher_forcing(moved, studies["tokens"]))
    stop_loss, stop_count, word_loss, word_count = 0.0, 0, 0.0, 0
    for study in (0, 2, 3):  # study 1 has no report
        lengths = (studies["tokens"][study] > 0).sum(axis=-1)
        sentences = int((lengths > 0).sum())
        for place in range(sentences):
            stop, target = stops[study, place], place == sentences - 1
            stop_loss += np.log1p(np.exp(stop)) - target * stop
            stop_count += 1
            written = [*studies["tokens"][study, place, : lengths[place]], 2][: tiny_config.words]
            for at, word in enumerate(written):
                logits = words[study, place, at]
                word_loss += np.log(np.exp(logits).sum()) - logits[word]
                word_count += 1
    assert float(losses["stop"]) == pytest.approx(stop_loss / stop_count, rel=1e-4)
    assert float(losses["words"]) == pytest.approx(word_loss / word_count, rel=1e-4)


def test_it_learns_to_write_what_it_reads(autoencoder, tiny_config, make_studies):
    encoder, decoder = autoencoder
    studies = make_studies(tiny_config, 4)
    batch = with_conditioning({key: tf.constant(value) for key, value in studies.items()})
    variables = [*encoder.trainable_variables, *decoder.trainable_variables]
    optimizer = keras.optimizers.Adam(0.01)
    optimizer.build(variables)

    @tf.function
    def update():
        with tf.GradientTape() as tape:
            losses = autoencoder_losses(batch, encoder, decoder, tf.zeros((4, 8)))
            total = losses["words"] + losses["stop"]
        gradients = tape.gradient(total, variables)
        optimizer.apply([tf.convert_to_tensor(gradient) for gradient in gradients], variables)
        return total

    before = float(update())
    for _ in range(300):
        after = float(update())
    assert after < before / 5
    rows = vectors(autoencoder, studies["tokens"])
    uniforms = tf.zeros(studies["tokens"].shape)
    written = np.array(decoder.sample(rows, uniforms, tf.zeros(4), tf.ones(4)))
    assert (written == studies["tokens"]).mean() > 0.8


def test_an_encoder_is_made_again_from_its_config(autoencoder):
    encoder, _ = autoencoder
    again = ReportEncoder.from_config(encoder.get_config())
    again(tf.zeros((1, 3, 4, 6)), tf.ones((1, 3, 4)))
    assert [v.shape for v in again.variables] == [v.shape for v in encoder.variables]
