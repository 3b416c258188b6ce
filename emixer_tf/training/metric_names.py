"""Which values a training step logs."""

_ALWAYS = ("d_image", "g_image", "real_logit", "fake_logit")
# The field of the configuration that switches a value off when it is 0.
_BY_WEIGHT = {
    "d_rotation": "rotation_weight_discriminator",
    "rotation_accuracy": "rotation_weight_discriminator",
    "g_rotation": "rotation_weight_generator",
    "fake_rotation_accuracy": "rotation_weight_generator",
    "g_labels": "label_weight_generator",
    "d_report": "report_weight",
    "g_report": "report_weight",
    "d_joint": "joint_weight",
    "g_joint": "joint_weight",
    "words": "teacher_forcing_weight",
    "stop": "teacher_forcing_weight",
    "encoder_labels": "encoder_label_weight",
    "report_labels": "report_label_weight",
}


def metric_names(config):
    """Return the names of the losses, logits and accuracies that a configuration logs.

    Args:
        config: `EmixerConfig`.

    Returns:
        List of names.

    Example:

    >>> from emixer_tf.config import EmixerConfig
    >>> "d_joint" in metric_names(EmixerConfig(joint_weight=0))
    False
    """
    weighted = [name for name, field in _BY_WEIGHT.items() if getattr(config, field)]
    return [*_ALWAYS, *weighted]
