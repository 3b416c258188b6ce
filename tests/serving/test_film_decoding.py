"""Films that a graph decodes are those that the package reads."""

import io
import struct
import zlib

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from png_files import png_file, png_header

from emixer_tf.data import square
from emixer_tf.data.images import decode_image
from emixer_tf.serving.film_decoding import decoded_films


@pytest.fixture(scope="module")
def graph():
    """Return a function of graphs, as a server runs them, by channels."""
    return {
        channels: tf.function(
            lambda files, channels=channels: decoded_films(files, 32, channels),
            input_signature=[tf.TensorSpec([None], tf.string)],
            autograph=False,
        )
        for channels in (1, 3)
    }


def smooth(height, width, channels=1):
    """Return a film without noise, whose resizes are alike."""
    rows, columns = np.mgrid[0:height, 0:width]
    waves = [np.sin(rows / (9 + k)) * np.cos(columns / 11) for k in range(channels)]
    return (np.stack(waves, -1) * 100 + 128).astype("uint8")


def as_file(pixels, kind):
    file = io.BytesIO()
    Image.fromarray(pixels.squeeze()).save(file, kind)
    return file.getvalue()


@pytest.mark.parametrize("shape", [(32, 32), (50, 40), (40, 61), (200, 130), (7, 9)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("colours", [1, 3])
@pytest.mark.parametrize("channels", [1, 3])
def test_squares_are_those_of_preparation(graph, shape, kind, colours, channels):
    data = as_file(smooth(*shape, colours), kind)
    ours = graph[channels](tf.constant([data])).numpy()[0]
    expected = square(decode_image(data, "film"), 32, channels, "pad")
    assert np.abs(ours.astype(int) - expected).max() <= 1  # rounding
    assert np.mean(ours != expected) < 0.01


@pytest.mark.parametrize("bits", [9, 12, 16])
def test_white_of_sixteen_bits_is_that_of_preparation(graph, bits):
    pixels = np.random.default_rng(0).integers(0, 2**bits, (32, 32)).astype("uint16")
    pixels[0, 0] = 2**bits - 1
    data = as_file(pixels, "PNG")
    ours = graph[1](tf.constant([data])).numpy()[0]
    expected = square(decode_image(data, "film"), 32, 1, "pad")
    np.testing.assert_array_equal(ours, expected)


def test_films_of_several_sizes_ride_together(graph):
    files = [as_file(smooth(*shape), "PNG") for shape in ((32, 32), (64, 20))]
    together = graph[1](tf.constant(files)).numpy()
    for film, file in zip(together, files, strict=True):
        np.testing.assert_array_equal(film, graph[1](tf.constant([file])).numpy()[0])


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "whole PNG or JPEG"),
        (b"<html>", "whole PNG or JPEG"),
        (as_file(smooth(32, 32), "PNG")[:60], "(?i)png"),
        (as_file(smooth(32, 32), "JPEG")[:60], "(?i)jpeg"),
        (as_file(smooth(32, 32), "GIF"), "whole PNG or JPEG"),
    ],
)
def test_what_is_no_film_is_told(graph, data, told):
    with pytest.raises(tf.errors.InvalidArgumentError, match=told):
        graph[1](tf.constant([data]))


@pytest.mark.parametrize(
    "sides", [(2**31 - 1, 2**31 - 1), (2**16, 2**16), (2**27, 1), (65_500, 1), (-5, -5), (0, 4)]
)
def test_bombs_are_refused_before_they_are_unpacked(graph, sides):
    data = as_file(smooth(32, 32), "PNG")
    header = data[:16] + b"".join(s.to_bytes(4, "big", signed=True) for s in sides) + data[24:]
    with pytest.raises(tf.errors.InvalidArgumentError, match="16,384 a side"):
        graph[1](tf.constant([header]))


def test_a_long_jpeg_is_refused(graph):
    with pytest.raises(tf.errors.InvalidArgumentError, match="16,384 a side"):
        graph[3](tf.constant([as_file(np.zeros((1, 65_500), "uint8"), "JPEG")]))


def test_a_thin_film_becomes_a_stripe_without_a_square_of_its_length(graph):
    data = as_file(np.tile(np.linspace(0, 255, 16_000).astype("uint8"), (2, 1)), "PNG")
    ours = graph[1](tf.constant([data])).numpy()[0]
    np.testing.assert_array_equal(ours, square(decode_image(data, "film"), 32, 1, "pad"))


def test_colour_of_sixteen_bits_is_not_brightened(graph):
    """As Pillow, which reads 16-bit colour as 8 bits; a grey film of these bits is brightened."""
    rows = b"".join(b"\0" + struct.pack(">3H", 4000, 4000, 4000) * 8 for _ in range(8))
    data = png_file(png_header(8, 8, 16, 2), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    assert np.abs(graph[1](tf.constant([data])).numpy().astype(int) - 255 * 4000 / 65535).max() < 1
