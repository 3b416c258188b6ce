"""The gradients of EMIXER: three discriminators, the generator, and the report decoder."""

import tensorflow as tf

from emixer_tf.training.conditioning import with_inferred_labels
from emixer_tf.training.distribution import replica_count
from emixer_tf.training.film_adversary import judge_films, please_film_judge
from emixer_tf.training.gradient_sums import weigh
from emixer_tf.training.losses import label_loss
from emixer_tf.training.real_pairs import real_pair_losses
from emixer_tf.training.report_adversary import judge_reports, please_report_judges
from emixer_tf.training.shifted_films import shift_films
from emixer_tf.training.training_step import TrainingStep

_SHIFT = 48  # purpose of the random stream


def _gradients(tape, loss, variables):
    # Between two steps of the judges of reports a graph gives them zeros; without one, None.
    values = [variable.value for variable in variables]
    return tape.gradient(loss, values, unconnected_gradients=tf.UnconnectedGradients.ZERO)


class AdversarialStep(TrainingStep):
    """The training step of a compiled `EMIXER`.

    Reference:
        EMIXER, sections 3.2.3 and 6.3.2.
    """

    def prepared(self, batch):
        """Return a batch with what the losses need to know of it, inferred labels too."""
        batch = super().prepared(batch)
        reader = self.model.report_label_reader
        if reader is None:
            return batch
        read = reader(*self.model.report_decoder.embed(batch["tokens"]))
        return with_inferred_labels(batch, tf.sigmoid(read))

    def discriminator_gradients(self, batch, step, update):
        """Return the gradients of all discriminators on one fresh batch, and values to log."""
        model, config = self.model, self.config
        stream = self.discriminator_stream(step, update)
        noise = self.noise(batch, stream)
        fake = model.image_generator([noise, batch["fake_labels"]], training=True)
        fake = tf.stop_gradient(fake)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in model.discriminator_variables])
            losses, logs = judge_films(model.image_discriminator, config, batch, fake)
            if model.reads_reports:
                losses |= judge_reports(model, batch, fake, step, stream)
            total = weigh(losses, {
                "d_image": config.image_weight,
                "d_rotation": config.rotation_weight_discriminator,
                "d_report": 1.0,
                "d_joint": 1.0,
            })  # fmt: skip
            scaled = total / replica_count()
        gradients = _gradients(tape, scaled, model.discriminator_variables)
        return gradients, {**losses, **logs}

    def generator_gradients(self, batch, step):
        """Return the gradients of G and F through all discriminators, and values to log."""
        model, config = self.model, self.config
        stream = self.generator_stream(step)
        noise = self.noise(batch, stream)
        variables = [*model.generator_variables, *model.adversarial_decoder_variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            films = model.image_generator([noise, batch["fake_labels"]], training=True)
            losses, logs = please_film_judge(model.image_discriminator, config, batch, films)
            features = model.image_encoder(self._seen_by_encoder(films, stream), training=False)
            if config.label_weight_generator:
                losses["g_labels"] = label_loss(
                    batch["fake_labels"],
                    model.label_reader(features),
                    batch["fake_label_mask"],
                    batch["fake_labelled_weights"],
                )
            if model.reads_reports:
                losses |= please_report_judges(model, films, features, step, stream)
            reward_left = self._left(config.label_reward_half_life, step)
            judges_left = self._left(config.report_judge_half_life, step)
            total = weigh(losses, {
                "g_image": config.image_weight,
                "g_rotation": config.rotation_weight_generator,
                "g_labels": config.label_weight_generator * reward_left,
                "g_report": config.report_weight * judges_left,
                "g_joint": config.joint_weight * judges_left,
            })  # fmt: skip
            scaled = total / replica_count()
        gradients = _gradients(tape, scaled, variables)
        return gradients, {**losses, **logs}

    def _seen_by_encoder(self, films, stream):
        return shift_films(films, stream, _SHIFT) if self.config.shift_pairs else films

    def _left(self, half_life, step):
        """Return the share that is left at a step of a weight that fades with passes."""
        studies = self.config.training_studies
        if half_life is None or studies is None:
            return 1.0
        passes = tf.cast(step, tf.float32) * self.config.studies_per_step / studies
        return tf.pow(0.5, passes / half_life)

    def real_pair_losses(self, batch, encoder, decoder, training):
        """Return word and stop cross-entropy of a decoder, and its encoder's loss of labels."""
        films = batch["image"]
        if training:
            films = self._seen_by_encoder(films, self.decoder_stream())
        features = encoder(films, training=training)
        learnt = decoder if self.config.teacher_forcing_weight else None
        losses = real_pair_losses(batch, features, learnt, self.model.label_reader)
        model = self.model
        reader = model.report_label_reader if training else model.averaged_report_label_reader
        if reader is not None:
            losses["report_labels"] = self._report_label_loss(batch, reader, decoder)
        return losses

    def _report_label_loss(self, batch, reader, decoder):
        # The words' embedding is the decoder's, which learns to write alone.
        words, mask = decoder.embed(batch["tokens"])
        logits = reader(tf.stop_gradient(words), mask)
        weights = batch["labelled_report_weights"]
        return label_loss(batch["labels"], logits, batch["label_mask"], weights)
