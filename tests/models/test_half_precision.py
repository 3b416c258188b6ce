import h5py
import numpy as np
import pytest

from emixer_tf.models.half_precision import halve_weights


@pytest.fixture
def weights(tmp_path):
    """A function from arrays to a weights file that holds them."""

    def write(**arrays):
        path = tmp_path / "model.weights.h5"
        with h5py.File(path, "w") as file:
            file.attrs["made_by"] = "a test"
            group = file.create_group("layers/dense/vars")
            group.attrs["name"] = "dense"
            for name, values in arrays.items():
                group.create_dataset(name, data=values)
        return path

    return write


def test_single_precision_is_rounded_to_half_and_integers_stay(weights, tmp_path):
    kernel = np.array([[1 / 3, -2.0], [0.0, 1e-5]], "float32")
    path = weights(kernel=kernel, step=np.int32(100_000))
    halve_weights(path, tmp_path / "half.h5")
    with h5py.File(tmp_path / "half.h5") as file:
        found = file["layers/dense/vars"]
        assert found["kernel"].dtype == np.float16
        np.testing.assert_array_equal(found["kernel"][()], kernel.astype("float16"))
        assert found["step"][()] == 100_000
        assert found["step"].dtype == np.int32
        assert found.attrs["name"] == "dense"
        assert file.attrs["made_by"] == "a test"


def test_a_weight_too_large_for_half_precision_is_told(weights, tmp_path):
    path = weights(kernel=np.array([1.0, -7e4], "float32"))
    with pytest.raises(ValueError, match=r"layers/dense/vars/kernel reach 7e\+04, more than half"):
        halve_weights(path, tmp_path / "half.h5")
