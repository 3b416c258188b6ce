"""The documentation names what is there."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMED = sorted(
    name
    for page in (ROOT / "docs" / "api").glob("*.md")
    for name in re.findall(r"^::: (\S+)", page.read_text(), re.MULTILINE)
)


@pytest.mark.parametrize("name", NAMED)
def test_what_the_api_pages_name_can_be_imported_and_is_documented(name):
    parent, _, attribute = name.rpartition(".")
    try:
        found = importlib.import_module(name)
    except ModuleNotFoundError:
        found = getattr(importlib.import_module(parent), attribute)
    assert found.__doc__.strip()


def test_every_page_of_the_navigation_is_there_and_every_page_is_in_it():
    navigation = (ROOT / "mkdocs.yml").read_text().partition("\nnav:")[2]
    listed = set(re.findall(r"[\w/]+\.md", navigation))
    docs = ROOT / "docs"
    assert listed == {
        str(page.relative_to(docs)) for page in [*docs.glob("*.md"), *docs.glob("api/*.md")]
    }


def test_links_between_pages_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            target, _, anchor = link.partition("#")
            if "://" in link:
                continue
            leads_to = page.parent / target if target else page
            assert leads_to.exists(), f"{page.name} links to {link}"
            if anchor:
                assert anchor in anchors(leads_to), f"{page.name} links to {link}"


def anchors(page):
    """Return the anchors that GitHub and MkDocs give the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }
