"""How much TensorFlow optimises a training step before it runs."""

import contextlib

import tensorflow as tf

_SLOW_PASSES = ("function_optimization", "loop_optimization")


@contextlib.contextmanager
def quick_start():
    """Leave out passes over the graph that cost seconds and, measured here, gain nothing.

    `phantom_64` on two cores: first step after 21.5 s with them and 17.8 s without, a later step
    0.55 s either way (benchmarks/speed.py, 2026-11-24). The options are those of the process, so
    they are put back.
    """
    before = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options(dict.fromkeys(_SLOW_PASSES, False))
    try:
        yield
    finally:
        restored = {name: before.get(name, True) for name in _SLOW_PASSES}
        tf.config.optimizer.set_experimental_options(restored)
