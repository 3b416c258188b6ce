import numpy as np
import pytest

from emixer_tf.metrics.feature_arrays import check_same_width, checked_features


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int16", "float16", "float32", ">f4"])
def test_what_float32_holds_becomes_float32(dtype):
    features = checked_features(np.eye(3).astype(dtype), "real")
    assert features.dtype == np.float32
    np.testing.assert_array_equal(features, np.eye(3))


@pytest.mark.parametrize("dtype", ["int32", "int64", "float64", "longdouble"])
def test_what_float32_does_not_hold_becomes_float64(dtype):
    large = np.array([[2**30 + 1, 0], [0, 1]], dtype)
    features = checked_features(large, "real")
    assert features.dtype == np.float64
    assert features[0, 0] == 2**30 + 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_features_that_need_no_conversion_are_not_copied(dtype):
    features = np.eye(3, dtype=dtype)
    assert checked_features(features, "real") is features


def test_lists_and_arrays_with_strides_are_taken():
    np.testing.assert_array_equal(checked_features([[1, 2], [3, 4]], "real"), [[1, 2], [3, 4]])
    every_second = np.arange(12.0).reshape(4, 3)[::2, ::-1]
    np.testing.assert_array_equal(checked_features(every_second, "real"), [[2, 1, 0], [8, 7, 6]])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_first_row_that_is_not_finite_is_named(value):
    features = np.zeros((6, 3), "float32")
    features[[4, 5], 1] = value
    with pytest.raises(ValueError, match=r"generated features .* 2 of 6 rows.*in row 4"):
        checked_features(features, "generated")


@pytest.mark.parametrize("features", [np.zeros(5), np.zeros((2, 3, 4)), np.zeros((5, 0)), 3.0, []])
def test_what_is_no_matrix_is_refused(features):
    with pytest.raises(ValueError, match=r"real features are a matrix.*Received: shape \("):
        checked_features(features, "real")


@pytest.mark.parametrize("features", [[["a"], ["b"]], [[1j], [2j]], [[None], [1.0]]])
def test_what_are_no_real_numbers_is_refused(features):
    with pytest.raises(ValueError, match="real features are real numbers"):
        checked_features(features, "real")


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match=r"real features are no array.*same number"):
        checked_features([[1.0, 2.0], [3.0]], "real")


def test_the_caller_says_how_many_rows_it_needs():
    assert len(checked_features(np.zeros((1, 3)), "real", least=1)) == 1
    with pytest.raises(ValueError, match=r"2 or more are needed\. Received: 1"):
        checked_features(np.zeros((1, 3)), "real")
    with pytest.raises(ValueError, match=r"1 or more are needed\. Received: 0"):
        checked_features(np.zeros((0, 3)), "real", least=1)


def test_different_widths_are_refused():
    check_same_width(np.zeros((2, 3)), np.zeros((9, 3)))
    with pytest.raises(ValueError, match="Received: 3 and 4 columns"):
        check_same_width(np.zeros((2, 3)), np.zeros((2, 4)))
