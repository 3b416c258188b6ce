"""Generating and describing as functions of tensors alone: what a server can run."""

import math

import tensorflow as tf

from emixer_tf.serving.fixed_batches import in_batches_of_one_size, with_as_many_rows
from emixer_tf.serving.numpy_stream import as_doubles, as_floats, random_bits
from emixer_tf.serving.report_text import report_text

_LEAST_UNIFORM = 1e-12  # as `study_noise`


class StudyGraph:
    """What a model makes, as functions of tensors without state.

    Args:
        model: `StudyGenerator` with a vocabulary.
        candidates: Reports that are written for a film, as for `generate`.
        top_p: Of the words, as for `generate`.
    """

    def __init__(self, model, candidates, top_p):
        self.model = model
        self.candidates = candidates
        self.top_p = top_p

    def generate(self, labels, seed, temperature, truncation):
        """Make studies; study i is the first of `model.generate(labels[i:i + 1], seed=seed[i])`.

        Args:
            labels: float32 `[n, label_count]`.
            seed: int64 `[n]`.
            temperature: Of the words, float32 `[n]`; below 0 counts as 0.
            truncation: Of the noise, float32 `[n]`; 0 and less: not cut.

        Returns:
            Dict of `image` uint8 `[n, R, R, channels]`, `report` string `[n]` and, where the model
            reads labels off its films, `label_readings` float32 `[n, label_count]`.
        """
        config = self.model.config
        inputs = with_as_many_rows(
            {
                "labels": labels,
                "seed": seed,
                "temperature": tf.maximum(temperature, 0.0),
                "truncation": truncation,
            }
        )
        inputs["noise"], inputs["uniforms"] = study_noise_tensors(
            inputs.pop("seed"),
            self.model.noise_dim,
            (self.candidates, config.sentences, config.words),
            inputs.pop("truncation"),
        )
        return self._in_words(in_batches_of_one_size(self._studies, inputs))

    def describe(self, image):
        """Write greedy reports of films.

        Args:
            image: uint8 `[n, R, R, channels]`.

        Returns:
            Dict of `report` string `[n]`.
        """
        return self._in_words(in_batches_of_one_size(self._descriptions, {"image": image}))

    def _studies(self, batch):
        model, top_p = self.model, tf.fill(tf.shape(batch["temperature"]), self.top_p)
        made = model({**batch, "uniforms": batch["uniforms"][:, 0], "top_p": top_p})
        outputs = {"image": as_uint8(made["image"]), "tokens": made["tokens"]}
        if self.candidates > 1:
            outputs |= model.chooser({**batch, "image": made["image"], "top_p": top_p})
        if model.reads_film_labels:
            features = model.averaged_encoder(as_float(outputs["image"]), training=False)
            outputs["label_readings"] = tf.sigmoid(model.label_reader(features))
        return outputs

    def _descriptions(self, batch):
        config, rows = self.model.config, tf.shape(batch["image"])[0]
        return self.model.describer(
            {
                "image": as_float(batch["image"]),
                "uniforms": tf.zeros([rows, config.sentences, config.words]),
                "temperature": tf.zeros([rows]),
                "top_p": tf.fill([rows], self.top_p),
            }
        )

    def _in_words(self, outputs):
        report = report_text(outputs.pop("tokens"), self.model.vocabulary)
        return {**outputs, "report": report}


def study_noise_tensors(seed, noise_dim, words_shape, truncation):
    """Return the random numbers of the first study of every seed, as `study_noise` draws them.

    Args:
        seed: int64 `[n]`.
        noise_dim: Length of the generator's noise.
        words_shape: Tuple of Python ints, the shape of the words' numbers.
        truncation: float32 `[n]`; 0 and less: not cut.

    Returns:
        `(noise, uniforms)`: float32 `[n, noise_dim]` and `[n, *words_shape]`.
    """
    words = math.prod(words_shape)
    bits = random_bits(seed, noise_dim + -(-words // 2))
    drawn = as_doubles(bits[:, :noise_dim]) * (1.0 - _LEAST_UNIFORM) + _LEAST_UNIFORM
    cut = tf.cast(truncation, tf.float64)[:, None]
    low = tf.where(cut > 0, tf.math.erfc(cut / math.sqrt(2.0)) / 2.0, 0.0)
    noise = tf.math.ndtri(low + (1.0 - 2.0 * low) * drawn)
    uniforms = as_floats(bits[:, noise_dim:])[:, :words]
    return tf.cast(noise, tf.float32), tf.reshape(uniforms, (-1, *words_shape))


def as_uint8(films):
    """Return films in [-1, 1] as uint8, as `films_to_uint8` does."""
    return tf.cast(tf.clip_by_value(tf.round((films + 1.0) * 127.5), 0.0, 255.0), tf.uint8)


def as_float(films):
    """Return uint8 films in [-1, 1], as `films_to_float` does."""
    return tf.cast(films, tf.float32) / 127.5 - 1.0
