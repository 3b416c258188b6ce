"""From a report's text to sentences, and from a sentence to words."""

import re

_READ = "findings?|impressions?|conclusions?|opinion"
_ASKED = (
    "(?:clinical |patient )?(?:indications?|history|information)|reason for [a-z]{4,12}"
    "|comparisons?|technique"
)
_HEADER = re.compile(rf"\b(?:({_READ})|(?:{_ASKED}))\s?:\s*")
_EMPTY_LINE = re.compile(r"\n\s*\n")
# Every branch begins with a letter of its own, which `re` can then search for fast.
_END = re.compile(
    r"\.(?=\s|$)(?<!\bvs\.)(?<!\bvs\s\.)(?<!\bdr\.)(?<!\bmr\.)(?<!\bms\.)(?<!\bmrs\.)(?<!\bapprox\.)"
    r"|\.(?=[a-z][a-z])(?<=[a-z][a-z]\.)"  # "effusion.There"
    r"|\)(?=\s)(?<=\s\d\))|\n\s*\n|;|!"
)
_LETTER = re.compile("[a-z0-9]")
_WORD = re.compile(r"[a-z0-9]+|[,/?:]")


def sections_to_read(text):
    """Leave out the sections that ask or compare, which end at a header or at an empty line.

    A text without headers is read whole. Reports often go on after a comparison without a header.
    """
    headers = list(_HEADER.finditer(text))
    if not headers:
        return text
    kept = [text[: headers[0].start()]]
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=True):
        section = text[header.end() : end]
        if header[1]:
            kept.append(section)
        else:
            kept += _EMPTY_LINE.split(section, maxsplit=1)[1:]
    return "\n\n".join(kept)


def report_sentences(text):
    """Split a report into lower-case sentences.

    A sentence ends at a full stop before white space, at `;` or `!`, at an empty line and at an
    item's number; it goes on over line breaks and decimals. Sections of what was asked (history,
    indication), of comparison and of technique are left out.

    Args:
        text: The report.

    Returns:
        List of sentences.

    Example:

    >>> report_sentences("INDICATION: Pneumonia? FINDINGS: A 2.5 cm\\nnodule. No effusion.")
    ['a 2.5 cm\\nnodule', 'no effusion']
    """
    text = sections_to_read(text.lower()).replace("xxxx", "_")
    return [part.strip() for part in _END.split(text) if _LETTER.search(part)]


def sentence_words(sentence):
    """Split a lower-case sentence into words and the signs `,`, `/`, `?` and `:`."""
    return _WORD.findall(sentence)
