"""From a report's text to sentences, and from a sentence to words."""

import re

_READ = "findings?|impressions?|conclusions?|opinion"
_ASKED = "(?:clinical |patient )?(?:indications?|history|information)|reason for [a-z]{4,12}"
# In the middle of a sentence "examination:" is no header.
_TAKEN = "comparisons?|technique|(?<![a-z] )exam(?:ination)?"
_HEADER = re.compile(rf"\b(?:(?P<read>{_READ})|(?P<taken>{_TAKEN})|(?:{_ASKED}))\s?:")
_EMPTY_LINE = re.compile(r"\n\s*\n")
# Every branch begins with a letter of its own, which `re` can then search for fast.
_FULL_STOP = (
    r"\.(?=\s|$)(?<!\bvs\.)(?<!\bvs\s\.)(?<!\bdr\.)(?<!\bmr\.)(?<!\bms\.)(?<!\bmrs\.)(?<!\bapprox\.)"
    r"|\.(?=[a-z][a-z])(?<=[a-z][a-z]\.)"  # "effusion.There"
)
_END = re.compile(_FULL_STOP + r"|\)(?=\s)(?<=\s\d\))|\n\s*\n|;|!")
# Neither the last stop of "y.o." nor the sign of "? pneumonia".
_END_OF_SKIPPED = re.compile(rf"(?:{_FULL_STOP})(?<!\.[a-z]\.)|\?(?=\s)(?<=[a-z0-9]\?)")
_LETTER = re.compile("[a-z0-9]")
_WORD = re.compile(r"[a-z0-9]+|[,/?:]")


def sections_to_read(text):
    """Leave out the sections that ask or compare.

    Such a section ends at an empty line, or else at the next header, or else, in a report of one
    paragraph, at its first sentence's end. A text without headers is read whole.
    """
    text = text.rstrip()
    headers = list(_HEADER.finditer(text))
    if not headers:
        return text
    kept = [text[: headers[0].start()]]
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=True):
        section = text[header.end() : end]
        if not header["read"]:
            section = _after_skipped(section, header["taken"], last=end == len(text))
        kept.append(section)
    return "\n\n".join(kept)


def _after_skipped(section, may_be_bare, last):
    """What goes on without a header of its own after a section that is left out."""
    if not may_be_bare:  # "INDICATION:", an empty line, and only then what is asked
        section = section.lstrip()
    parts = _EMPTY_LINE.split(section, maxsplit=1)
    if last and len(parts) == 1:
        parts = _END_OF_SKIPPED.split(section, maxsplit=1)
    return "".join(parts[1:])


def sentences_to_read(text):
    """Split a report into lower-case sentences.

    A sentence ends at a full stop before white space, at `;` or `!`, at an empty line and at an
    item's number; it goes on over line breaks and decimals. Sections of what was asked (history,
    indication), of comparison, of technique and of the kind of examination are left out.

    Args:
        text: The report.

    Returns:
        List of sentences.

    Example:

    >>> sentences_to_read("INDICATION: Pneumonia? FINDINGS: A 2.5 cm\\nnodule. No effusion.")
    ['a 2.5 cm\\nnodule', 'no effusion']
    """
    text = sections_to_read(text.lower()).replace("xxxx", "_")
    return [part.strip() for part in _END.split(text) if _LETTER.search(part)]


def sentence_words(sentence):
    """Split a lower-case sentence into words and the signs `,`, `/`, `?` and `:`."""
    return _WORD.findall(sentence)
