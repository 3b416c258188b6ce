"""One training step of EMIXER: discriminator updates, then one of the generator and decoder."""

import tensorflow as tf

from emixer_tf.models.report_targets import stop_targets, word_targets
from emixer_tf.random_stream import RandomStream
from emixer_tf.training.augmentation import augment_films
from emixer_tf.training.distribution import (
    balanced_weights,
    replica_count,
    replica_index,
    rows_of_all_replicas,
    traced_once,
)
from emixer_tf.training.losses import (
    cross_entropy,
    discriminator_loss,
    generator_loss,
    label_loss,
)
from emixer_tf.training.moving_average import average_decay, update_average
from emixer_tf.training.real_pairs import real_pair_losses
from emixer_tf.training.rotation import rotated_count, rotation_targets, turned_films

_NOISE, _AUGMENT_REAL, _AUGMENT_FAKE = 0, 32, 40
_GENERATOR_UPDATE = 32


class AdversarialStep:
    """The training step of a compiled `EMIXER`.

    Each of the three updates, its optimizer included, is a function that is traced once and
    called as often as the step needs it.

    Args:
        model: An `EMIXER` with optimizers.

    Reference:
        EMIXER, sections 3.2.3 and 6.3.2.
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
        step = tf.cast(model.optimizer.iterations, tf.int32)
        # Rows k, k + batches, ...: the same split of the global batch on any number of replicas.
        batches = [
            with_conditioning(
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

    def train_discriminators(self, batch, step, update):
        """Update all discriminators on one fresh batch; return values to log."""
        gradients, logs = self.discriminator_gradients(batch, step, update)
        self.model.discriminator_optimizer.apply(gradients, self.model.discriminator_variables)
        return logs

    def train_generator(self, batch, step):
        """Update G; return the discriminators' gradients of F, and values to log."""
        gradients, logs = self.generator_gradients(batch, step)
        variables = self.model.image_generator.trainable_variables
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

    def _stream(self, step, update):
        stream = RandomStream(self.config.seed, step, replica_index(), replica_count())
        return stream.substream(update)

    def _update_averages(self, batch):
        model, config = self.model, self.config
        decay = average_decay(
            model.optimizer.iterations,
            config.batch_size,
            config.average_half_life,
            config.average_ramp_up,
        )
        for averaged, network in model.averaged_pairs:
            update_average(averaged, network, decay)
        model.remember_labels(rows_of_all_replicas(batch["fake_labels"]))

    def discriminator_gradients(self, batch, step, update):
        """Return the gradients of all discriminators on one fresh batch, and values to log."""
        model, config = self.model, self.config
        stream = self._stream(step, update)
        noise = stream.normal(_NOISE, (batch["image"].shape[0], config.noise_dim))
        fake = model.image_generator([noise, batch["fake_labels"]], training=True)
        fake = tf.stop_gradient(fake)
        if model.reads_reports:
            real_words, real_mask = model.report_decoder.embed(batch["tokens"])
            real_words = tf.stop_gradient(real_words)
            features = model.image_encoder(fake, training=False)
            fake_words, fake_mask = self._write(features, stream)
            fake_words = tf.stop_gradient(fake_words)
        losses, logs = {}, {}
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in model.discriminator_variables])
            losses.update(self._judge_films(batch, fake, stream, logs))
            if model.report_discriminator is not None:
                losses["d_report"] = self._judge_reports(
                    batch, real_words, real_mask, fake_words, fake_mask
                )
            if model.joint_discriminator is not None:
                losses["d_joint"] = self._judge_pairs(
                    batch, fake, real_words, real_mask, fake_words, fake_mask
                )
            total = weigh(losses, {
                "d_image": config.image_weight,
                "d_rotation": config.rotation_weight_discriminator,
                "d_report": 1.0,
                "d_joint": 1.0,
            })  # fmt: skip
            scaled = total / replica_count()
        gradients = tape.gradient(scaled, model.discriminator_variables)
        return gradients, {**losses, **logs}

    def _write(self, features, stream):
        config = self.config
        return self.model.report_decoder.relaxed(
            features, stream, config.gumbel_temperature, config.straight_through
        )

    def _maybe_augmented(self, films, stream, purpose):
        return augment_films(films, stream, purpose) if self.config.augment_images else films

    def _judge_films(self, batch, fake, stream, logs):
        discriminator, config = self.model.image_discriminator, self.config
        size = fake.shape[0]
        real = self._maybe_augmented(batch["image"], stream, _AUGMENT_REAL)
        fake = self._maybe_augmented(fake, stream, _AUGMENT_FAKE)
        rotated = 0
        if config.rotation_weight_discriminator:
            rotated = rotated_count(size, config.rotated_share)
        turned = [turned_films(real[:rotated])] if rotated else []
        features = discriminator.features(tf.concat([real, fake, *turned], 0), training=True)
        # Only the upright films reach the real/fake logit.
        logits = discriminator.logits(
            features[: 2 * size],
            tf.concat([batch["labels"], batch["fake_labels"]], 0),
            tf.concat([batch["labelled"], batch["fake_labelled"]], 0),
            training=True,
        )
        real_logits, fake_logits = logits[:size], logits[size:]
        ones = tf.ones_like(real_logits)
        losses = {
            "d_image": discriminator_loss(
                config.adversarial_loss, real_logits, fake_logits, ones, ones
            )
        }
        logs["real_logit"] = tf.reduce_mean(real_logits)
        logs["fake_logit"] = tf.reduce_mean(fake_logits)
        if rotated:
            losses["d_rotation"], logs["rotation_accuracy"] = rotation_task(
                discriminator, features[:rotated], features[2 * size :], training=True
            )
        return losses

    def _judge_reports(self, batch, real_words, real_mask, fake_words, fake_mask):
        logits = self.model.report_discriminator(
            tf.concat([real_words, fake_words], 0), tf.concat([real_mask, fake_mask], 0),
            training=True,
        )  # fmt: skip
        size = real_words.shape[0]
        return discriminator_loss(
            self.config.adversarial_loss, logits[:size], logits[size:],
            batch["reported_weights"], tf.ones_like(logits[size:]),
        )  # fmt: skip

    def _judge_pairs(self, batch, fake, real_words, real_mask, fake_words, fake_mask):
        films = [batch["image"], fake]
        words, masks = [real_words, fake_words], [real_mask, fake_mask]
        if self.config.mismatched_pairs:
            films.append(batch["image"])
            words.append(swap_neighbours(real_words))
            masks.append(swap_neighbours(real_mask))
        logits = self.model.joint_discriminator(
            tf.concat(films, 0), tf.concat(words, 0), tf.concat(masks, 0), training=True
        )
        size = fake.shape[0]
        fake_weights = tf.ones_like(logits[:size])
        if self.config.mismatched_pairs:
            fake_weights = tf.concat([fake_weights, batch["mismatched_weights"]], 0)
        return discriminator_loss(
            self.config.adversarial_loss, logits[:size], logits[size:],
            batch["reported_weights"], fake_weights,
        )  # fmt: skip

    def generator_gradients(self, batch, step):
        """Return the gradients of G and F through all discriminators, and values to log."""
        model, config = self.model, self.config
        stream = self._stream(step, _GENERATOR_UPDATE)
        noise = stream.normal(_NOISE, (batch["image"].shape[0], config.noise_dim))
        variables = [
            *model.image_generator.trainable_variables,
            *model.adversarial_decoder_variables,
        ]
        losses, logs = {}, {}
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in variables])
            films = model.image_generator([noise, batch["fake_labels"]], training=True)
            losses.update(self._please_film_judge(batch, films, stream, logs))
            features = model.image_encoder(films, training=False)
            if config.label_weight_generator:
                losses["g_labels"] = label_loss(
                    batch["fake_labels"],
                    model.label_reader(features),
                    batch["fake_label_mask"],
                    batch["fake_labelled_weights"],
                )
            if model.reads_reports:
                words, mask = self._write(features, stream)
            if model.report_discriminator is not None:
                logits = model.report_discriminator(words, mask, training=False)
                losses["g_report"] = generator_loss(config.adversarial_loss, logits)
            if model.joint_discriminator is not None:
                logits = model.joint_discriminator(films, words, mask, training=False)
                losses["g_joint"] = generator_loss(config.adversarial_loss, logits)
            total = weigh(losses, {
                "g_image": config.image_weight,
                "g_rotation": config.rotation_weight_generator,
                "g_labels": config.label_weight_generator,
                "g_report": config.report_weight,
                "g_joint": config.joint_weight,
            })  # fmt: skip
            scaled = total / replica_count()
        gradients = tape.gradient(scaled, variables)
        return gradients, {**losses, **logs}

    def _please_film_judge(self, batch, films, stream, logs):
        discriminator, config = self.model.image_discriminator, self.config
        size = films.shape[0]
        rotated = 0
        if config.rotation_weight_generator:
            rotated = rotated_count(size, config.rotated_share)
        films = self._maybe_augmented(films, stream, _AUGMENT_FAKE)
        turned = [turned_films(films[:rotated])] if rotated else []
        features = discriminator.features(tf.concat([films, *turned], 0), training=False)
        logits = discriminator.logits(features[:size], batch["fake_labels"], batch["fake_labelled"])
        losses = {"g_image": generator_loss(config.adversarial_loss, logits)}
        if rotated:
            losses["g_rotation"], logs["fake_rotation_accuracy"] = rotation_task(
                discriminator, features[:rotated], features[size:], training=False
            )
        return losses

    def real_pair_gradients(self, batch):
        """Return the gradients of F and its encoder on real pairs, and values to log."""
        model = self.model
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch([variable.value for variable in model.describer_variables])
            losses = self.real_pair_losses(
                batch, model.image_encoder, model.report_decoder, training=True
            )
            total = weigh(losses, {
                "words": self.config.teacher_forcing_weight,
                "stop": self.config.teacher_forcing_weight,
                "encoder_labels": self.config.encoder_label_weight,
            })  # fmt: skip
            scaled = total / replica_count()
        return tape.gradient(scaled, model.describer_variables), losses

    def real_pair_losses(self, batch, encoder, decoder, training):
        """Return word and stop cross-entropy of a decoder, and its encoder's loss of labels."""
        features = encoder(batch["image"], training=training)
        learnt = decoder if self.config.teacher_forcing_weight else None
        return real_pair_losses(batch, features, learnt, self.model.label_reader)


