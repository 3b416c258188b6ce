import numpy as np
import pytest
from keras import ops

from emixer_tf.models.image_discriminator import ImageDiscriminator
from emixer_tf.models.image_encoder import SmallImageEncoder
from emixer_tf.models.image_generator import ImageGenerator


def trainable_count(network):
    return sum(int(np.prod(variable.shape)) for variable in network.trainable_variables)


@pytest.mark.parametrize(
    ("width", "generator_count", "discriminator_count"),
    [(16, 2_331_940, 2_407_154), (64, 31_852_420, 38_438_594)],
)
def test_biggan_layout_has_the_published_parameter_counts(
    width, generator_count, discriminator_count
):
    generator = ImageGenerator(128, 3, 14, width, base_resolution=4)
    generator([ops.zeros((1, 120)), ops.zeros((1, 14))])
    assert trainable_count(generator) == generator_count
    discriminator = ImageDiscriminator(128, 3, 14, width, base_resolution=4)
    discriminator(ops.zeros((1, 128, 128, 3)), ops.zeros((1, 14)), ops.ones((1,)))
    rotation_head = 4 * 16 * width + 4
    assert trainable_count(discriminator) - rotation_head == discriminator_count


def test_conditional_norms_read_chunk_and_embedding_without_bias():
    generator = ImageGenerator(32, 1, 3, 4, attention_resolution=None)
    generator([ops.zeros((1, 120)), ops.zeros((1, 3))])
    for block in generator.blocks:
        for norm in (block.norm_1, block.norm_2):
            for layer in (norm.gain, norm.bias):
                assert layer.kernel.shape[0] == 20 + 128
                assert layer.bias is None


def test_a_label_begins_as_loud_as_a_chunk_of_noise():
    generator = ImageGenerator(32, 1, 14, 4, chunk=20, attention_resolution=None)
    embeddings = np.array(generator.label_embedding(np.eye(14, dtype="float32")))
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), np.sqrt(20), rtol=1e-5)


@pytest.mark.parametrize("channels", [1, 3])
def test_films_are_in_range(channels):
    generator = ImageGenerator(16, channels, 3, 4, attention_resolution=None)
    noise = 10 * np.random.default_rng(0).normal(size=(4, 120)).astype("float32")
    films = np.array(generator([noise, np.ones((4, 3), "float32")], training=True))
    assert films.shape == (4, 16, 16, channels)
    assert films.min() >= -1
    assert films.max() <= 1
    assert films.std() > 0.01


def test_projection_is_dropped_for_unlabelled_studies():
    discriminator = ImageDiscriminator(16, 1, 3, 4, attention_resolution=None)
    images = np.random.default_rng(0).normal(size=(2, 16, 16, 1)).astype("float32")
    labels, others = np.eye(3, dtype="float32")[:2], np.eye(3, dtype="float32")[1:]
    zeros, ones = np.zeros(2, "float32"), np.ones(2, "float32")
    np.testing.assert_array_equal(
        discriminator(images, labels, zeros), discriminator(images, others, zeros)
    )
    features = np.array(discriminator.features(images))
    expected = np.array(discriminator(images, labels, zeros)) + np.sum(
        np.array(discriminator.projection(labels)) * features, axis=-1
    )
    np.testing.assert_allclose(discriminator(images, labels, ones), expected, rtol=1e-5)


def test_encoder_tells_left_from_right():
    encoder = SmallImageEncoder(features=6, base_channels=8)
    film = np.zeros((1, 16, 16, 1), "float32")
    film[:, 4:9, 2:6] = 1
    mirrored = film[:, :, ::-1]
    assert encoder(film).shape == (1, 6)
    assert np.abs(np.array(encoder(film)) - np.array(encoder(mirrored))).max() > 1e-3
