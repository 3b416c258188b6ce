import dataclasses

import pytest
from noise import listing, study

from emixer_tf.baselines import SMGAN, CoGAN, JointGAN
from emixer_tf.data.preparation import Preparation
from emixer_tf.data.prepare_listing import prepare
from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.configure import configure

SMALL = [
    "generator_channels=4",
    "discriminator_channels=4",
    "batch_size=4",
    "encoder_channels=8",
    "encoder_features=8",
    "decoder_units=8",
]


@pytest.fixture
def card(tmp_path):
    def prepared(**fields):
        studies = [study(i, **fields) for i in range(8)]
        return prepare(listing(*studies), tmp_path / "data", Preparation(resolution=32))

    return prepared


def test_sizes_are_those_of_the_data(card):
    config = configure("phantom_32", card(report="No edema. Heart is normal."))
    assert config.labels == ("edema",)
    assert (config.sentences, config.words, config.vocabulary_size) == (2, 4, 9)
    assert config.training_studies == 8
    assert config.report_weight > 0


def test_data_without_reports_train_films_alone(card):
    card = card(report=None)
    config = configure("phantom_32", card, SMALL)
    model = EMIXER(config, vocabulary=card.vocabulary)
    assert model.report_discriminator is None
    assert model.joint_discriminator is None
    studies = model.generate({"edema": 1}, n=2, seed=0)
    assert studies.reports == ["", ""]


def test_a_built_in_configuration_is_adapted_before_it_is_changed(card):
    card = card(report="No edema.")
    config = configure("phantom_32", card, ["batch_size=8"], SMGAN)
    emixers = configure("phantom_32", card, ["batch_size=8"])
    assert emixers.joint_weight > 0
    assert config == SMGAN.adapted(emixers)
    assert configure("phantom_32", card, ["joint_weight=0.5"], SMGAN).joint_weight == 0.5


def test_a_file_is_taken_as_it_is_and_checked_by_the_method(card, tmp_path):
    card = card(report="No edema.")
    emixers = configure("phantom_32", card, SMALL)
    (tmp_path / "config.json").write_text(emixers.to_json())
    config = configure(tmp_path / "config.json", card, method=SMGAN)
    assert config == emixers
    with pytest.raises(ValueError, match="SM-GAN has no such term: report_weight"):
        SMGAN(config)


def test_sm_gan_too_learns_films_alone_where_there_are_no_reports(card):
    card = card(report=None)
    config = configure("phantom_32", card, SMALL, SMGAN)
    assert config.teacher_forcing_weight == 0
    model = SMGAN(config, vocabulary=card.vocabulary)
    assert model.generate({"edema": 1}, n=1).reports == [""]


@pytest.mark.parametrize("method", [CoGAN, JointGAN])
def test_a_method_that_needs_reports_says_so(card, method):
    with pytest.raises(
        ValueError,
        match=rf"{method.METHOD} learns nothing without reports, and no study of 'noise' has one\. "
        "Remedy: data with reports, or --method emixer or smgan",
    ):
        configure("phantom_32", card(report=None), SMALL, method)


def test_data_without_labels_are_refused(card):
    card = card(report="No edema.")
    unlabelled = {"unlabelled": 8, "label_counts": {"train": {"edema": 0}}}
    for changes in ({"labels": []}, unlabelled):
        with pytest.raises(ValueError, match=r"no training study of 'noise' has any\. Remedy: pre"):
            configure("phantom_32", dataclasses.replace(card, **changes))
    # One labelled study is enough, and so are studies of which none has a finding.
    one = {"unlabelled": 7, "label_counts": {"train": {"edema": 1}}}
    negative = {"unlabelled": 0, "label_counts": {"train": {"edema": 0}}}
    for changes in (one, negative):
        assert configure("phantom_32", dataclasses.replace(card, **changes)).labels == ("edema",)


def test_films_of_another_size_are_refused(card):
    with pytest.raises(ValueError, match=r"wants resolution 64, the data has 32\. Remedy: prepare"):
        configure("phantom_64", card())


def test_the_refusal_names_the_configurations_that_fit_the_films(card):
    card = card()
    with pytest.raises(ValueError, match=r"train with --config phantom_32 or --set resolution=32"):
        configure("paper", card)
    with pytest.raises(ValueError, match=r"train with --set resolution=256\."):
        configure("xray_128", dataclasses.replace(card, resolution=256))
    with pytest.raises(ValueError, match=r"train with --config xray_128 or --set channels=1\."):
        configure("paper", dataclasses.replace(card, resolution=128))


@pytest.mark.parametrize("change", ["sentences=4", 'labels=["edema"]', "training_studies=9"])
def test_a_change_of_what_the_data_decide_is_refused(card, change):
    name = change.partition("=")[0]
    with pytest.raises(ValueError, match=rf"The data decide {name}\. .* Remedy: prepare the data"):
        configure("phantom_32", card(), [change])


def test_a_change_that_is_none_is_refused(card):
    with pytest.raises(ValueError, match=r"--set takes FIELD=VALUE\. Received: 'batch_size'"):
        configure("phantom_32", card(), ["batch_size"])