def with_conditioning(batch):
    """Add to a batch what the losses need: fake labels, targets, and weights of valid rows.

    Fake labels are whole rows of the training set: each labelled study's own row, and for an
    unlabelled study the row of a labelled one of the batch. The weights depend on counts over all
    replicas, so they are made here, outside the traced updates.
    """
    labelled, reported = batch["labelled"], batch["reported"]
    words, word_mask = word_targets(batch["tokens"])
    stops, stop_mask = stop_targets(batch["tokens"])
    word_mask = tf.cast(word_mask, tf.float32) * reported[:, None, None]
    stop_mask = tf.cast(stop_mask, tf.float32) * reported[:, None]
    differs = tf.reduce_any(batch["tokens"] != swap_neighbours(batch["tokens"]), axis=(1, 2))
    mismatched = reported * swap_neighbours(reported) * tf.cast(differs, tf.float32)
    label_mask = batch.get("label_mask", tf.ones_like(batch["labels"]))
    lenders = label_lenders(labelled, label_mask)
    fake_labelled = tf.gather(labelled, lenders)
    return {
        **batch,
        "label_mask": label_mask,
        "fake_labels": tf.gather(batch["labels"], lenders),
        "fake_label_mask": tf.gather(label_mask, lenders),
        "fake_labelled": fake_labelled,
        "labelled_weights": balanced_weights(labelled),
        "fake_labelled_weights": balanced_weights(fake_labelled),
        "word_targets": words,
        "word_weights": balanced_weights(word_mask),
        "stop_targets": tf.cast(stops, tf.float32),
        "stop_weights": balanced_weights(stop_mask),
        "reported_weights": balanced_weights(reported),
        "mismatched_weights": balanced_weights(mismatched),
    }


