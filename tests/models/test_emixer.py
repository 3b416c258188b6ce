import csv
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image

from emixer_tf.config import CONFIGURATIONS, EmixerConfig
from emixer_tf.models.emixer import EMIXER
from emixer_tf.models.generation import label_matrix, study_noise
from emixer_tf.models.report_targets import word_targets
from emixer_tf.sheets import contact_sheet
from emixer_tf.training.metric_names import metric_names

pytestmark = pytest.mark.usefixtures("run_eagerly")


@pytest.fixture(scope="module")
def model(tiny_config, tiny_vocabulary, make_studies):
    vocabulary = [*tiny_vocabulary, "x"][: tiny_config.vocabulary_size]
    model = EMIXER(tiny_config, vocabulary=vocabulary)
    model.compile()
    model.train_on_batch(make_studies(tiny_config, tiny_config.studies_per_step))
    return model


def test_same_seed_gives_same_bytes_in_any_company(model):
    many = model.generate({"Edema": 1}, n=5, seed=3)
    few = model.generate([{"Edema": 1}] * 2, seed=3)
    np.testing.assert_array_equal(many.images[:2], few.images)
    assert many.reports[:2] == few.reports
    other = model.generate({"Edema": 1}, n=5, seed=4)
    assert (many.images != other.images).any(axis=(1, 2, 3)).all()


def test_studies_carry_names_and_are_written(model, tmp_path):
    studies = model.generate({"Cardiomegaly": 1}, n=2, seed=1)
    assert list(studies.labels.columns) == list(model.config.labels)
    assert studies.title(0) == "Cardiomegaly"
    studies.save(tmp_path)
    rows = list(csv.DictReader((tmp_path / "studies.csv").read_text().splitlines()))
    assert [row["Cardiomegaly"] for row in rows] == ["1", "1"]
    assert [row["report"] for row in rows] == studies.reports
    read = [[float(row[f"{name} (read)"]) for name in studies.label_names] for row in rows]
    np.testing.assert_allclose(read, studies.label_readings, atol=5e-4)
    with Image.open(tmp_path / rows[1]["file"]) as film:
        np.testing.assert_array_equal(np.asarray(film), studies.images[1, ..., 0])


def test_labels_are_drawn_from_those_met_in_training(model):
    rows = model.generate(None, n=6, seed=0).label_values
    met = {tuple(row) for row in np.array(model.label_rows)[: model.config.batch_size]}
    assert {tuple(row) for row in rows} <= met


def test_misspelt_label_suggests_its_neighbour(model):
    with pytest.raises(ValueError, match="Did you mean 'Cardiomegaly'"):
        model.generate({"cardiomegali": 1})
    with pytest.raises(ValueError, match=r"array \[n, 3\]"):
        model.generate(np.zeros((2, 5)))
    with pytest.raises(ValueError, match="met no labels"):
        label_matrix(None, 1, ("a",), np.zeros((0, 1)), 0)


def test_truncated_noise_is_the_conditioned_normal():
    noise, _ = study_noise(300, 0, 120, (1, 1), truncation=1.0)
    assert np.abs(noise).max() <= 1.0
    # The variance of a standard normal conditioned on |z| <= 1.
    assert noise.var() == pytest.approx(0.2911, abs=0.005)
    noise, _ = study_noise(300, 0, 120, (1, 1), truncation=None)
    assert noise.var() == pytest.approx(1.0, abs=0.02)


def test_the_first_candidate_has_the_numbers_that_it_has_alone():
    _, alone = study_noise(3, 0, 4, (5, 6), truncation=None)
    _, several = study_noise(3, 0, 4, (2, 5, 6), truncation=None)
    assert several.shape == (3, 2, 5, 6)
    np.testing.assert_array_equal(several[:, 0], alone)
    assert len(np.unique(several)) == several.size


def test_describe_reads_films(model):
    films = model.generate({"Edema": 1}, n=3, seed=0).images
    reports = model.describe(films)
    assert len(reports) == 3
    assert all(reports)
    with pytest.raises(ValueError, match=r"shape \[n, 16, 16, 1\] are needed"):
        model.describe(films[:, :8])


def test_several_labels_are_asked_for_at_once(model):
    studies = model.generate({"Edema": 1, "Fracture": 1}, n=2, seed=0)
    np.testing.assert_array_equal(studies.label_values, [[1, 0, 1]] * 2)
    alone = model.generate({"Edema": 1}, n=2, seed=0)
    assert (studies.images != alone.images).any(axis=(1, 2, 3)).all()


