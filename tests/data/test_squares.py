import numpy as np
import pytest
from PIL import Image

from emixer_tf.data.squares import square


def padded_then_shrunk(film, resolution):
    """Pad first and shrink then: slower than `square`, and simpler."""
    height, width = film.shape
    side = max(height, width)
    padded = np.zeros((side, side), "float32")
    top, left = (side - height) // 2, (side - width) // 2
    padded[top : top + height, left : left + width] = film
    kind = Image.Resampling.BOX if side > 2 * resolution else Image.Resampling.BICUBIC
    shrunk = np.asarray(Image.fromarray(padded).resize((resolution, resolution), kind))
    return np.round(shrunk.clip(0, 1) * 255)


def test_fit_pads_or_crops_and_never_stretches_unasked():
    wide = np.zeros((10, 20), "float32")
    wide[:, 5:15] = 1.0
    assert square(wide, 20, 1, "pad")[:4].max() == 0
    assert square(wide, 10, 1, "crop").min() == 255
    assert square(wide, 10, 1, "stretch")[0, :, 0].tolist()[4:6] == [255, 255]
    assert square(wide, 10, 3, "pad").shape == (10, 10, 3)
    with pytest.raises(ValueError, match="fit must be one of pad, crop, stretch"):
        square(wide, 10, 1, "squash")


@pytest.mark.parametrize("shape", [(64, 64), (301, 40), (40, 301), (77, 100), (20, 13)])
@pytest.mark.parametrize("resolution", [16, 32, 128])
def test_padding_between_the_axes_changes_nothing(shape, resolution):
    film = np.random.default_rng(0).random(shape, dtype="float32")
    fast = square(film, resolution, 1, "pad")[..., 0].astype(float)
    assert np.abs(fast - padded_then_shrunk(film, resolution)).max() <= 1
