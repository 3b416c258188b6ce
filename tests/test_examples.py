import doctest
import importlib
import pkgutil

import pytest

import emixer_tf

MODULES = [module.name for module in pkgutil.walk_packages(emixer_tf.__path__, "emixer_tf.")]
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples(name):
    found = doctest.DocTestFinder(exclude_empty=True).find(importlib.import_module(name))
    return [test for test in found if test.examples]


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_print_what_they_say(name):
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for test in examples(name):
        runner.run(test)
    assert runner.failures == 0


def test_the_package_has_examples():
    assert sum(len(examples(name)) for name in MODULES) > 10
