"""What the training steps of all study generators have in common."""

import tensorflow as tf

from emixer_tf.random_stream import RandomStream
from emixer_tf.training.conditioning import with_conditioning
from emixer_tf.training.distribution import (
    replica_count,
    replica_index,
    rows_of_all_replicas,
    traced_once,
)
from emixer_tf.training.gradient_sums import sum_by_variable, weigh
from emixer_tf.training.moving_average import average_decay, update_average

_GENERATOR_UPDATE, _DECODER_UPDATE = 32, 48
_NOISE = 0  # purpose of the random stream


class TrainingStep:
    """One step: updates of the discriminators, one of the generators, updates of the decoder.

    Each of the three updates, its optimizer included, is a function that is traced once and
    called as often as the step needs it. A subclass says what is learnt from whom:
    `discriminator_gradients(batch, step, update)` and `generator_gradients(batch, step)` return
    gradients and values to log, `real_pair_losses(batch, encoder, decoder, training)` losses.

    Args:
        model: A compiled `StudyGenerator`.
    """

    def __init__(self, model):
        self.model = model
        self.config = model.config
        self._train_discriminators = traced_once(self.train_discriminators)
        self._train_generator = traced_once(self.train_generator)
        self._train_decoder = traced_once(self.train_decoder)

    def __call__(self, studies):
        """Run one step on `studies_per_step` studies and return named values to log."""
        model, config = self.model, self.config
        step = model.step
        # Rows k, k + batches, ...: the same split of the global batch on any number of replicas.
        batches = [
            self.prepared(
                {key: value[k :: config.batches_per_step] for key, value in studies.items()}
            )
            for k in range(config.batches_per_step)
        ]
        logs = {}
        for k in range(config.discriminator_steps):
            logs.update(self._train_discriminators(batches[k], step, tf.constant(k)))
        adversarial, values = self._train_generator(batches[-1], step)
        logs.update(values)
        if model.trains_decoder:
            for batch in batches[: config.decoder_steps]:
                logs.update(self._train_decoder(batch, adversarial))
        self._update_averages(batches[-1])
        return logs

    def prepared(self, batch):
        """Return a batch with what the losses need to know of it."""
        return with_conditioning(batch)

    def train_discriminators(self, batch, step, update):
        """Update all discriminators on one fresh batch; return values to log."""
        gradients, logs = self.discriminator_gradients(batch, step, update)
        self.model.discriminator_optimizer.apply(gradients, self.model.discriminator_variables)
        return logs

    def train_generator(self, batch, step):
        """Update the generators; return the discriminators' gradients of F, and values to log."""
        gradients, logs = self.generator_gradients(batch, step)
        variables = self.model.generator_variables
        self.model.optimizer.apply(gradients[: len(variables)], variables)
        dense = [tf.convert_to_tensor(gradient) for gradient in gradients[len(variables) :]]
        return dense, logs

    def train_decoder(self, batch, adversarial):
        """Update F and its encoder on real pairs, joined by the discriminators' gradients."""
        model = self.model
        variables = model.describer_variables
        parts, losses = [(model.adversarial_decoder_variables, adversarial)], {}
        if model.learns_from_real_pairs:
            gradients, losses = self.real_pair_gradients(batch)
            parts.append((variables, gradients))
        model.decoder_optimizer.apply(sum_by_variable(parts, variables), variables)
        return losses

    def real_pair_gradients(self, batch):
        """Return the gradients of F and its encoder on real pairs, and values to log."""
        model = self.model
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in model.describer_variables])
            losses = self.real_pair_losses(
                batch, model.encoder, model.report_decoder, training=True
            )
            total = weigh(losses, {
                "words": self.config.teacher_forcing_weight,
                "stop": self.config.teacher_forcing_weight,
                "encoder_labels": self.config.encoder_label_weight,
                "report_labels": self.config.report_label_weight,
            })  # fmt: skip
            scaled = total / replica_count()
        return tape.gradient(scaled, model.describer_variables), losses

    def _update_averages(self, batch):
        model, config = self.model, self.config
        decay = average_decay(
            model.step,
            config.batch_size,
            config.average_half_life,
            config.average_ramp_up,
        )
        for averaged, network in model.averaged_pairs:
            update_average(averaged, network, decay)
        model.remember_labels(rows_of_all_replicas(batch["fake_labels"]))

    def generator_stream(self, step):
        """Return the random numbers of the generators' update of a step."""
        return self.discriminator_stream(step, _GENERATOR_UPDATE)

    def discriminator_stream(self, step, update):
        """Return the random numbers of one of the discriminators' updates of a step."""
        stream = RandomStream(self.config.seed, step, replica_index(), replica_count())
        return stream.substream(update)

    def decoder_stream(self):
        """Return the random numbers of the decoder's next update."""
        update = tf.cast(self.model.decoder_optimizer.iterations, tf.int32)
        return self.discriminator_stream(update, _DECODER_UPDATE)

    def noise(self, batch, stream):
        """Return noise `[batch, noise_dim]` for films of a batch's size."""
        return stream.normal(_NOISE, (batch["image"].shape[0], self.model.noise_dim))
