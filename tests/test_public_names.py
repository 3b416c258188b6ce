import importlib
import inspect
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PACKAGES = ["emixer_tf", "emixer_tf.baselines", "emixer_tf.data", "emixer_tf.metrics"]
IMPORT = re.compile(r"^from emixer_tf\S* import .*$", re.MULTILINE)


@pytest.mark.parametrize("package", PACKAGES)
def test_no_public_name_is_hidden_by_a_module_of_the_same_name(package):
    names = importlib.import_module(package).__all__
    assert names
    for name in names:
        found = {}
        exec(f"from {package} import {name}", found)  # as users write it
        assert not inspect.ismodule(found[name]), name


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_what_docs_import_is_there(path):
    for block in PYTHON_BLOCK.findall(path.read_text(encoding="utf-8")):
        for line in IMPORT.findall(block):
            exec(line, {})  # raises ImportError where a name is gone
