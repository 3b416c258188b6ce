import keras
import numpy as np
import pytest

from emixer_tf.metrics.extractor_files import load_extractor
from emixer_tf.models.classifier_files import (
    load_classifier,
    read_classifier_card,
    save_classifier,
)
from emixer_tf.models.film_classifier import (
    BACKBONES,
    feature_extractor,
    film_classifier,
    with_new_outputs,
)
from emixer_tf.models.joint_classifier import JointClassifier

LABELS = ("Edema", "Fracture", "Cardiomegaly")


def films(count, side=16, channels=1, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (count, side, side, channels)).astype(
        "float32"
    )  # fmt: skip


def studies(count=4, seed=0):
    tokens = np.random.default_rng(seed).integers(4, 20, (count, 3, 5)).astype("int32")
    tokens[:, 2:] = 0
    return {"image": films(count, seed=seed), "tokens": tokens}


def joint_classifier():
    return JointClassifier(
        backbone="small", resolution=16, channels=1, vocabulary_size=20, outputs=3,
        embedding_dim=6, units=5,
    )  # fmt: skip


@pytest.fixture(scope="module")
def densenet():
    return film_classifier("densenet121", 32, 1, outputs=3)


def test_densenet_gives_logits_and_features(densenet):
    assert densenet.output_shape == (None, 3)
    assert feature_extractor(densenet).output_shape == (None, 1024)


@pytest.mark.parametrize(
    ("backbone", "side", "channels", "features"),
    [("small", 16, 3, 128), ("inception_v3", 75, 1, 2048)],
)
def test_other_backbones_give_logits_and_features(backbone, side, channels, features):
    model = film_classifier(backbone, side, channels, outputs=3)
    assert model.input_shape == (None, side, side, channels)
    assert model.output_shape == (None, 3)
    assert feature_extractor(model).output_shape == (None, features)


def test_unknown_backbones_and_films_that_are_too_small_are_told():
    with pytest.raises(ValueError, match=rf"{', '.join(BACKBONES)}. Received: backbone='resnet'"):
        film_classifier("resnet", 32, 1, 3)
    with pytest.raises(ValueError, match=r"takes films of 75 px and more. Received: resolution=64"):
        film_classifier("inception_v3", 64, 1, 3)


def test_densenet_reads_films_standardised_as_imagenet_was(densenet):
    (layer,) = (layer for layer in densenet.layers if "standardised" in layer.name)
    grey = np.full((1, 32, 32, 3), -0.2, "float32")  # 0.4 in [0, 1]
    expected = (0.4 - np.array([0.485, 0.456, 0.406])) / np.array([0.229, 0.224, 0.225])
    np.testing.assert_allclose(np.array(layer(grey))[0, 0, 0], expected, rtol=1e-5)
    again = type(layer).from_config(layer.get_config())
    np.testing.assert_array_equal(np.array(again(grey)), np.array(layer(grey)))


def test_small_classifier_tells_where_on_the_film_something_is():
    extract = feature_extractor(film_classifier("small", 16, 1, outputs=2))
    left, right = np.zeros((2, 1, 16, 16, 1), "float32")
    left[0, 6:10, 2:6] = right[0, 6:10, 10:14] = 1.0
    assert np.abs(extract.predict_on_batch(left) - extract.predict_on_batch(right)).max() > 1e-3


def test_new_outputs_leave_the_features_as_they_are():
    model = film_classifier("small", 16, 1, outputs=3)
    other = with_new_outputs(model, 5)
    assert other.output_shape == (None, 5)
    np.testing.assert_array_equal(
        feature_extractor(other).predict_on_batch(films(4)),
        feature_extractor(model).predict_on_batch(films(4)),
    )


def test_logits_are_linear_in_the_features():
    model = film_classifier("small", 16, 1, outputs=3)
    kernel, bias = model.get_layer("logits").get_weights()
    features = feature_extractor(model).predict_on_batch(films(4))
    np.testing.assert_allclose(
        model.predict_on_batch(films(4)), features @ kernel + bias, rtol=1e-4, atol=1e-5
    )


def test_saved_classifier_comes_back_with_its_card(tmp_path):
    model = film_classifier("small", 16, 1, outputs=3)
    save_classifier(model, tmp_path, LABELS, {"scores": {"auroc": 0.9}})
    again = load_classifier(tmp_path)
    np.testing.assert_allclose(
        again.predict_on_batch(films(4)), model.predict_on_batch(films(4)), rtol=1e-6
    )
    card = read_classifier_card(tmp_path)
    assert card["labels"] == list(LABELS)
    assert (card["resolution"], card["channels"], card["range"]) == (16, 1, [-1, 1])
    assert card["scores"] == {"auroc": 0.9}


def test_saved_classifier_is_an_extractor_of_its_features(tmp_path):
    model = film_classifier("small", 16, 1, outputs=3)
    save_classifier(model, tmp_path, LABELS, {})
    pixels = np.random.default_rng(0).integers(0, 256, (5, 16, 16, 1), "uint8")
    np.testing.assert_allclose(
        load_extractor(tmp_path).extract(pixels),
        feature_extractor(model).predict_on_batch(pixels.astype("float32") / 127.5 - 1),
        rtol=1e-4,
        atol=1e-5,
    )


def test_folder_without_a_classifier_and_a_damaged_one_are_told(tmp_path):
    with pytest.raises(ValueError, match=r"holds no classifier.*emixer train-classifier"):
        load_classifier(tmp_path)
    (tmp_path / "classifier.keras").write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(ValueError, match="holds no classifier"):
        load_classifier(tmp_path)
    with pytest.raises(ValueError, match=r"no card of a classifier.*emixer train-classifier"):
        read_classifier_card(tmp_path)
    (tmp_path / "classifier.json").write_text("{")
    with pytest.raises(ValueError, match="no card of a classifier"):
        read_classifier_card(tmp_path)


def test_joint_classifier_reads_film_and_report():
    model, some, other = joint_classifier(), studies(seed=0), studies(seed=1)
    logits = model.predict_on_batch(some)
    assert logits.shape == (4, 3)
    for part in ("image", "tokens"):
        changed = {**some, part: other[part]}
        assert (model.predict_on_batch(changed) != logits).any(axis=1).all()


def test_joint_features_are_those_of_the_film_beside_those_of_the_report():
    model, some = joint_classifier(), studies()
    joint = np.array(model.joint_features(some))
    film = np.array(model.film_reader(some["image"]))
    np.testing.assert_allclose(joint[:, : film.shape[1]], film, rtol=1e-6)
    assert joint.shape[1] == film.shape[1] + 5


def test_joint_classifier_comes_back_from_its_file(tmp_path):
    model, some = joint_classifier(), studies()
    logits = model.predict_on_batch(some)
    model.save(tmp_path / "joint.keras")
    again = keras.models.load_model(tmp_path / "joint.keras")
    np.testing.assert_allclose(again.predict_on_batch(some), logits, rtol=1e-5, atol=1e-6)
