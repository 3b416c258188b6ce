import pickle

import numpy as np
import pytest

from emixer_tf.metrics.feature_file import check_same_extractor, read_features, write_features

IDENTITY = {
    "name": "densenet121",
    "weights": "sha256:12",
    "layer": "features",
    "input": {"resolution": 224, "channels": 1, "range": (-1, 1)},
    "resize": "bicubic",
}


def features_of(count=3):
    return np.random.default_rng(0).normal(size=(count, 4)).astype("float32")


def test_what_is_written_is_read(tmp_path):
    features = features_of()
    path = tmp_path / "new folder" / "real.npz"
    write_features(path, features, ["s1", "Röntgen 2", "s3\0"], IDENTITY)
    read = read_features(path)
    np.testing.assert_array_equal(read.features, features)
    assert read.features.dtype == np.float32
    assert read.ids == ["s1", "Röntgen 2", "s3\0"]
    check_same_extractor(read.identity, IDENTITY)
    assert [file.name for file in path.parent.iterdir()] == ["real.npz"]


def test_ids_that_are_numbers_are_read_as_strings(tmp_path):
    write_features(str(tmp_path / "real.npz"), features_of(), np.array([7, 8, 9]), IDENTITY)
    assert read_features(str(tmp_path / "real.npz")).ids == ["7", "8", "9"]


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "real.npz"
    write_features(path, features_of(3), ["a", "b", "c"], IDENTITY)
    write_features(path, features_of(1), ["d"], IDENTITY)
    assert read_features(path).ids == ["d"]


def test_a_write_that_fails_leaves_the_file_before_it(tmp_path):
    path = tmp_path / "real.npz"
    write_features(path, features_of(1), ["d"], IDENTITY)
    with pytest.raises(ValueError, match="NaN"):
        write_features(path, features_of() * np.nan, ["a", "b", "c"], IDENTITY)
    assert read_features(path).ids == ["d"]


@pytest.mark.parametrize("ids", [["a", "b"], ["a", "b", "a"], [1, "1", 2], [], "abcd"])
def test_every_row_has_an_id_of_its_own(tmp_path, ids):
    with pytest.raises(ValueError, match=r"id of its own.*3 rows"):
        write_features(tmp_path / "real.npz", features_of(), ids, IDENTITY)
    assert not (tmp_path / "real.npz").exists()


@pytest.mark.parametrize("kept", [0, 10, 300, -1])
def test_a_file_cut_short_is_named(tmp_path, kept):
    path = tmp_path / "real.npz"
    write_features(path, features_of(), ["a", "b", "c"], IDENTITY)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ValueError, match=r"real\.npz: this is no readable feature file.*Remedy"):
        read_features(path)


def test_a_file_with_a_changed_byte_is_named(tmp_path):
    path = tmp_path / "real.npz"
    features = features_of()
    write_features(path, features, ["a", "b", "c"], IDENTITY)
    data = bytearray(path.read_bytes())
    data[data.index(features.tobytes()) + 5] ^= 1
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"real\.npz: this is no readable feature file.*CRC"):
        read_features(path)


def write_text(path):
    path.write_text("id,feature\n1,2\n")


def write_another_archive(path):
    np.savez(path, features=features_of())


def write_pickle(path):
    path.write_bytes(pickle.dumps({"features": features_of()}))


def write_too_few_ids(path):
    np.savez(path, features=features_of(), ids=np.array('["a"]'), identity=np.array("{}"))


def write_nothing(path):
    pass


@pytest.mark.parametrize(
    "write", [write_text, write_another_archive, write_pickle, write_too_few_ids, write_nothing]
)
def test_what_is_no_feature_file_is_named(tmp_path, write):
    write(tmp_path / "other.npz")
    with pytest.raises(ValueError, match=r"other\.npz: this is no readable feature file"):
        read_features(tmp_path / "other.npz")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"weights": "sha256:34"}, "differ in weights: sha256:12 and sha256:34. Remedy"),
        ({"layer": "logits"}, "differ in layer: features and logits. Remedy"),
        ({"resize": "box"}, "differ in resize: bicubic and box. Remedy"),
        (
            {"input": {"resolution": 224, "channels": 1, "range": [0, 1]}},
            r"differ in input range: \[-1, 1\] and \[0, 1\]. Remedy",
        ),
        (
            {"layer": "logits", "input": {"resolution": 64, "channels": 1, "range": [-1, 1]}},
            "input resolution: 224 and 64; layer: features and logits. Remedy",
        ),
    ],
)
def test_features_of_different_extractors_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        check_same_extractor(IDENTITY, {**IDENTITY, **change})


def test_features_of_an_unknown_extractor_are_refused():
    with pytest.raises(ValueError, match="weights: sha256:12 and None"):
        check_same_extractor(IDENTITY, {})


def test_the_name_is_for_people():
    check_same_extractor(IDENTITY, {**IDENTITY, "name": "a copy"})
