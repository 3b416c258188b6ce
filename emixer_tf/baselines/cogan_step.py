"""The gradients of CoGAN: two coupled discriminators, two coupled generators, an autoencoder."""

import tensorflow as tf

from emixer_tf.baselines.report_autoencoding import AutoencodingStep
from emixer_tf.baselines.report_embedding import on_the_sphere
from emixer_tf.training.distribution import replica_count
from emixer_tf.training.film_adversary import judge_films, please_film_judge
from emixer_tf.training.gradient_sums import weigh
from emixer_tf.training.losses import discriminator_loss, generator_loss

_REAL, _FAKE, _WRITTEN = 48, 49, 50  # purposes of the random stream


class CoupledStep(AutoencodingStep):
    """The training step of a compiled `CoGAN`: one game over films and reports' vectors.

    Reference:
        Liu and Tuzel (arXiv:1606.07536), equation 2: the value function is the sum of the two
        domains' own.
    """

    DISTURBANCE = 0.3  # the discriminators read vectors that are disturbed as far
    DISTURBANCE_PURPOSE = _WRITTEN

    def discriminator_gradients(self, batch, step, update):
        """Return the gradients of both discriminators on one fresh batch, and values to log."""
        model, config = self.model, self.config
        stream = self.discriminator_stream(step, update)
        made = model.generators([self.noise(batch, stream), batch["fake_labels"]], training=True)
        films, vectors = (tf.stop_gradient(part) for part in made)
        read = model.encoder(*model.report_decoder.embed(batch["tokens"]))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in model.discriminator_variables])
            losses, logs = judge_films(model.discriminators, config, batch, films)
            losses["d_report"] = self._judge_reports(batch, tf.stop_gradient(read), vectors, stream)
            total = weigh(losses, {
                "d_image": config.image_weight,
                "d_report": config.report_weight,
            })  # fmt: skip
            scaled = total / replica_count()
        gradients = tape.gradient(scaled, model.discriminator_variables)
        return gradients, {**losses, **logs}

    def _judge_reports(self, batch, real, fake, stream):
        discriminators, size = self.model.discriminators, fake.shape[0]
        real = self.disturbed(real, stream, _REAL)
        fake = self.disturbed(fake, stream, _FAKE)
        features = discriminators.report_features(tf.concat([real, fake], 0), training=True)
        logits = discriminators.logits(
            features,
            tf.concat([batch["labels"], batch["fake_labels"]], 0),
            tf.concat([batch["labelled"], batch["fake_labelled"]], 0),
            training=True,
        )
        return discriminator_loss(
            self.config.adversarial_loss, logits[:size], logits[size:],
            batch["reported_weights"], tf.ones_like(logits[size:]),
        )  # fmt: skip

    def generator_gradients(self, batch, step):
        """Return the gradients of both generators, and values to log."""
        model, config = self.model, self.config
        discriminators = model.discriminators
        stream = self.generator_stream(step)
        noise = self.noise(batch, stream)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in model.generator_variables])
            films, vectors = model.generators([noise, batch["fake_labels"]], training=True)
            losses, logs = please_film_judge(discriminators, config, batch, films)
            vectors = self.disturbed(vectors, stream, _FAKE)
            features = discriminators.report_features(vectors)
            logits = discriminators.logits(features, batch["fake_labels"], batch["fake_labelled"])
            losses["g_report"] = generator_loss(config.adversarial_loss, logits)
            total = weigh(losses, {
                "g_image": config.image_weight,
                "g_report": config.report_weight,
            })  # fmt: skip
            scaled = total / replica_count()
        gradients = tape.gradient(scaled, model.generator_variables)
        return gradients, {**losses, **logs}

    def disturbed(self, vectors, stream, purpose):
        """Return neighbours of reports' vectors, which the decoder writes as the same reports."""
        return on_the_sphere(vectors + self.DISTURBANCE * stream.normal(purpose, vectors.shape))
