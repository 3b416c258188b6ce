"""The adversarial game over reports, and over pairs of film and report."""

import tensorflow as tf

from emixer_tf.training.conditioning import swap_neighbours
from emixer_tf.training.lazy_losses import every
from emixer_tf.training.losses import discriminator_loss, generator_loss


def judge_reports(model, batch, films, step, stream):
    """Return what the discriminators of reports and pairs have to learn at a step.

    Args:
        model: `EMIXER`.
        batch: Dict that `with_conditioning` returned.
        films: Made films `[batch, R, R, channels]`, without a gradient.
        step: Scalar int32 tensor; at most steps there is nothing to learn
            (`report_judge_interval`).
        stream: `RandomStream` of this update.

    Returns:
        Dict with `d_report` and `d_joint`, as far as their weights are not 0.
    """

    judges = _judges(model)

    def losses():
        words, mask = model.report_decoder.embed(batch["tokens"])
        made_words, made_mask = _written(model, model.image_encoder(films, training=False), stream)
        words = tf.stop_gradient(words), tf.stop_gradient(made_words)
        masks = mask, made_mask
        found = {}
        if "report" in judges:
            found["d_report"] = _report_loss(model, batch, words, masks)
        if "joint" in judges:
            found["d_joint"] = _pair_loss(model, batch, films, words, masks)
        return found

    return every(model.config.report_judge_interval, step, [f"d_{name}" for name in judges], losses)


def please_report_judges(model, films, features, step, stream):
    """Return what G and F have to learn from the discriminators of reports and pairs at a step.

    Args:
        model, step, stream: As for `judge_reports`.
        films: Made films, through which gradients flow.
        features: What the encoder reads off them `[batch, features]`.

    Returns:
        Dict with `g_report` and `g_joint`, as far as their weights are not 0.
    """
    judges, kind = _judges(model), model.config.adversarial_loss

    def losses():
        words, mask = _written(model, features, stream)
        read = {"report": (words, mask), "joint": (films, words, mask)}
        return {
            f"g_{name}": generator_loss(kind, judge(*read[name], training=False))
            for name, judge in judges.items()
        }

    return every(model.config.report_judge_interval, step, [f"g_{name}" for name in judges], losses)


def _judges(model):
    judges = {"report": model.report_discriminator, "joint": model.joint_discriminator}
    return {name: judge for name, judge in judges.items() if judge is not None}


def _written(model, features, stream):
    config = model.config
    return model.report_decoder.relaxed(
        features, stream, config.gumbel_temperature, config.straight_through
    )


def _report_loss(model, batch, words, masks):
    logits = model.report_discriminator(tf.concat(words, 0), tf.concat(masks, 0), training=True)
    made = tf.ones(words[1].shape[0])
    return _judge_loss(model, logits, batch["reported_weights"], made)


def _pair_loss(model, batch, films, words, masks):
    films = [batch["image"], films]
    made = tf.ones(words[1].shape[0])
    if model.config.mismatched_pairs:
        films = [*films, batch["image"]]
        words = [*words, swap_neighbours(words[0])]
        masks = [*masks, swap_neighbours(masks[0])]
        made = tf.concat([made, batch["mismatched_weights"]], 0)
    logits = model.joint_discriminator(
        tf.concat(films, 0), tf.concat(words, 0), tf.concat(masks, 0), training=True
    )
    return _judge_loss(model, logits, batch["reported_weights"], made)


def _judge_loss(model, logits, real_weights, fake_weights):
    size = real_weights.shape[0]
    return discriminator_loss(
        model.config.adversarial_loss, logits[:size], logits[size:], real_weights, fake_weights
    )
