"""A document of headings, texts, tables and pictures, as Markdown and as a web page."""

import html
import re
from dataclasses import dataclass
from urllib.parse import quote

STYLE = """
body {font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1280px;
      padding: 0 1rem; color: #222}
h1, h2, h3 {color: #1f4e79; line-height: 1.25} h2 {margin-top: 2.2rem}
img {max-width: 100%; border: 1px solid #ddd}
.notice {background: #fff6d8; padding: .6rem 1rem; border-left: 4px solid #e0b400}
.wide {overflow-x: auto}
table {border-collapse: collapse; font-variant-numeric: tabular-nums}
td, th {padding: .25rem .8rem; border-bottom: 1px solid #ddd; text-align: left;
        vertical-align: top}
th {background: #f3f6fa} tr:hover td {background: #fafcff}
.numbers td {white-space: nowrap}
pre {background: #f4f4f4; padding: .6rem 1rem; overflow-x: auto}
"""

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_LIST_MARK = re.compile(r"^(\s*)([-+]|\d+[.)])(?=\s)")


def markdown_text(text):
    """Return a text that Markdown shows as it is, in one line.

    Example:

    >>> print(markdown_text("a|b <i>*now*</i>"))
    a\\|b \\<i\\>\\*now\\*\\</i\\>
    """
    line = _MARKDOWN.sub(r"\\\1", " ".join(str(text).split()))
    return _LIST_MARK.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", line)


@dataclass(frozen=True)
class Heading:
    """A heading of a section."""

    text: str

    def markdown(self):
        """Return Markdown."""
        return f"## {markdown_text(self.text)}"

    def html(self):
        """Return HTML."""
        return f"<h2>{html.escape(self.text)}</h2>"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: str

    def markdown(self):
        """Return Markdown."""
        return markdown_text(self.text)

    def html(self):
        """Return HTML."""
        return f"<p>{html.escape(self.text)}</p>"


@dataclass(frozen=True)
class Notice:
    """A paragraph that must not be overlooked."""

    text: str

    def markdown(self):
        """Return Markdown."""
        return f"> {markdown_text(self.text)}"

    def html(self):
        """Return HTML."""
        return f'<p class="notice">{html.escape(self.text)}</p>'


@dataclass(frozen=True)
class Items:
    """A list of texts."""

    texts: tuple

    def markdown(self):
        """Return Markdown."""
        return "\n".join(f"- {markdown_text(text)}" for text in self.texts)

    def html(self):
        """Return HTML."""
        return f"<ul>{''.join(f'<li>{html.escape(text)}</li>' for text in self.texts)}</ul>"


@dataclass(frozen=True)
class Numbers:
    """A table whose cells stay on one line.

    Args:
        headings: Texts.
        rows: Sequences of texts, as many as there are headings.
    """

    headings: tuple
    rows: tuple

    def markdown(self):
        """Return Markdown."""
        lines = [self.headings, *self.rows]
        head, *body = (f"| {' | '.join(map(markdown_text, line))} |" for line in lines)
        return "\n".join([head, f"|{'---|' * len(self.headings)}", *body])

    def html(self):
        """Return HTML."""
        return _html_table(self, "numbers")


@dataclass(frozen=True)
class Texts(Numbers):
    """A table whose cells may be long texts."""

    def html(self):
        """Return HTML."""
        return _html_table(self, "texts")


def _html_table(table, kind):
    head = "".join(f"<th>{html.escape(heading)}</th>" for heading in table.headings)
    body = "".join(
        f"<tr>{''.join(f'<td>{html.escape(cell)}</td>' for cell in row)}</tr>\n"
        for row in table.rows
    )
    return f'<div class="wide"><table class="{kind}">\n<tr>{head}</tr>\n{body}</table></div>'


@dataclass(frozen=True)
class Picture:
    """A picture beside the document.

    Args:
        file: Path relative to the document.
        title: What it shows.
        text: What to see in it, or "".
    """

    file: str
    title: str
    text: str = ""

    def markdown(self):
        """Return Markdown."""
        return f"![{markdown_text(self.title)}]({quote(self.file)})\n\n{markdown_text(self.text)}"

    def html(self):
        """Return HTML."""
        return (
            f"<h3>{html.escape(self.title)}</h3><p>{html.escape(self.text)}</p>\n"
            f'<img src="{quote(self.file)}" alt="{html.escape(self.title)}">'
        )


@dataclass(frozen=True)
class Command:
    """A line for the terminal."""

    line: str

    def markdown(self):
        """Return Markdown."""
        return f"    {self.line}"

    def html(self):
        """Return HTML."""
        return f"<pre>{html.escape(self.line)}</pre>"


def as_markdown(title, blocks):
    """Return a document as Markdown.

    Args:
        title: Its title.
        blocks: Sequence of the blocks of this module.
    """
    parts = [f"# {markdown_text(title)}", *(block.markdown().rstrip() for block in blocks)]
    return "\n\n".join(parts) + "\n"


def as_page(title, blocks):
    """Return a document as a web page.

    Args:
        title: Its title.
        blocks: Sequence of the blocks of this module.
    """
    body = "\n".join(block.html() for block in blocks)
    title = html.escape(title)
    return f"""<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>{title}</title>
<style>{STYLE}</style>
<h1>{title}</h1>
{body}
</html>
"""
