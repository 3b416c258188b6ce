import numpy as np
import pytest
from PIL import Image

from emixer_tf.data import DataError
from emixer_tf.data.images import read_image, square


@pytest.mark.parametrize("bits", [8, 16])
def test_depths_give_the_same_film(tmp_path, bits):
    ramp = np.linspace(0, 1, 64).reshape(8, 8)
    pixels = np.round(ramp * (2**bits - 1)).astype(f"uint{bits}")
    Image.fromarray(pixels).save(tmp_path / "film.png")
    np.testing.assert_allclose(read_image(tmp_path / "film.png"), ramp, atol=0.003)


def test_fit_pads_or_crops_and_never_stretches_unasked():
    wide = np.zeros((10, 20), "float32")
    wide[:, 5:15] = 1.0
    assert square(wide, 20, 1, "pad")[:4].max() == 0
    assert square(wide, 10, 1, "crop").min() == 255
    assert square(wide, 10, 1, "stretch")[0, :, 0].tolist()[4:6] == [255, 255]
    assert square(wide, 10, 3, "pad").shape == (10, 10, 3)
    with pytest.raises(ValueError, match="fit must be"):
        square(wide, 10, 1, "squash")


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
