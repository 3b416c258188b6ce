import keras
import numpy as np

from emixer_tf.config import END, PAD, START, UNK
from emixer_tf.layers.zipf_initializer import ZipfInitializer


def test_the_next_word_is_rarer_by_its_rank():
    logits = np.array(ZipfInitializer()((10,)))
    np.testing.assert_allclose(np.exp(logits[END] - logits[END:]), np.arange(1, 9), rtol=1e-6)
    assert logits.argmin() in (PAD, START)
    assert logits[PAD] == logits[START]
    assert logits[UNK] == logits[END] - np.log(2).astype("float32")


def test_layers_with_it_survive_serialization():
    layer = keras.layers.Dense(7, bias_initializer=ZipfInitializer())
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    copy.build((None, 2))
    np.testing.assert_array_equal(copy.bias, ZipfInitializer()((7,)))