def label_lenders(labelled, label_mask):
    """Say for every study whose label row films are made from.

    A study that is unlabelled, or of which single labels are unknown, borrows the row of one whose
    labels are all known; where the batch holds none, of any labelled one, its unknown labels
    counting as negative.

    Args:
        labelled: `[batch]`, 0 where labels are unknown.
        label_mask: `[batch, label_count]`, 0 where single labels are unknown.

    Returns:
        int32 `[batch]`, places of studies; any places where the batch holds no labels.
    """
    whole = labelled * tf.reduce_min(label_mask, axis=-1)
    lending = tf.where(tf.reduce_any(whole > 0), whole, labelled)
    order = tf.argsort(lending, direction="DESCENDING", stable=True)
    count = tf.maximum(tf.cast(tf.reduce_sum(lending), tf.int32), 1)
    place = tf.range(tf.shape(labelled)[0])
    return tf.where(lending > 0, place, tf.gather(order, place % count))


def swap_neighbours(rows):
    """Exchange rows 0 and 1, 2 and 3, ...: another study's report, on any number of replicas."""
    pairs = tf.reshape(rows, [rows.shape[0] // 2, 2, *rows.shape[1:]])
    return tf.reshape(pairs[:, ::-1], rows.shape)


def rotation_task(discriminator, upright_features, turned_features, training):
    """Return the rotation loss and accuracy: one quarter of the batch at each angle."""
    features = tf.concat([upright_features[::4], turned_features], 0)
    logits = discriminator.rotation_logits(features, training=training)
    targets = rotation_targets(features.shape[0])
    loss = cross_entropy(targets, logits, tf.ones_like(logits[:, 0]))
    hits = tf.argmax(logits, axis=-1, output_type=tf.int32) == targets
    return loss, tf.reduce_mean(tf.cast(hits, tf.float32))


def weigh(losses, weights):
    """Return the weighted sum of named losses."""
    return tf.add_n([weights[name] * loss for name, loss in losses.items()])


def sum_by_variable(parts, variables):
    """Add up gradients of several losses, each given as `(variables, gradients)`.

    Returns:
        One gradient a variable of `variables`; zeros where no loss reaches it.
    """
    sums = {id(variable): None for variable in variables}
    for part_variables, gradients in parts:
        for variable, gradient in zip(part_variables, gradients, strict=True):
            if gradient is not None:
                gradient = tf.convert_to_tensor(gradient)  # embeddings' gradients are sparse
                known = sums[id(variable)]
                sums[id(variable)] = gradient if known is None else known + gradient
    return [
        tf.zeros(variable.shape) if sums[id(variable)] is None else sums[id(variable)]
        for variable in variables
    ]
