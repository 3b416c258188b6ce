"""What README, docs and model cards show is what the code takes."""

import re
import shlex
from pathlib import Path

import pytest

from emixer_tf.cli import build_parser

ROOT = Path(__file__).parents[1]
CARDS = sorted((ROOT / "saved_models").glob("**/README.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *CARDS]
PYTHON_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLAIN_BLOCK = re.compile(r"^```\n(.*?)^```|((?:^    .*\n)+)", re.MULTILINE | re.DOTALL)
IMPORT = re.compile(r"^from emixer_tf\S* import .*$", re.MULTILINE)
COMMAND = re.compile(r"^ *(emixer .*)$", re.MULTILINE)


def commands_of(page):
    for fenced, indented in PLAIN_BLOCK.findall(page):
        for command in COMMAND.findall((fenced or indented).replace("\\\n", " ")):
            for method in ("emixer", "cogan") if "|" in command else [""]:
                yield re.sub(r"\S+\|\S+", method, command)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_find_what_they_name(path):
    for block in PYTHON_BLOCK.findall(path.read_text(encoding="utf-8")):
        for line in IMPORT.findall(block):
            exec(line, {})  # raises ImportError where a name is gone


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_have_the_arguments_that_they_need(path, capsys):
    for command in commands_of(path.read_text(encoding="utf-8")):
        arguments = shlex.split(command, comments=True)[1:]
        try:
            build_parser().parse_args(arguments)
        except SystemExit:
            pytest.fail(f"{command}: {capsys.readouterr().err}")


def test_commands_of_pages_are_found():
    found = [command for path in PAGES for command in commands_of(path.read_text("utf-8"))]
    assert len(found) > 20
