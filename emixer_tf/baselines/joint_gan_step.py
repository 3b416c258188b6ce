"""The gradients of JointGAN: the critic, the four generators, and the report autoencoder."""

from typing import NamedTuple

import tensorflow as tf

from emixer_tf.baselines.joint_generators import known_labels
from emixer_tf.baselines.report_autoencoding import AutoencodingStep
from emixer_tf.baselines.softmax_critic import (
    MADE,
    critic_accuracy,
    critic_loss,
    generators_losses,
)
from emixer_tf.training.distribution import replica_count

# Purposes of the random streams.
_DESCRIBED, _PICTURED, _FILM_FIRST, _REPORT_FIRST, _WRITTEN = range(5)


class StudyNoise(NamedTuple):
    """Noise `[batch, config.noise_dim]` of a study's film, and of its report."""

    film: tf.Tensor
    report: tf.Tensor


class JointGANStep(AutoencodingStep):
    """The training step of a compiled `JointGAN`.

    Reference:
        Pu et al., JointGAN (arXiv:1806.02978), section 3.
    """

    DISTURBANCE = 0.2  # the critic reads embeddings as they are
    DISTURBANCE_PURPOSE = _WRITTEN

    def discriminator_gradients(self, batch, step, update):
        """Return the gradients of the critic on one fresh batch, and values to log."""
        critic = self.model.critic
        stream = self.discriminator_stream(step, update)
        real_reports = self._read(batch)
        films, reports = self._made(batch, real_reports, stream)
        films, reports = [tf.stop_gradient(film) for film in films], tf.stop_gradient(reports)
        variables = self.model.discriminator_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            features = self._film_features([batch["image"], *films], training=True)
            real = features[: batch["image"].shape[0]]
            logits = critic.logits(
                tf.concat([real, real, features[real.shape[0] :]], 0),
                tf.concat([real_reports, reports], 0),
                _repeated(batch["labels"], 3, batch["fake_labels"], 2),
                _repeated(batch["labelled"], 3, batch["fake_labelled"], 2),
                training=True,
            )
            weights = tf.concat([batch["reported_weights"], _made_weights(batch)], 0)
            loss = critic_loss(logits, weights)
            scaled = loss / replica_count()
        logs = {"d_joint": loss, "critic_accuracy": critic_accuracy(logits, weights)}
        return tape.gradient(scaled, variables), logs

    def generator_gradients(self, batch, step):
        """Return the gradients of the generators through the critic, and values to log."""
        stream = self.generator_stream(step)
        variables = self.model.generator_variables
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            losses = self.made_losses(batch, stream)
            loss = tf.add_n(list(losses.values())) / len(MADE)
            scaled = self.config.joint_weight * loss / replica_count()
        logs = {f"g_{kind}": value for kind, value in losses.items()}
        return tape.gradient(scaled, variables), {"g_joint": loss, **logs}

    def made_losses(self, batch, stream):
        """Return what every made kind of pair loses by not passing for real, by name."""
        films, reports = self._made(batch, self._read(batch), stream)
        features = self._film_features([batch["image"], *films], training=False)
        logits = self.model.critic.logits(
            features,
            reports,
            _repeated(batch["labels"], 2, batch["fake_labels"], 2),
            _repeated(batch["labelled"], 2, batch["fake_labelled"], 2),
        )
        return generators_losses(logits, _made_weights(batch))

    def _read(self, batch):
        model = self.model
        reports = model.encoder(*model.report_decoder.embed(batch["tokens"]))
        # Batch norm would carry the embedding of no report into the other studies' films.
        return tf.stop_gradient(reports) * batch["reported"][:, None]

    def _made(self, batch, real_reports, stream):
        """Return what the generators make of a batch.

        Returns:
            `(films, reports)`: the films that are not real of the last three kinds of `KINDS`, and
            the embeddings `[4 * batch, features]` of the last four.
        """
        make = self.model.generators
        known = known_labels(batch["labels"], batch["labelled"])
        asked = known_labels(batch["fake_labels"], batch["fake_labelled"])
        # Real films are described without their labels: `describe` is not told them either.
        noise = self._two_noises(batch, stream, _DESCRIBED)
        described = make.report(noise.report, tf.zeros_like(known), batch["image"], training=True)
        noise = self._two_noises(batch, stream, _PICTURED)
        pictured = make.film(noise.film, known, real_reports, training=True)
        noise = self._two_noises(batch, stream, _FILM_FIRST)
        film = make.film(noise.film, asked, training=True)
        report_of_film = make.report(noise.report, asked, film, training=True)
        noise = self._two_noises(batch, stream, _REPORT_FIRST)
        report = make.report(noise.report, asked, training=True)
        film_of_report = make.film(noise.film, asked, report, training=True)
        reports = tf.concat([described, real_reports, report_of_film, report], 0)
        return [pictured, film, film_of_report], reports

    def _two_noises(self, batch, stream, purpose):
        noise = stream.normal(purpose, (batch["image"].shape[0], self.model.noise_dim))
        return StudyNoise(*tf.split(noise, 2, axis=-1))

    def _film_features(self, films, training):
        return self.model.critic.film_features(tf.concat(films, 0), training=training)


def _repeated(real, real_times, fake, fake_times):
    return tf.concat([real] * real_times + [fake] * fake_times, 0)


def _made_weights(batch):
    """Return weights `[4 * batch]` of the pairs that hold anything made, in the order of `MADE`."""
    ones = tf.ones_like(batch["reported_weights"])
    return tf.concat([ones, batch["reported_weights"], ones, ones], 0)
