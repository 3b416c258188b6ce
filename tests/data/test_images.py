from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from emixer_tf.data import DataError
from emixer_tf.data.errors import RowError
from emixer_tf.data.images import decode_image, read_image
from emixer_tf.data.squares import square


def smooth_film(height, width):
    """Return a film of soft shapes with some noise, uint8."""
    y, x = np.mgrid[0:height, 0:width]
    film = 0.5 + 0.35 * np.sin(x / width * 9) * np.cos(y / height * 7)
    film += np.random.default_rng(0).normal(0, 0.02, film.shape)
    return np.round(film.clip(0, 1) * 255).astype("uint8")


def as_bytes(film, kind, **options):
    file = BytesIO()
    Image.fromarray(film).save(file, kind, **options)
    return file.getvalue()


def big_endian_tiff(film):
    """Return 8-bit pixels as the bytes of a TIFF of 16 bits, the higher byte first."""
    file = BytesIO()
    pixels = (film.astype("uint16") * 257).astype(">u2").tobytes()
    Image.frombytes("I;16B", film.shape[::-1], pixels).save(file, "tiff")
    return file.getvalue()


@pytest.mark.parametrize("bits", [8, 16])
def test_depths_give_the_same_film(tmp_path, bits):
    ramp = np.linspace(0, 1, 64).reshape(8, 8)
    pixels = np.round(ramp * (2**bits - 1)).astype(f"uint{bits}")
    Image.fromarray(pixels).save(tmp_path / "film.png")
    np.testing.assert_allclose(read_image(tmp_path / "film.png"), ramp, atol=0.003)


@pytest.mark.parametrize("channels", [1, 3])
def test_colour_becomes_grey_by_brightness(tmp_path, channels):
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)]
    Image.fromarray(np.array([colours] * 4, "uint8")).save(tmp_path / "film.png")
    film = square(read_image(tmp_path / "film.png"), 4, channels, "pad")
    assert film.shape == (4, 4, channels)
    assert film[0].tolist() == ([[76], [150], [29], [255]] if channels == 1 else film[3].tolist())
    assert channels == 1 or film[0].tolist() == [list(colour) for colour in colours]


@pytest.mark.parametrize("kind", ["png", "jpeg"])
@pytest.mark.parametrize("kept", [0, 0.1, 0.5, 0.9])
def test_a_cut_file_is_refused(tmp_path, kind, kept):
    path = tmp_path / f"film.{kind}"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64), "uint8")).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(kept * len(whole))])
    with pytest.raises(DataError, match=rf"film\.{kind}: this is no readable image .* Remedy"):
        read_image(path)


def test_a_file_that_unpacks_to_a_giant_is_refused(tmp_path, monkeypatch):
    Image.fromarray(np.eye(64, dtype="uint8")).save(tmp_path / "film.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(DataError, match=r"film\.png: this is no readable image .*4096 pixels"):
        read_image(tmp_path / "film.png")


def test_an_empty_film_a_blank_one_and_a_folder_are_told_apart(tmp_path):
    (tmp_path / "empty.jpg").touch()
    Image.new("L", (8, 8), 7).save(tmp_path / "grey.png")
    faults = {
        "empty.jpg": ("unreadable film", r"no readable image \(the file is empty\)"),
        "grey.png": ("blank film", r"every pixel is 0\.0275"),
        "lost.png": ("unreadable film", r"no such file\. Remedy: check --root and what names"),
        ".": ("unreadable film", "the file cannot be opened"),
    }
    for name, (kind, message) in faults.items():
        with pytest.raises(RowError, match=rf"{message}.*") as refused:
            read_image(tmp_path / name)
        assert refused.value.kind == kind
        assert "Remedy: " in str(refused.value)
        assert "image column" not in str(refused.value)
        assert str(refused.value).startswith(str(tmp_path / name))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\n<!DOCTYPE html><title>Sign in</title>", r"'<!DOCTYPE' and is a web page"),
        (b"\xef\xbb\xbf<html>", "'<html' and is a web page"),
        (b"<?xml version='1.0'?><Error/>", r"'<\?xml' and is XML"),
        (b"version https://git-lfs.github.com/spec/v1", "is a Git LFS pointer, not the film"),
        (b"PK\x03\x04rest", "is a zip archive"),
        (b"%PDF-1.7", "is a PDF"),
        (b"\xff\xd8\xff\xe0", "is a damaged JPEG"),
        (bytes(128) + b"DICM", "it is a DICOM file"),
        (b"hello world", r"begins with 'hello world'\)"),
    ],
)
def test_what_is_no_film_is_called_what_it_is(data, what):
    with pytest.raises(RowError, match=rf"^film\.jpg: this is no readable image \(.*{what}"):
        decode_image(data, "film.jpg")


