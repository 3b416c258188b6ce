"""The paper's rivals, trained and used as EMIXER is: `CoGAN`, `JointGAN`, `SMGAN`.

`load_study_generator(folder)` loads a preset of whichever method, `method_class(name)` names its
class. Importing this package imports no TensorFlow; a class is loaded when it is asked for.
"""

import importlib

_MODULES = {
    "CoGAN": "cogan",
    "JointGAN": "joint_gan",
    "SMGAN": "sm_gan",
    "load_study_generator": "methods",
    "method_class": "methods",
}
__all__ = sorted(_MODULES)


def __getattr__(name):
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_MODULES[name]}")
    return getattr(module, name)
