import pytest

from emixer_tf.document import (
    Command,
    Heading,
    Items,
    Notice,
    Numbers,
    Paragraph,
    Picture,
    Texts,
    as_markdown,
    as_page,
    markdown_text,
)

BLOCKS = [
    Heading("What <was>"),
    Paragraph("a & b"),
    Notice("mind\nthis"),
    Items(("one *", "1. two", "+ three")),
    Numbers(("a|b", "c"), (("1", "2"),)),
    Texts(("d",), (("long",),)),
    Picture("a b.png", "A <film>", "of 'x'"),
    Command("emixer x > y"),
]


def test_a_page_escapes_everything():
    page = as_page("<T>", BLOCKS)
    for part in (
        "<h1>&lt;T&gt;</h1>",
        "<h2>What &lt;was&gt;</h2>",
        "<p>a &amp; b</p>",
        '<p class="notice">mind\nthis</p>',
        "<li>1. two</li>",
        "<tr><th>a|b</th><th>c</th></tr>",
        "<tr><td>1</td><td>2</td></tr>",
        '<img src="a%20b.png" alt="A &lt;film&gt;">',
        "<p>of &#x27;x&#x27;</p>",
        "<pre>emixer x &gt; y</pre>",
    ):
        assert part in page


def test_markdown_escapes_everything():
    text = as_markdown("<T>", BLOCKS)
    for part in (
        "# \\<T\\>\n\n## What \\<was\\>\n\na \\& b\n\n> mind this\n",
        "- one \\*\n- 1\\. two\n- \\+ three\n",
        "| a\\|b | c |\n|---|---|\n| 1 | 2 |\n",
        "![A \\<film\\>](a%20b.png)\n\nof 'x'\n",
        "    emixer x > y\n",
    ):
        assert part in text


@pytest.mark.parametrize(
    "text", ["a\nb | c", "# no heading", "[link](x)", "<script>", "a_b_c", "`"]
)
def test_escaped_text_is_one_line_without_active_marks(text):
    escaped = markdown_text(text)
    assert "\n" not in escaped
    for mark in "|#[]<>_`":
        assert escaped.count(mark) == escaped.count(f"\\{mark}")
