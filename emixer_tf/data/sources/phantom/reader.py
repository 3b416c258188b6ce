"""Reading phantom reports backwards: from text to labels, sides and severities."""

import re
from dataclasses import dataclass

from emixer_tf.data.sources.phantom.findings import DEVICES, LABELS, ZONES, label_values
from emixer_tf.data.sources.phantom.grammar import (
    GRADES,
    HEDGES,
    NEGATIVE,
    NORMAL,
    POSITIVE,
    SIDES,
)


class UnreadableReport(ValueError):
    """The text is nothing the grammar could have written."""


@dataclass(frozen=True)
class ReadFinding:
    """A finding as a report states it: the severity is a grade (mild, moderate, severe)."""

    name: str
    side: str
    place: str
    grade: str


@dataclass(frozen=True)
class Reading:
    """What a report says.

    Args:
        labels: All 14 labels by name, 1.0 or 0.0.
        findings: List of `ReadFinding`.
        denied: Names the report explicitly denies.
    """

    labels: dict
    findings: list
    denied: frozenset


def read_labels(report):
    """Read a report of the phantom.

    Args:
        report: Text; case, white space and the spacing of full stops do not matter.

    Returns:
        `Reading`.

    Raises:
        UnreadableReport: Naming the first sentence that the grammar could not have written, or
            a finding that is both stated and denied.

    Example:

    >>> read_labels("Minimal left apical pneumothorax is seen.").findings
    [ReadFinding(name='Pneumothorax', side='left', place='', grade='mild')]
    """
    sentences = [" ".join(part.lower().split()) for part in report.split(".")]
    sentences = [sentence for sentence in sentences if sentence]
    if not sentences:
        raise UnreadableReport("The report is empty.")
    findings, denied = [], set()
    for sentence in sentences:
        if sentence in NORMAL:
            continue
        if sentence in _DENIALS:
            denied |= set(_DENIALS[sentence])
            continue
        findings.append(_read_finding(sentence))
    stated = {finding.name for finding in findings}
    if stated & denied:
        raise UnreadableReport(f"{sorted(stated & denied)[0]} is both stated and denied.")
    return Reading(label_values(findings), findings, frozenset(denied))


def _read_finding(sentence):
    for name, pattern in _PATTERNS:
        match = pattern.fullmatch(sentence)
        if match:
            slots = match.groupdict()
            return ReadFinding(
                name,
                _SIDE_OF.get(slots.get("side"), ""),
                slots.get("place") or "",
                _GRADE_OF[slots["grade"]],
            )
    raise UnreadableReport(f"The grammar could not have written: {sentence!r}")


def _options(words):
    return "|".join(words)


def _pattern(name, template):
    places = DEVICES if name == "Support Devices" else ZONES
    slots = {
        "{hedge} ": f"(?:(?:{_options(HEDGES)}) )?",
        "{grade}": f"(?P<grade>{_options(_GRADE_OF)})",
        "{side}": f"(?P<side>{_options(_SIDE_OF)})",
        "{place}": f"(?P<place>{_options(places)})",
    }
    for slot, expression in slots.items():
        template = template.replace(slot, expression)
    return re.compile(template)


_GRADE_OF = {word: grade for grade, words in GRADES.items() for word in words}
_SIDE_OF = {word: side for side, words in SIDES.items() for word in words}
_DENIALS = {sentence: names for names, templates in NEGATIVE.items() for sentence in templates}
_PATTERNS = [
    (name, _pattern(name, template)) for name in LABELS for template in POSITIVE.get(name, ())
]
