"""SM-GAN: a GAN of films alone, and a report decoder that was trained apart."""

import keras

from emixer_tf.models.emixer import EMIXER


@keras.saving.register_keras_serializable(package="emixer_tf")
class SMGAN(EMIXER):
    """Single-modal image GAN with a text decoder.

    The film GAN knows nothing of reports, and has neither rotation task nor label reward; encoder
    and decoder learn from real pairs alone and are then run on its films. Both learn in one `fit`:
    no variable and no gradient is shared, so this equals training one after the other.

    Args:
        config, vocabulary, terms: As for `EMIXER`; `SMGAN.adapted(config)` turns a configuration of
            EMIXER into one of SM-GAN.

    Call arguments:
        inputs: As for `EMIXER`.

    Raises:
        ValueError: As `EMIXER`, or if a weight is set that the method has no term for.

    Example:

    >>> from emixer_tf import EmixerConfig
    >>> config = EmixerConfig.named("phantom_32", resolution=16, generator_channels=4)
    >>> SMGAN(SMGAN.adapted(config)).generate({"Edema": 1}, n=2, seed=0).images.shape
    (2, 16, 16, 1)

    Reference:
        EMIXER (arXiv:2007.05597), section 4.3, which names SM-GAN and gives no details; the rest
        was decided: docs/baselines.md, "What was decided, and why".
    """

    METHOD = "SM-GAN"
    PAPER = "arXiv:2007.05597, section 4.3"
    UNUSED_WEIGHTS = (
        "report_weight",
        "joint_weight",
        "rotation_weight_discriminator",
        "rotation_weight_generator",
        "label_weight_generator",
        "report_label_weight",
    )
