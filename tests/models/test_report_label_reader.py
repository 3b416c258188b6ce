import keras
import numpy as np
from keras import ops

from emixer_tf.models.report_label_reader import ReportLabelReader


def reports():
    """Word embeddings `[2, 3, 4, 5]` of reports of 2 and of 1 sentences, and their mask."""
    embedded = np.random.default_rng(0).normal(size=(2, 3, 4, 5)).astype("float32")
    mask = np.zeros((2, 3, 4), "float32")
    mask[0, 0, :3] = mask[0, 1, :2] = mask[1, 0, :4] = 1
    return embedded, mask


def test_a_report_is_the_sum_of_what_its_sentences_say():
    reader = ReportLabelReader(6, 2)
    embedded, mask = reports()
    logits = np.array(reader(embedded, mask))
    first, second, head = (layer.get_weights() for layer in (*reader.hidden, reader.head))

    def said(words):
        for kernel, bias in (first, second):
            words = np.maximum(words @ kernel + bias, 0)
        return words

    two = said(embedded[0, 0, :3].mean(0)) + said(embedded[0, 1, :2].mean(0))
    np.testing.assert_allclose(logits[0], two @ head[0] + head[1], rtol=1e-4, atol=1e-6)
    one = said(embedded[1, 0].mean(0))
    np.testing.assert_allclose(logits[1], one @ head[0] + head[1], rtol=1e-4, atol=1e-6)


def test_neither_the_order_of_sentences_nor_padding_matters():
    reader = ReportLabelReader(6, 2)
    embedded, mask = reports()
    logits = reader(embedded, mask)
    turned = reader(embedded[:, [1, 0, 2]], mask[:, [1, 0, 2]])
    np.testing.assert_allclose(turned, logits, rtol=1e-5, atol=1e-6)
    filled = np.where(mask[..., None] > 0, embedded, 7.0)
    np.testing.assert_allclose(reader(filled, mask), logits, rtol=1e-5, atol=1e-6)


def test_it_comes_back_from_its_configuration():
    reader = ReportLabelReader(6, 2)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(reader))
    again.build((None, 3, 4, 5))
    reader.build((None, 3, 4, 5))
    again.set_weights(reader.get_weights())
    embedded, mask = reports()
    np.testing.assert_array_equal(again(embedded, mask), reader(embedded, mask))
    assert ops.shape(again(embedded, mask)) == (2, 2)
