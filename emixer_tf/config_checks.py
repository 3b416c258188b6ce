"""What a configuration may hold."""

import dataclasses


def check_films(config):
    """Refuse labels, films and networks of them that cannot be.

    Args:
        config: `EmixerConfig`.

    Raises:
        ValueError: With the field and its value.
    """
    if not config.labels or len(set(config.labels)) != len(config.labels):
        raise ValueError(f"labels must be distinct names. Received: labels={config.labels}")
    if config.channels not in (1, 3):
        raise ValueError(f"channels must be 1 or 3. Received: channels={config.channels}")
    ratio = config.resolution / config.base_resolution
    if ratio < 2 or ratio != int(ratio) or int(ratio) & (int(ratio) - 1):
        raise ValueError(
            "resolution must be base_resolution times a power of two. Received: "
            f"resolution={config.resolution}, base_resolution={config.base_resolution}"
        )
    sides = [config.base_resolution * 2**k for k in range(1, int(ratio).bit_length() - 1)]
    if config.attention_resolution not in (None, *sides):
        raise ValueError(
            "attention_resolution is the side of maps that G and D both have: one of "
            f"{sides}, or null. Received: attention_resolution={config.attention_resolution}, "
            f"resolution={config.resolution}, base_resolution={config.base_resolution}"
        )
    if config.noise_dim % config.noise_chunk:
        raise ValueError(
            "noise_dim must be a multiple of noise_chunk. Received: "
            f"noise_dim={config.noise_dim}, noise_chunk={config.noise_chunk}"
        )
    if config.image_encoder not in ("small", "densenet121", "densenet121_imagenet"):
        raise ValueError(
            'image_encoder must be "small", "densenet121" or "densenet121_imagenet". '
            f"Received: image_encoder={config.image_encoder!r}"
        )


def check_training(config):
    """Refuse an objective and updates that no training can have.

    Args:
        config: `EmixerConfig`.

    Raises:
        ValueError: With the field and its value.
    """
    if config.adversarial_loss not in ("hinge", "log"):
        raise ValueError(
            'adversarial_loss must be "hinge" or "log". '
            f"Received: adversarial_loss={config.adversarial_loss!r}"
        )
    for field in dataclasses.fields(config):
        if "_weight" in field.name and getattr(config, field.name) < 0:
            raise ValueError(
                f"{field.name} is a weight from 0. Received: {getattr(config, field.name)}"
            )
    if config.image_weight <= 0:
        raise ValueError(
            "image_weight must be positive: EMIXER without its image discriminator makes no "
            f"films. Received: image_weight={config.image_weight}"
        )
    if config.batch_size % 4 or config.batch_size < 4:
        raise ValueError(
            "batch_size must be a multiple of 4, as a quarter of the films is turned to each "
            f"angle. Received: batch_size={config.batch_size}"
        )
    if config.rotation_weight_generator and not config.rotation_weight_discriminator:
        raise ValueError(
            "rotation_weight_generator rewards G for angles that D learns to tell: it needs a "
            "rotation_weight_discriminator above 0. Remedy: set both to 0 to leave the "
            "rotation task out."
        )
    if config.gumbel_temperature <= 0:
        raise ValueError(
            "gumbel_temperature is above 0; the lower, the harder the choice of words. "
            f"Received: {config.gumbel_temperature}"
        )
    if config.seed < 0:
        raise ValueError(f"seed is 0 or more. Received: seed={config.seed}")
    if not 0 < config.rotated_share <= 1:
        raise ValueError(
            "rotated_share is a share above 0 and at most 1; to leave the rotation task out, "
            "set its weights to 0. "
            f"Received: rotated_share={config.rotated_share}"
        )
    if not 0 < config.labelled_fraction <= 1:
        raise ValueError(
            "labelled_fraction is above 0 and at most 1: labels are what films are made from. "
            f"Received: labelled_fraction={config.labelled_fraction}"
        )
    for name in ("label_reward_half_life", "report_judge_half_life"):
        half_life = getattr(config, name)
        if half_life is not None and half_life <= 0:
            raise ValueError(
                f"{name} is a number of passes above 0, or null for a weight that stays. "
                f"Received: {name}={half_life}"
            )
    if config.label_weight_generator and not config.encoder_label_weight:
        raise ValueError(
            "label_weight_generator rewards G for labels that the encoder reads: it needs an "
            "encoder_label_weight above 0."
        )
    for name in ("discriminator_steps", "decoder_steps", "report_judge_interval"):
        if getattr(config, name) < 1:
            raise ValueError(f"{name} must be at least 1. Received: {getattr(config, name)}")
