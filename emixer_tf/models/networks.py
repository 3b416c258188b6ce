"""The networks as a configuration describes them; a weight of 0 makes None."""

import contextlib
import random

import keras

from emixer_tf.models.image_discriminator import ImageDiscriminator
from emixer_tf.models.image_encoder import DenseNetEncoder, SmallImageEncoder
from emixer_tf.models.image_generator import ImageGenerator
from emixer_tf.models.joint_discriminator import JointDiscriminator
from emixer_tf.models.report_decoder import ReportDecoder
from emixer_tf.models.report_discriminator import ReportDiscriminator
from emixer_tf.models.report_label_reader import ReportLabelReader


def refuse_other_precision(policy):
    """Refuse mixed precision, with which nothing was measured.

    Args:
        policy: `keras.DTypePolicy` of the model; its networks have that of Keras.

    Raises:
        ValueError: If either is another policy than float32.
    """
    names = {policy.name, keras.config.dtype_policy().name}
    if names != {"float32"}:
        raise ValueError(
            "Films and reports are learnt in float32. Received: the dtype policy "
            f"{' and '.join(sorted(names))}. Remedy: no dtype of the model's own, and "
            'keras.config.set_dtype_policy("float32") before it is made.'
        )


def image_generator(config):
    """Return the image generator G."""
    return ImageGenerator(
        resolution=config.resolution,
        channels=config.channels,
        label_count=len(config.labels),
        base_channels=config.generator_channels,
        base_resolution=config.base_resolution,
        noise_dim=config.noise_dim,
        chunk=config.noise_chunk,
        embedding_dim=config.label_embedding_dim,
        attention_resolution=config.attention_resolution,
    )


def image_encoder(config):
    """Return the image encoder that the report decoder reads through."""
    if config.image_encoder == "small":
        return SmallImageEncoder(
            features=config.encoder_features, base_channels=config.encoder_channels
        )
    weights = "imagenet" if config.image_encoder == "densenet121_imagenet" else None
    return DenseNetEncoder(weights=weights)


def report_decoder(config, features):
    """Return the report decoder F for an encoder's number of features."""
    return ReportDecoder(
        vocabulary_size=config.vocabulary_size,
        sentences=config.sentences,
        words=config.words,
        embedding_dim=config.word_embedding_dim,
        units=config.decoder_units,
        features=features,
        topic_units=config.topic_units,
        word_layers=config.word_layers,
        sentence_memory=config.sentence_memory,
    )


def label_reader(config):
    """Return the head that teaches the image encoder to read labels."""
    if not config.encoder_label_weight:
        return None
    return keras.layers.Dense(len(config.labels), name="label_reader")


def report_label_reader(config):
    """Return the network that reads labels off reports."""
    if not config.report_label_weight:
        return None
    return ReportLabelReader(config.topic_units, len(config.labels))


def image_discriminator(config):
    """Return the image discriminator, which every configuration has."""
    return ImageDiscriminator(
        resolution=config.resolution,
        channels=config.channels,
        label_count=len(config.labels),
        base_channels=config.discriminator_channels,
        base_resolution=config.base_resolution,
        attention_resolution=config.attention_resolution,
    )


def report_discriminator(config):
    """Return the report discriminator."""
    if not config.report_weight:
        return None
    return ReportDiscriminator(
        units=config.report_discriminator_units, embedding_dim=config.word_embedding_dim
    )


def joint_discriminator(config):
    """Return the joint discriminator."""
    if not config.joint_weight:
        return None
    return JointDiscriminator(
        units=config.joint_discriminator_units,
        base_channels=config.joint_discriminator_channels,
    )


def untrained_copy(network):
    """Return a network of the same configuration with variables of its own."""
    return type(network).from_config(network.get_config())


@contextlib.contextmanager
def seeded_initialisers(seed):
    """Let weights start from `seed`, and leave Python's own random state as it was.

    Keras initialisers without a seed of their own draw one from Python's `random`.
    """
    state = random.getstate()
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(state)
