"""The reports beside the films of a folder, without lines that name people."""

import re

from emixer_tf.data.report_files import decode_report, report_bytes
from emixer_tf.data.report_parser import report_sections
from emixer_tf.data.sources.sections_and_labels import chosen_section

_OF_A_PERSON = (
    r"(?:patient(?:'?s)?(?:[ _-](?:name|id\w*|no|number|age|sex|gender|dob))?|pt"
    r"|(?:(?:first|last|sur|full|given|family)[ -]?)?name|id|mrn|accession(?: \w+)?|dob"
    r"|date of birth|birth ?date|born|sex|gender|age|address|phone"
    r"|(?:(?:referring|attending|ordering|reading|reporting) )?"
    r"(?:physician|doctor|clinician|radiologist))"
)
_PERSONAL_LINE = re.compile(
    rf"^[ \t]*{_OF_A_PERSON}(?:[ /]{{1,3}}{_OF_A_PERSON})?[ \t.#]{{0,9}}:.*$"
    r"|^[ \t]*(?:electronically )?"
    r"(?:signed|dictated|transcribed|typed|reported|read|verified|approved)(?: by\b).*$"
    r"|^[ \t]*(?:dr|prof)\.?[ \t]+(?-i:[A-Z])[^:.\n]{0,40}$"
    r"|^[^:.\n]{0,40}(?:\b(?-i:[A-Z])\.[^:.\n]{0,20})?,?[ \t]+m\.?d\.?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


def report_text(root, film):
    """Return the text of a film's report without lines that name people, or None."""
    if film.text is None:
        return None
    text = decode_report(report_bytes(root, film.text), str(root / film.text))
    return _PERSONAL_LINE.sub("", text).strip() or None


def section_of(text, section):
    """Return a section; a text without findings and impression counts as findings."""
    sections = report_sections(text)
    findings = sections["findings"] or sections["last_paragraph"]
    return chosen_section({**sections, "findings": findings}, section)
