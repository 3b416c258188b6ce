"""What README, docs and model cards show is what the code takes."""

import ast
import re
import shlex
from pathlib import Path

import pytest
from api_pages import API_PAGES, named_on

from emixer_tf.cli import build_parser

ROOT = Path(__file__).parents[1]
CARDS = sorted((ROOT / "saved_models").glob("**/README.md"))
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *CARDS]
FENCE = "```"
SPAN = re.compile(r"`(emixer [^`]+)`")
# One with a colon leads out of the project.
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s#:]*)(?:#([^)\s]+))?\)")
NAMED_SECTION = re.compile(r"docs/(\w+\.md),\s+\"([^\"]+)\"")
PLACEHOLDERS = re.compile(r"…|\.\.\.|\b[A-Z]{2,}\b|^emixer \S+$| --help$")


def blocks_of(page):
    """Return (language, code) of each fenced block, and the text of the page without them."""
    blocks, prose, language, lines = [], [], None, []
    for line in page.splitlines():
        if not line.startswith(FENCE):
            (prose if language is None else lines).append(line)
        elif language is None:
            language, lines = line.removeprefix(FENCE), []
        else:
            blocks.append((language, "\n".join(lines)))
            language = None
    assert language is None, "a block is never closed"
    return blocks, "\n".join(prose)


def commands_of(page):
    """Return whole commands: lines of plain or indented blocks, and inline code with arguments."""
    blocks, prose = blocks_of(page)
    indented = "\n".join(line[4:] for line in prose.splitlines() if line.startswith("    "))
    plain = [code for language, code in blocks if not language]
    lines = "\n".join([*plain, indented]).replace("\\\n", " ").splitlines()
    found = [line for line in lines if line.startswith("emixer ")]
    return found + [" ".join(span.split()) for span in SPAN.findall(prose)]


def titles_of(page):
    """Return the headings of a page."""
    prose = blocks_of(page)[1]  # a comment in a block of code is none
    return [line.lstrip("#").strip() for line in prose.splitlines() if re.match("#+ ", line)]


def anchor_of(title):
    """Return what a link to a heading ends in, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def dead_links_of(path):
    """Return links to files that are not there, and to headings that a page does not have."""
    dead = []
    prose = blocks_of(path.read_text(encoding="utf-8"))[1]
    for text, target, anchor in LINK.findall(prose):
        page = path.parent / target if target else path
        if not page.exists():
            dead.append(target)
        elif anchor:
            titles = titles_of(page.read_text(encoding="utf-8"))
            named = " ".join(text.split()).strip('"')
            by_name = {anchor_of(title): title for title in titles}
            if anchor not in by_name:
                dead.append(f"{target}#{anchor}")
            elif text.startswith('"') and not by_name[anchor].startswith(named):
                dead.append(f"{text} is not {by_name[anchor]}")
    return dead


def arguments_of(command):
    """Return what the parser gets; a choice such as "a|b" stands for its first."""
    return [word.split("|")[0] for word in shlex.split(command, comments=True)[1:]]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_find_what_they_name(path):
    for language, code in blocks_of(path.read_text(encoding="utf-8"))[0]:
        if language == "python":
            imports = [
                node
                for node in ast.parse(code).body
                if isinstance(node, ast.Import | ast.ImportFrom)
            ]
            exec(compile(ast.Module(imports, []), path.name, "exec"), {})


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_have_the_arguments_that_they_need(path, capsys):
    for command in commands_of(path.read_text(encoding="utf-8")):
        if PLACEHOLDERS.search(command):
            continue
        try:
            build_parser().parse_args(arguments_of(command))
        except SystemExit:
            pytest.fail(f"{command}: {capsys.readouterr().err}")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path):
    assert dead_links_of(path) == []


@pytest.mark.parametrize("path", API_PAGES, ids=lambda path: path.stem)
def test_what_the_api_pages_name_can_be_imported_and_is_documented(path):
    for name, found in named_on(path).items():
        assert found.__doc__.strip(), name


def test_every_page_of_the_navigation_is_there_and_every_page_is_in_it():
    docs = ROOT / "docs"
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    pages = [*docs.glob("*.md"), *API_PAGES]
    assert set(re.findall(r"[\w/]+\.md", navigation)) == {str(p.relative_to(docs)) for p in pages}


def test_sections_that_sources_name_are_there():
    named = {
        section
        for source in (ROOT / "emixer_tf").rglob("*.py")
        for section in NAMED_SECTION.findall(source.read_text(encoding="utf-8"))
    }
    assert named
    for page, title in sorted(named):
        assert title in titles_of((ROOT / "docs" / page).read_text(encoding="utf-8"))


def test_links_that_lead_nowhere_are_found(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "# What it is\n[a](#what-it-is) [b](#what-it-was) [c](no.md) [d](https://x.org/#e)\n"
        '["What it is"](page.md#what-it-is) ["What it was"](page.md#what-it-is)\n'
        "```\n# What it was\n[a](b)\n```\n",
        encoding="utf-8",
    )
    assert dead_links_of(page) == ["#what-it-was", "no.md", '"What it was" is not What it is']


def test_commands_are_found_wherever_they_stand():
    page = "\n".join([
        "Text `emixer generate --n 2\n--out x` and `emixer`.", "```python", "emixer = 1", "```",
        "", "```", "emixer train --a \\", "    b", "```", "", "    emixer demo", "more",
        "emixer is a word here.",
    ])  # fmt: skip
    assert [command.split() for command in commands_of(page)] == [
        ["emixer", "train", "--a", "b"], ["emixer", "demo"],
        ["emixer", "generate", "--n", "2", "--out", "x"],
    ]  # fmt: skip
