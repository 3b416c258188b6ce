import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

# Two logical CPU devices, before anything touches one: the distribution tests need them.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

from emixer_tf.config import EmixerConfig
from emixer_tf.data.vocabulary import SPECIAL_WORDS

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


@pytest.fixture
def real_data():
    if not REAL_DATA.is_dir():
        pytest.skip("the folder shared/data with real films is not here")
    return REAL_DATA


@pytest.fixture(scope="module")
def run_eagerly():
    # Tracing a training step takes as long as hundreds of steps; tests of what is done with a
    # training take two.
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="session")
def two_replicas():
    # One for all tests of a process: the collectives of a second strategy take the same keys.
    return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])


@pytest.fixture(scope="session")
def tiny_config():
    return EmixerConfig.named(
        "phantom_32",
        labels=("Edema", "Cardiomegaly", "Fracture"),
        resolution=16,
        generator_channels=4,
        discriminator_channels=4,
        vocabulary_size=12,
        sentences=3,
        words=4,
        word_embedding_dim=6,
        decoder_units=8,
        encoder_channels=8,
        encoder_features=8,
        report_discriminator_units=8,
        joint_discriminator_units=8,
        joint_discriminator_channels=4,
        batch_size=4,
        discriminator_steps=2,
        decoder_steps=2,
        rotated_share=1.0,
        report_judge_interval=1,
        topic_units=8,
        label_reward_half_life=None,
        report_judge_half_life=None,
        report_label_weight=0.0,
        shift_pairs=False,
    )


@pytest.fixture(scope="session")
def tiny_vocabulary():
    return [*SPECIAL_WORDS, *["no", "edema", "heart", "is", "normal", "left", "rib", "fracture"]]


@pytest.fixture(scope="session")
def make_studies():
    def make(config, count, seed=0):
        rng = np.random.default_rng(seed)
        shape = (count, config.sentences, config.words)
        tokens = rng.integers(4, config.vocabulary_size, shape).astype("int32")
        tokens[:, :, -1] = 0
        tokens[::2, -1] = 0
        side = config.resolution
        return {
            "image": rng.uniform(-1, 1, (count, side, side, config.channels)).astype("float32"),
            "tokens": tokens,
            "labels": (rng.random((count, len(config.labels))) < 0.4).astype("float32"),
            "labelled": np.ones(count, "float32"),
            "reported": np.ones(count, "float32"),
        }

    return make
