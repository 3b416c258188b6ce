"""The sections of a radiology report."""

import re

from emixer_tf.data.section_names import KIND_OF, section_kind

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
_HEADER_OF_A_LINE = re.compile(
    rf"^[ \t]*{_NUMBER}([A-Za-z][A-Za-z0-9 ()/,&-]{{0,60}}?)[ \t]*(?::|$)", re.MULTILINE
)
_MAIN = ("FINDINGS", "IMPRESSION", "CONCLUSION", "COMPARISON", "INDICATION", "TECHNIQUE", "HISTORY")
_HEADER_WITHIN_A_LINE = re.compile(rf"(?<=[.:?!])[ \t]+({'|'.join(_MAIN)}):")


def report_sections(text, rules="robust"):
    """Take a report apart.

    Args:
        text: The report.
        rules: "mimic" does what the publisher of MIMIC-CXR does, for tables that are to be
            compared: a header stands behind one space, in capitals without digits, and text keeps
            its line breaks. (The publisher also mends 54 studies by hand, by their numbers; that
            is no matter of the text.) "robust" also takes headers in lower case, without a
            space, with a number, or after a full stop; an upper-case line that names no section,
            such as "LUNGS:", does not end one; an empty section does not swallow the next header;
            line breaks become spaces.

    Returns:
        Dict of text or None by the names in `SECTIONS`. Of several sections of a kind it is the
        last. `last_paragraph` is what follows the first paragraph of the last section, where
        there are neither findings nor impression.

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
        parts = _with_last_paragraph(_without_empty(_robust_parts(_unix_lines(text))), None)
        found = {kind: " ".join(part.split()) or None for kind, part in parts}
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
    """Return `(kind, text)` of the sections, headers being lines or words that name a section."""
    headers = [
        (match.start(), match.end(), section_kind(match.group(1)))
        for match in _HEADER_OF_A_LINE.finditer(text)
        if _names_a_section(match)
    ]
    headers += [
        (match.start(1), match.end(), section_kind(match.group(1)))
        for match in _HEADER_WITHIN_A_LINE.finditer(text)
    ]
    headers.sort()
    if not headers:
        return [("full report", text)]
    ends = [start for start, _, _ in headers[1:]] + [len(text)]
    return [
        ("preamble", text[: headers[0][0]]),
        *((kind, text[begin:end]) for (_, begin, kind), end in zip(headers, ends, strict=True)),
    ]


def _names_a_section(match):
    name = match.group(1).strip()
    if not match.group(0).endswith(":"):
        return name.isupper() and KIND_OF.get(name.lower()) is not None  # alone on its line
    if name.isupper():
        return section_kind(name) in SECTIONS
    return name.lower() in KIND_OF


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