def test_reports_are_chosen_among_candidates_where_labels_are_read_off_them(tiny_config):
    model = EMIXER(tiny_config.replace(report_label_weight=1.0))
    asked = [{"Edema": 1}, {"Fracture": 1}, {"Cardiomegaly": 1}]

    def reports(rows, **candidates):
        studies = model.generate(rows, seed=3, temperature=1.0, **candidates)
        np.testing.assert_array_equal(studies.images, films[: len(rows)])
        return studies.reports

    films = model.generate(asked, seed=3).images
    chosen = reports(asked, candidates=8)
    assert chosen != reports(asked, candidates=1)
    assert chosen == reports(asked)
    assert chosen[:1] == reports(asked[:1])
    with pytest.raises(ValueError, match=r"candidates is 1 or more\. Received: candidates=0"):
        model.generate(asked, candidates=0)


def test_nobody_chooses_reports_in_a_model_that_reads_no_labels_off_them(model):
    with pytest.raises(ValueError, match=r"off reports in this EMIXER.*Remedy: candidates=1"):
        model.generate({"Edema": 1}, candidates=2)
    assert model.generate({"Edema": 1}, seed=1).reports == (
        model.generate({"Edema": 1}, seed=1, candidates=1).reports
    )


def assert_same_weights_and_optimizers(model, restored):
    for name in ("optimizer", "decoder_optimizer", "discriminator_optimizer"):
        old, new = getattr(model, name), getattr(restored, name)
        assert int(new.iterations) > 0
        for a, b in zip(old.variables, new.variables, strict=True):
            np.testing.assert_array_equal(np.array(a), np.array(b))
    for a, b in zip(model.get_weights(), restored.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_preset_folder_round_trip(model, tmp_path):
    folder = tmp_path / "preset"
    model.save_to_preset(folder)
    restored = EMIXER.from_preset(folder)
    assert restored.config == model.config
    assert_same_weights_and_optimizers(model, restored)
    expected = model.generate({"Edema": 1}, n=2, seed=0)
    studies = restored.generate({"Edema": 1}, n=2, seed=0)
    np.testing.assert_array_equal(expected.images, studies.images)
    assert expected.reports == studies.reports
    (folder / "vocabulary.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"vocabulary\.json is missing"):
        EMIXER.from_preset(folder)


def test_a_preset_names_the_data_it_was_trained_on(model, tmp_path):
    card = SimpleNamespace(name="phantom", counts={"train": 7}, notes=["No patients."])
    model.save_to_preset(tmp_path / "preset", card)
    text = (tmp_path / "preset" / "README.md").read_text()
    assert "phantom (7 train studies). No patients." in text


def test_a_preset_takes_its_name_when_it_is_whole(model, tmp_path, monkeypatch):
    folder = tmp_path / "preset"
    model.save_to_preset(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full_disk(path):
        raise OSError("No space left on device")

    monkeypatch.setattr(model, "save_weights", full_disk)
    with pytest.raises(OSError, match="No space left"):
        model.save_to_preset(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["preset"]


def test_a_folder_with_other_files_is_not_replaced(model, tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(FileExistsError, match=r"holds 'thesis\.tex', which would be lost"):
        model.save_to_preset(tmp_path)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_a_preset_of_two_models_is_refused(model, tmp_path):
    model.save_to_preset(tmp_path / "preset")
    (tmp_path / "preset" / "vocabulary.json").write_text('["<pad>", "<start>"]')
    with pytest.raises(ValueError, match=r"preset: The vocabulary must have .* of one preset"):
        EMIXER.from_preset(tmp_path / "preset")


def test_colour_films_are_learnt_made_written_and_described(tiny_config, make_studies, tmp_path):
    model = EMIXER(tiny_config.replace(channels=3))
    model.compile()
    logs = model.train_on_batch(
        make_studies(model.config, model.config.studies_per_step), return_dict=True
    )
    assert set(metric_names(model.config)) | {"word_perplexity"} <= set(logs)
    assert all(np.isfinite(float(value)) for value in logs.values())
    studies = model.generate({"Edema": 1}, n=2, seed=0)
    assert studies.images.shape == (2, 16, 16, 3)
    assert len(model.describe(studies.images)) == 2
    studies.save(tmp_path)
    with Image.open(tmp_path / "00000-00001.png") as film:
        np.testing.assert_array_equal(np.asarray(film), studies.images[1])


def test_keras_file_round_trip_keeps_all_optimizers(model, tmp_path):
    model.save(tmp_path / "model.keras")
    restored = keras.models.load_model(tmp_path / "model.keras")
    assert isinstance(restored, EMIXER)
    assert_same_weights_and_optimizers(model, restored)


def test_mixed_precision_is_refused(tiny_config):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        with pytest.raises(ValueError, match=r"learnt in float32.*mixed_float16"):
            EMIXER(tiny_config)
    finally:
        keras.config.set_dtype_policy("float32")
    with pytest.raises(ValueError, match=r"float32 and mixed_bfloat16"):
        EMIXER(tiny_config, dtype="mixed_bfloat16")


def test_vocabulary_of_another_data_set_is_refused(tiny_config):
    with pytest.raises(ValueError, match=r"must have config\.vocabulary_size words"):
        EMIXER(tiny_config, vocabulary=["<pad>"] * 5)


def test_evaluate_measures_the_averaged_decoder(model, make_studies):
    studies = make_studies(model.config, 4)
    result = model.test_on_batch(studies, return_dict=True)
    assert result["word_perplexity"] == pytest.approx(np.exp(result["words"]), rel=1e-4)
    features = model.averaged_encoder(studies["image"], training=False)
    _, logits = model.averaged_decoder.teacher_forcing(features, studies["tokens"])
    targets, mask = (np.array(part) for part in word_targets(studies["tokens"]))
    losses = keras.losses.sparse_categorical_crossentropy(targets, logits, from_logits=True)
    assert result["words"] == pytest.approx(np.array(losses)[mask > 0].mean(), rel=1e-4)


def test_evaluate_measures_the_averaged_reader_of_reports(tiny_config, make_studies):
    model = EMIXER(tiny_config.replace(report_label_weight=1.0))
    model.compile()
    studies = make_studies(model.config, 4)
    before = model.test_on_batch(studies, return_dict=True)["report_labels"]
    for network in (model.report_label_reader, model.report_decoder):
        network.set_weights([0 * weight for weight in network.get_weights()])
    model.reset_metrics()
    after = model.test_on_batch(studies, return_dict=True)["report_labels"]
    assert after == pytest.approx(before, rel=1e-6)
    assert after != pytest.approx(np.log(2), rel=1e-3)  # a reader of zeros


def test_no_studies_cannot_be_asked_for_and_no_films_have_no_reports(model):
    for labels, n in (({"Edema": 1}, 0), ([], 1), (np.zeros((0, 3)), 1), (None, 0)):
        with pytest.raises(ValueError, match="No study was asked for"):
            model.generate(labels, n=n)
    assert model.describe(np.zeros((0, 16, 16, 1), "uint8")) == []


def test_a_step_is_not_compiled_by_xla_unless_it_is_asked_for(tiny_config):
    model = EMIXER(tiny_config)
    model.compile()
    assert model.jit_compile is False


def test_presets_without_weights_say_so():
    with pytest.raises(ValueError, match="No weights are shipped"):
        EMIXER.from_preset("phantom_32")
    with pytest.raises(ValueError, match="Did you mean 'phantom_"):
        EMIXER.from_preset("phantom_16")


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_configurations_survive_json(name):
    config = EmixerConfig.named(name)
    assert EmixerConfig.from_json(config.to_json()) == config


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"channels": 2}, "channels must be 1 or 3"),
        ({"resolution": 48}, "power of two"),
        ({"batch_size": 6}, "multiple of 4"),
        ({"adversarial_loss": "wgan"}, "hinge"),
        ({"rotated_share": 0}, "rotated_share is a share"),
        ({"label_weight_generator": 1.0}, "needs an encoder_label_weight"),
        ({"labelled_fraction": 0}, "labelled_fraction is above 0"),
        ({"batch_size": 0}, "multiple of 4"),
        ({"joint_weight": -0.1}, r"joint_weight is a weight from 0\. Received: -0\.1"),
        ({"rotation_weight_discriminator": 0}, "needs a rotation_weight_discriminator above 0"),
        ({"gumbel_temperature": 0}, "gumbel_temperature is above 0"),
        ({"seed": -1}, "seed is 0 or more"),
        ({"resolution": 64}, r"G and D both have: one of \[16, 32\], or null. Received: attention"),
        ({"attention_resolution": 8}, r"one of \[16, 32, 64\], or null"),
        ({"image_weigth": 1}, "Did you mean 'image_weight'"),
        ({"labels": ("a", "a")}, "distinct"),
    ],
)
def test_bad_configurations_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        EmixerConfig().replace(**change)


@pytest.mark.parametrize(
    ("encoder", "trained"),
    [("small", True), ("densenet121", True), ("densenet121_imagenet", False)],
)
def test_a_pretrained_encoder_is_frozen(encoder, trained):
    model = SimpleNamespace(config=EmixerConfig(image_encoder=encoder), learns_from_real_pairs=True)
    assert EMIXER.trains_encoder.fget(model) is trained


def test_contact_sheet_holds_every_film():
    films = np.full((3, 8, 8, 1), 200, "uint8")
    sheet = contact_sheet(films, ["a"] * 3, ["long report " * 20] * 3, columns=2)
    pixels = np.asarray(sheet)
    assert (pixels == 200).all(-1).sum() == 3 * 192 * 192
