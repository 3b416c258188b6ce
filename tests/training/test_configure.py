import pytest
from noise import listing, study

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
    assert config.report_weight > 0


def test_data_without_reports_train_films_alone(card):
    card = card(report=None)
    config = configure("phantom_32", card, SMALL)
    model = EMIXER(config, vocabulary=card.vocabulary)
    assert model.report_discriminator is None
    assert model.joint_discriminator is None
    studies = model.generate({"edema": 1}, n=2, seed=0)
    assert studies.reports == ["", ""]


def test_films_of_another_size_are_refused(card):
    with pytest.raises(ValueError, match=r"wants resolution 64, the data has 32\. Remedy: prepare"):
        configure("phantom_64", card())


def test_a_change_that_is_none_is_refused(card):
    with pytest.raises(ValueError, match=r"--set takes FIELD=VALUE\. Received: 'batch_size'"):
        configure("phantom_32", card(), ["batch_size"])
