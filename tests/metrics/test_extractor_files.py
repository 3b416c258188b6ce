import json
import shutil

import keras
import numpy as np
import pytest

from emixer_tf.metrics.extractor_files import load_extractor
from emixer_tf.metrics.feature_file import check_same_extractor

SIDE = 16


def films_of(count, side=SIDE, channels=1):
    return np.random.default_rng(0).integers(0, 256, (count, side, side, channels), "uint8")


def classifier(channels=1):
    films = keras.Input([SIDE, SIDE, channels])
    x = keras.layers.Conv2D(6, 3, activation="relu")(films)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Dense(5, name="features")(x)
    x = keras.layers.Dropout(0.5)(x)
    return keras.Model(films, keras.layers.Dense(3, name="logits")(x))


def maps(side=SIDE, channels=1, name="maps"):
    films = keras.Input([side, side, channels])
    return keras.Model(films, keras.layers.Conv2D(4, 3, strides=2, name=name)(films))


def features_by_hand(model, films):
    scaled = films.astype("float32") / 127.5 - 1
    x = keras.ops.relu(model.layers[1](scaled))
    x = keras.ops.mean(model.layers[2](x, training=False), axis=(1, 2))
    return keras.ops.convert_to_numpy(model.get_layer("features")(x))


def save_classifier(folder, model, **card):
    folder.mkdir()
    model.save(folder / "classifier.keras")
    known = {"kind": "small", "labels": ["Edema"], "resolution": SIDE, "channels": 1}
    (folder / "classifier.json").write_text(json.dumps({**known, **card}))
    return folder


def test_the_features_of_our_classifier_are_its_layer_of_that_name(tmp_path):
    model, films = classifier(), films_of(5)
    extractor = load_extractor(save_classifier(tmp_path / "classifier", model))
    features = extractor.extract(films)
    assert features.dtype == np.float32
    np.testing.assert_allclose(features, features_by_hand(model, films), atol=1e-5)
    identity = extractor.identity
    assert identity["name"] == "small"
    assert identity["layer"] == "features"
    assert identity["input"] == {"resolution": SIDE, "channels": 1, "range": [-1, 1]}
    assert "bicubic" in identity["resize"]
    assert json.loads(json.dumps(identity)) == identity


def test_the_size_of_a_batch_changes_nothing(tmp_path):
    model, films = classifier(), films_of(7)
    extractor = load_extractor(save_classifier(tmp_path / "classifier", model))
    whole = extractor.extract(films)
    np.testing.assert_allclose(extractor.extract(films, batch_size=3), whole, atol=1e-6)
    np.testing.assert_allclose(extractor.extract(films[6:]), whole[6:], atol=1e-6)


def test_a_keras_file_gives_its_layer_of_that_name(tmp_path):
    model, films = classifier(), films_of(3)
    model.save(tmp_path / "mine.keras")
    extractor = load_extractor(tmp_path / "mine.keras", value_range=(-1, 1))
    np.testing.assert_allclose(extractor.extract(films), features_by_hand(model, films), atol=1e-5)
    assert extractor.identity["name"] == "mine"
    assert extractor.identity["layer"] == "features"