def test_sixteen_bits_from_any_format():
    film = np.arange(256, dtype="uint8").reshape(16, 16)
    sixteen = film.astype("uint16") * 257
    for data in (as_bytes(sixteen, "png"), as_bytes(sixteen, "tiff"), big_endian_tiff(film)):
        np.testing.assert_allclose(decode_image(data, "film"), film / 255, atol=1e-6)


@pytest.mark.parametrize("kind", ["png", "tiff", "32-bit tiff"])
@pytest.mark.parametrize("bits", [8, 10, 12, 14, 16])
def test_sixteen_bits_are_as_bright_as_those_that_are_used(bits, kind):
    white = 2**bits - 1
    stored = (np.linspace(0, 1, 64).reshape(8, 8) * white).astype("uint16")
    stored[3, 3] = white
    stored = stored.astype("int32") if kind == "32-bit tiff" else stored
    film = decode_image(as_bytes(stored, kind.split()[-1]), "film")
    np.testing.assert_allclose(film, stored / white, atol=1e-6)


def test_a_film_read_small_is_as_bright_as_the_whole():
    stored = np.full((640, 640), 600, "uint16")
    stored[0, 0] = 4095
    stored[0, 1] = 0
    data = as_bytes(stored, "png")
    whole, small = decode_image(data, "film"), decode_image(data, "film", at_least=40)
    assert small.shape == (160, 160)
    np.testing.assert_allclose(small[5, 5], whole[50, 50], rtol=1e-6)


@pytest.mark.parametrize("error", [TypeError("'IFDRational'\nobject"), MemoryError()])
def test_whatever_pillow_raises_names_the_film(monkeypatch, error):
    def fail(file):
        raise error

    monkeypatch.setattr(Image, "open", fail)
    what = "'IFDRational' object" if str(error) else "MemoryError"
    with pytest.raises(
        RowError, match=rf"^film\.tif: this is no readable image \({what}\)"
    ) as refused:
        decode_image(b"II*", "film.tif")
    assert refused.value.kind == "unreadable film"


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("kind", ["tiff", "png"])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_damage_gives_a_film_or_a_sentence(kind, seed):
    rng = np.random.default_rng(seed)
    data = bytearray(as_bytes(smooth_film(24, 20), kind))
    for place in rng.integers(0, len(data), 8):
        data[place] = rng.integers(256)
    film, sentence = None, ""
    try:
        film = decode_image(bytes(data), "film")
    except RowError as error:
        sentence = str(error)
    if film is None:
        assert sentence.startswith("film: ")
        assert "Remedy: " in sentence
    else:
        assert 0 <= film.min() < film.max() <= 1


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_thirty_two_bits_are_refused(dtype):
    film = (np.eye(8) * 100_000).astype(dtype)
    with pytest.raises(RowError, match="32 bits a pixel, from 0 to 100000; films have 8 or 16"):
        decode_image(as_bytes(film, "tiff"), "film.tif")


@pytest.mark.parametrize("shape", [(900, 700), (700, 900), (530, 1400)])
@pytest.mark.parametrize("kind", ["jpeg", "png", "16-bit png", "16-bit tiff", "colour png"])
def test_a_film_read_small_makes_the_same_square(shape, kind):
    film = smooth_film(*shape)
    if kind == "16-bit png":
        film = film.astype("uint16") * 257
    elif kind == "colour png":
        film = np.stack([film, film // 2, 255 - film], axis=-1)
    data = big_endian_tiff(film) if kind == "16-bit tiff" else as_bytes(film, kind.split()[-1])
    whole, small = decode_image(data, "film"), decode_image(data, "film", at_least=64)
    assert 256 <= min(small.shape[:2]) < min(whole.shape[:2])
    assert small.ndim == whole.ndim
    for fit in ("pad", "crop", "stretch"):
        squares = [square(film, 64, 1, fit).astype(float) for film in (whole, small)]
        assert np.abs(squares[0] - squares[1]).mean() < 1


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_small_film_is_read_whole(kind):
    data = as_bytes(smooth_film(250, 300), kind)
    whole, small = decode_image(data, "film"), decode_image(data, "film", at_least=128)
    np.testing.assert_array_equal(whole, small)
