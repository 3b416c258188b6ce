"""The sections of a radiology report."""

import re

from emixer_tf.data.section_names import KIND_OF, KINDS, section_kind

SECTIONS = (
    "findings",
    "impression",
    "last_paragraph",
    "comparison",
    "indication",
    "history",
    "technique",
    "examination",
    "recommendations",
    "notification",
    "addendum",
    "wet read",
)
_PUBLISHERS_HEADER = re.compile(r"\n ([A-Z ()/,-]+):\s")

_NUMBER = r"(?:\(?\d{1,2}[.):]\)?[ \t]*)?"
_MAIN = "findings|impression|conclusion|comparison|indication|technique|history"
_HEADER = re.compile(
    rf"^[ \t]*{_NUMBER}(?P<line>[A-Za-z][A-Za-z0-9 ()/,&-]{{0,60}}?)[ \t]*(?P<colon>:|$)"
    rf"|(?<=[.:?!])[ \t]+(?P<within>(?i:{_MAIN})):"
    r"|^[ \t]*(?P<rule>_{10,})[ \t]*$",  # stands below an addendum or a wet read
    re.MULTILINE,
)


def report_sections(text, rules="robust"):
    """Take a report apart.

    Args:
        text: The report.
        rules: "mimic" does what the publisher of MIMIC-CXR does, for tables that are to be
            compared: a header stands behind one space, in capitals without digits, and text keeps
            its line breaks. (The publisher also mends 54 studies by hand, by their numbers; that
            is no matter of the text.) "robust" also takes headers in lower case, without a
            space, with a number, or after a full stop; "LUNGS:", "RIBS:" and "ADDITIONAL
            FINDINGS:" belong to the findings above them; an empty section neither swallows the
            next header nor hides an earlier section; line breaks become spaces.

    Returns:
        Dict of text or None by the names in `SECTIONS`; "mimic" has "" for an empty section, as
        the publisher's table does. Of several sections of a kind it is the last.
        `last_paragraph` is what follows the first paragraph of the last section, where there
        are neither findings nor impression.

    Raises:
        ValueError: If the rules are unknown.

    Example:

    >>> sections = report_sections("Findings:\\nNo edema.\\n\\nIMPRESSION: Normal.")
    >>> sections["findings"], sections["impression"], sections["comparison"]
    ('No edema.', 'Normal.', None)

    Reference:
        MIT-LCP, mimic-cxr, txt/section_parser.py and txt/create_section_files.py.
    """
    if rules not in ("robust", "mimic"):
        raise ValueError(f'rules must be "robust" or "mimic". Received: rules={rules!r}')
    if rules == "mimic":
        parts = _with_last_paragraph(_without_empty(_publishers_parts(text)), "\n \n")
        found = {kind: part.strip() for kind, part in parts}
    else:
        parts = _with_last_paragraph(_robust_parts(_unix_lines(text)), None)
        found = {kind: " ".join(part.split()) for kind, part in parts}
    return {name: found.get(name) for name in SECTIONS}


def _publishers_parts(text):
    """Return `(kind, text)` of the sections as the publisher cuts them."""
    header = _PUBLISHERS_HEADER.search(text)
    if header is None:
        return [("full report", text)]
    parts = [("preamble", text[: header.start(1)])]
    while header is not None:
        kind, begin = section_kind(header.group(1)), header.end()
        # A header on the next line is passed over: the publisher does so to avoid bad parses.
        line_end = text.find("\n", begin)
        header = _PUBLISHERS_HEADER.search(text, begin if line_end == -1 else line_end)
        parts.append((kind, text[begin : len(text) if header is None else header.start()]))
    return parts


def _unix_lines(text):
    return text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def _robust_parts(text):
    """Return `(kind, text)` of the sections that hold something."""
    headers = _robust_headers(text)
    if headers:
        kinds = ["preamble", *(kind for _, _, kind in headers)]
        begins = [0, *(end for _, end, _ in headers)]
        ends = [*(start for start, _, _ in headers), len(text)]
    else:
        kinds, begins, ends = ["full report"], [0], [len(text)]
    parts = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
    return [(kind, part) for kind, part in zip(kinds, parts, strict=True) if part.strip()]


def _robust_headers(text):
    """Return `(start, end, kind)` of the lines and words that name a section, and of rules."""
    headers = []
    for match in _HEADER.finditer(text):
        name = match["line"] or match["within"] or match["rule"]
        kind = section_kind(name)
        if _names_a_section(match, kind) and not (
            headers and headers[-1][2] == "findings" and _may_be_part_of_findings(name, kind)
        ):
            headers.append((match.start(), match.end(), kind))
    return headers


def _names_a_section(match, kind):
    name = match["line"]
    if name is None:
        return True
    if match["colon"] and name.isupper():
        return kind in KINDS
    return name.lower().strip() in KIND_OF and (match["colon"] or name[0].isupper())


def _may_be_part_of_findings(name, kind):
    """Return whether a header such as "RIBS:" opens findings only where none are open."""
    return kind == "findings" and name.lower().strip() not in KIND_OF


def _without_empty(parts):
    return [
        (kind, part)
        for kind, part in parts
        if part.strip() or kind not in ("impression", "findings")
    ]


def _with_last_paragraph(parts, blank_line):
    """Cut the last section after its first paragraph, where nothing else holds the reading.

    Args:
        parts: List of `(kind, text)`.
        blank_line: What separates paragraphs; None for any line of white space.
    """
    if not parts or {"impression", "findings"} & {kind for kind, _ in parts}:
        return parts
    kind, text = parts[-1]
    if blank_line is None:
        first, *rest = re.split(r"\n[ \t]*\n\s*", text.strip(), maxsplit=1)
        if not rest and kind == "full report":
            return [("last_paragraph", text)]
    else:
        first, *rest = text.split(blank_line, 1)
    return [*parts[:-1], (kind, first), *(("last_paragraph", part) for part in rest)]