@pytest.mark.parametrize(("black", "white"), [(0, 1), (0, 255), (-1024, 1024)])
def test_without_such_a_layer_it_gives_its_output_averaged_over_space(tmp_path, black, white):
    model, films = maps(), films_of(3)
    model.save(tmp_path / "mine.keras")
    extractor = load_extractor(str(tmp_path / "mine.keras"), value_range=(black, white))
    output = model.predict(black + films / 255 * (white - black), verbose=0)
    expected = output.mean(axis=(1, 2))
    np.testing.assert_allclose(extractor.extract(films), expected, rtol=1e-4, atol=1e-4)
    assert extractor.identity["layer"] == "maps"
    assert extractor.identity["input"]["range"] == [black, white]


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A model as SavedModel and as Keras file."""
    folder = tmp_path_factory.mktemp("exported")
    model = maps(side=None)
    model.export(folder / "saved", verbose=False)
    model.save(folder / "same.keras")
    return folder


def test_a_saved_model_gives_what_its_keras_file_gives(exported):
    films = films_of(5)
    saved = load_extractor(exported / "saved", value_range=(0, 1), resolution=8)
    same = load_extractor(exported / "same.keras", value_range=(0, 1), resolution=8)
    features = saved.extract(films, batch_size=2)
    assert features.shape == (5, 4)
    np.testing.assert_allclose(features, same.extract(films), atol=1e-6)
    assert saved.identity["name"] == "saved"
    assert saved.identity["input"] == same.identity["input"]


def test_a_saved_model_gives_its_output_of_that_name(tmp_path):
    model, films = classifier(), films_of(3)
    outputs = {"all": model.output, "features": model.get_layer("features").output}
    keras.Model(model.inputs, outputs).export(tmp_path / "saved", verbose=False)
    extractor = load_extractor(tmp_path / "saved", value_range=(-1, 1))
    assert extractor.identity["layer"] == "features"
    np.testing.assert_allclose(extractor.extract(films), features_by_hand(model, films), atol=1e-5)


def test_the_identity_is_that_of_the_files_wherever_they_are(exported, tmp_path):
    for name in ("saved", "same.keras"):
        place = tmp_path / f"moved {name}"
        (shutil.copytree if name == "saved" else shutil.copy)(exported / name, place)
        one, other = (
            load_extractor(path, value_range=(0, 1), resolution=8)
            for path in (exported / name, place)
        )
        check_same_extractor(one.identity, other.identity)


def test_other_weights_are_another_extractor(tmp_path):
    one, other = (
        load_extractor(save_classifier(tmp_path / name, classifier())) for name in ("a", "b")
    )
    with pytest.raises(ValueError, match="differ in weights"):
        check_same_extractor(one.identity, other.identity)


def test_a_saved_model_with_any_other_file_or_content_is_another_extractor(exported, tmp_path):
    def weights(folder):
        return load_extractor(folder, value_range=(0, 1), resolution=8).identity["weights"]

    other = shutil.copytree(exported / "saved", tmp_path / "other")
    seen = {weights(exported / "saved"), weights(other)}
    assert len(seen) == 1
    note = other / "assets" / "note.txt"
    note.write_text("one")
    seen.add(weights(other))
    note.write_text("two")
    seen.add(weights(other))
    note.rename(note.with_name("renamed.txt"))
    seen.add(weights(other))
    assert len(seen) == 4


@pytest.mark.parametrize("name", ["saved", "same.keras"])
@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"resolution": 8}, "does not say which values it expects"),
        ({"value_range": (0, 1)}, r"\(None, None\) pixels \(None: any\), and resolution=None"),
        ({"value_range": (1, 1), "resolution": 8}, "two different numbers"),
        ({"value_range": 255, "resolution": 8}, "two different numbers"),
        ({"value_range": (0, np.nan), "resolution": 8}, "two different numbers"),
    ],
)
def test_a_model_of_others_needs_to_be_told_what_it_expects(exported, name, given, message):
    with pytest.raises(ValueError, match=message):
        load_extractor(exported / name, **given)


def test_another_resolution_than_that_of_the_model_is_refused(tmp_path):
    maps().save(tmp_path / "mine.keras")
    with pytest.raises(ValueError, match=r"model for \(16, 16\) pixels .*resolution=8"):
        load_extractor(tmp_path / "mine.keras", value_range=(0, 1), resolution=8)


def test_our_classifier_is_not_told_what_it_knows(tmp_path):
    folder = save_classifier(tmp_path / "classifier", classifier())
    with pytest.raises(ValueError, match="knows its value range"):
        load_extractor(folder, value_range=(0, 255))


@pytest.mark.parametrize("card", [{"resolution": 32}, {"channels": 3}])
def test_a_card_of_another_classifier_is_refused(tmp_path, card):
    folder = save_classifier(tmp_path / "classifier", classifier(), **card)
    with pytest.raises(ValueError, match="do not belong together"):
        load_extractor(folder)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"kind": "small"'])
def test_a_damaged_card_is_named(tmp_path, text):
    folder = save_classifier(tmp_path / "classifier", classifier())
    (folder / "classifier.json").write_text(text)
    with pytest.raises(ValueError, match=r"classifier\.json: this is no card"):
        load_extractor(folder)


def test_a_classifier_without_features_is_refused(tmp_path):
    folder = save_classifier(tmp_path / "classifier", maps())
    with pytest.raises(ValueError, match=r"no layer 'features'.*'maps'"):
        load_extractor(folder)


def test_damaged_models_are_named(exported, tmp_path):
    (tmp_path / "cut.keras").write_bytes((exported / "same.keras").read_bytes()[:500])
    with pytest.raises(ValueError, match=r"cut\.keras: Keras cannot load this model"):
        load_extractor(tmp_path / "cut.keras", value_range=(0, 1))
    damaged = shutil.copytree(exported / "saved", tmp_path / "damaged")
    (damaged / "saved_model.pb").write_bytes(b"no model")
    with pytest.raises(ValueError, match=r"damaged: this SavedModel cannot be loaded"):
        load_extractor(damaged, value_range=(0, 1))


def test_models_that_take_no_films_are_refused(tmp_path):
    films, words = keras.Input([SIDE, SIDE, 1]), keras.Input([4])
    both = [keras.layers.Flatten()(films), words]
    keras.Model([films, words], keras.layers.Concatenate()(both)).save(tmp_path / "two.keras")
    with pytest.raises(ValueError, match="2 known inputs"):
        load_extractor(tmp_path / "two.keras", value_range=(0, 1))
    keras.Model(words, keras.layers.Dense(2)(words)).save(tmp_path / "words.keras")
    with pytest.raises(ValueError, match=r"1 or 3 channels.*\(None, 4\)"):
        load_extractor(tmp_path / "words.keras", value_range=(0, 1))
    maps(side=64, channels=2).save(tmp_path / "two_channels.keras")
    with pytest.raises(ValueError, match=r"\(None, 64, 64, 2\)"):
        load_extractor(tmp_path / "two_channels.keras", value_range=(0, 1))


def test_where_there_is_no_model_a_sentence_says_so(tmp_path):
    with pytest.raises(ValueError, match=r"missing: there is no extractor.*does not exist"):
        load_extractor(tmp_path / "missing")
    with pytest.raises(ValueError, match=r"no extractor.*of another kind.*train-classifier"):
        load_extractor(tmp_path)
