"""The methods by name: EMIXER and its rivals.

Nothing here imports TensorFlow before a class is asked for.
"""

import importlib

from emixer_tf.names import did_you_mean

METHODS = {  # name on the command line: name in tables and presets
    "emixer": "EMIXER",
    "cogan": "CoGAN",
    "jointgan": "JointGAN",
    "smgan": "SM-GAN",
}
_CLASSES = {
    "EMIXER": ("emixer_tf.models.emixer", "EMIXER"),
    "CoGAN": ("emixer_tf.baselines", "CoGAN"),
    "JointGAN": ("emixer_tf.baselines", "JointGAN"),
    "SM-GAN": ("emixer_tf.baselines", "SMGAN"),
}


def method_title(name):
    """Return a method's name in tables and presets.

    Args:
        name: In any spelling: upper and lower case, hyphens and spaces make no difference.

    Returns:
        Text.

    Raises:
        ValueError: If there is no such method.

    Example:

    >>> method_title("smgan"), method_title("SM-GAN"), method_title("joint gan")
    ('SM-GAN', 'SM-GAN', 'JointGAN')
    """
    spelling = "".join(letter for letter in name.lower() if letter.isalnum())
    if spelling not in METHODS:
        raise ValueError(f"There is no method {name!r}.{did_you_mean(name, METHODS)}")
    return METHODS[spelling]


def method_class(name):
    """Return a method's class.

    Args:
        name: As for `method_title`.

    Returns:
        Subclass of `StudyGenerator`.

    Raises:
        ValueError: If there is no such method.

    Example:

    >>> method_class("smgan").METHOD
    'SM-GAN'

    Reference:
        docs/baselines.md, "What differs".
    """
    module, class_name = _CLASSES[method_title(name)]
    return getattr(importlib.import_module(module), class_name)


def load_study_generator(folder):
    """Load a preset, whichever method's it is.

    Args:
        folder: Folder that `save_to_preset` wrote, name of a shipped preset, or handle of a hub.

    Returns:
        `StudyGenerator`.

    Raises:
        FileNotFoundError: If a file of the preset is missing.
        ValueError: If the folder is none, or its preset is damaged or of an unknown method.

    Example:

    >>> load_study_generator("runs/cogan/preset").METHOD  # doctest: +SKIP
    'CoGAN'
    >>> load_study_generator("emixer_phantom")
    Traceback (most recent call last):
        ...
    ValueError: 'emixer_phantom' is neither a preset folder nor a built-in preset. Did you mean
    'emixer_phantom_64' ...

    Reference:
        docs/baselines.md, "The rivals".
    """
    from emixer_tf.models.presets import preset_method

    return method_class(preset_method(folder)).from_preset(folder)
