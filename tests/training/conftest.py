import pytest
import tensorflow as tf

from emixer_tf.training.conditioning import with_conditioning


@pytest.fixture
def batch(tiny_config, make_studies):
    studies = make_studies(tiny_config, tiny_config.batch_size)
    return with_conditioning({key: tf.constant(value) for key, value in studies.items()})
