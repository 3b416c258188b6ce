"""The pages of the API, and what they name."""

import importlib
import re
from pathlib import Path

API_PAGES = sorted((Path(__file__).parents[1] / "docs" / "api").glob("*.md"))
_NAME = re.compile(r"^::: (\S+)", re.MULTILINE)


def named_on(page):
    """Return the modules, classes and functions that a page shows, by full name."""
    return {name: _named(name) for name in _NAME.findall(page.read_text(encoding="utf-8"))}


def _named(name):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        parent, _, attribute = name.rpartition(".")
        return getattr(importlib.import_module(parent), attribute)
