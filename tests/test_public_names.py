import importlib
import inspect

import pytest

PACKAGES = ["emixer_tf", "emixer_tf.baselines", "emixer_tf.data", "emixer_tf.metrics"]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_public_name_is_hidden_by_a_module_of_the_same_name(package):
    names = importlib.import_module(package).__all__
    assert names
    for name in names:
        found = {}
        exec(f"from {package} import {name}", found)  # as users write it
        assert not inspect.ismodule(found[name]), name
