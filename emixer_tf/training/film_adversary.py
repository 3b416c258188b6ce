"""The adversarial game over films: real or made, turned by which angle."""

import tensorflow as tf

from emixer_tf.training.losses import cross_entropy, discriminator_loss, generator_loss
from emixer_tf.training.rotation import rotated_count, rotation_targets, turned_films


def judge_films(discriminator, config, batch, fake):
    """Return what the image discriminator has to learn from real films and made ones.

    Args:
        discriminator: `ImageDiscriminator`.
        config: `EmixerConfig`.
        batch: Dict that `with_conditioning` returned.
        fake: Made films `[batch, R, R, channels]`, without a gradient.

    Returns:
        `(losses, logs)`: dicts with `d_image` and, unless its weight is 0, `d_rotation`; logits and
        accuracy.
    """
    size = fake.shape[0]
    real, rotated = batch["image"], 0
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
        "d_image": discriminator_loss(config.adversarial_loss, real_logits, fake_logits, ones, ones)
    }
    logs = {
        "real_logit": tf.reduce_mean(real_logits),
        "fake_logit": tf.reduce_mean(fake_logits),
    }
    if rotated:
        losses["d_rotation"], logs["rotation_accuracy"] = rotation_task(
            discriminator, features[:rotated], features[2 * size :], training=True
        )
    return losses, logs


def please_film_judge(discriminator, config, batch, films):
    """Return what the generator has to learn from the image discriminator.

    Args:
        discriminator, config, batch: As for `judge_films`.
        films: Made films, through which gradients flow.

    Returns:
        `(losses, logs)`: dicts with `g_image` and, unless its weight is 0, `g_rotation`; accuracy.
    """
    size = films.shape[0]
    rotated = 0
    if config.rotation_weight_generator:
        rotated = rotated_count(size, config.rotated_share)
    turned = [turned_films(films[:rotated])] if rotated else []
    features = discriminator.features(tf.concat([films, *turned], 0), training=False)
    logits = discriminator.logits(features[:size], batch["fake_labels"], batch["fake_labelled"])
    losses, logs = {"g_image": generator_loss(config.adversarial_loss, logits)}, {}
    if rotated:
        losses["g_rotation"], logs["fake_rotation_accuracy"] = rotation_task(
            discriminator, features[:rotated], features[size:], training=False
        )
    return losses, logs


def rotation_task(discriminator, upright_features, turned_features, training):
    """Return the rotation loss and accuracy: one quarter of the batch at each angle."""
    features = tf.concat([upright_features[::4], turned_features], 0)
    logits = discriminator.rotation_logits(features, training=training)
    targets = rotation_targets(features.shape[0])
    loss = cross_entropy(targets, logits, tf.ones_like(logits[:, 0]))
    hits = tf.argmax(logits, axis=-1, output_type=tf.int32) == targets
    return loss, tf.reduce_mean(tf.cast(hits, tf.float32))
