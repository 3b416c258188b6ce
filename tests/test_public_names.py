import importlib
import pkgutil

import pytest

PACKAGES = ["emixer_tf", "emixer_tf.baselines", "emixer_tf.data", "emixer_tf.metrics"]


@pytest.mark.parametrize("name", PACKAGES)
def test_no_public_name_is_hidden_by_a_module_of_the_same_name(name):
    # These packages load their names when they are asked for; a module of that name, once imported,
    # stands in their place.
    package = importlib.import_module(name)
    modules = {module.name for module in pkgutil.iter_modules(package.__path__)}
    assert package.__all__
    assert not modules & set(package.__all__)
    assert all(hasattr(package, public) for public in package.__all__)
