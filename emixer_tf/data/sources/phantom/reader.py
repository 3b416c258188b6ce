"""Reading phantom reports backwards: from text to labels, sides and severities."""

import re
from dataclasses import dataclass

from emixer_tf.data.sources.phantom.findings import LABELS, ZONES, label_values
from emixer_tf.data.sources.phantom.grammar import (
    DEVICE_TEMPLATES,
    GRADES,
    HEDGES,
    MOST_SENTENCES,
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
        report: Text; case, white space, the spacing of full stops and the order of the sentences
            do not matter.

    Returns:
        `Reading`.

    Raises:
        UnreadableReport: Naming the first sentence that the grammar could not have written, or
            sentences that it could not have put into one report.

    Example:

    >>> read_labels("Minimal left apical pneumothorax is seen.").findings
    [ReadFinding(name='Pneumothorax', side='left', place='', grade='mild')]
    """
    sentences = [" ".join(part.lower().split()) for part in report.split(".")]
    sentences = [sentence for sentence in sentences if sentence]
    normal = [sentence for sentence in sentences if sentence in NORMAL]
    denied = [name for sentence in sentences for name in _DENIALS.get(sentence, ())]
    told = [sentence for sentence in sentences if sentence not in (*NORMAL, *_DENIALS)]
    findings = [_read_finding(sentence) for sentence in told]
    stated = [finding.name for finding in findings]
    _check_length(sentences)
    _check_once(normal, denied, stated)
    _check_agreement(normal, denied, stated)
    return Reading(label_values(findings), findings, frozenset(denied))


def _read_finding(sentence):
    for name, pattern in _PATTERNS:
        match = pattern.fullmatch(sentence)
        if match:
            return _finding(name, sentence, match.groupdict())
    raise UnreadableReport(f"The grammar could not have written: {sentence!r}")


def _finding(name, sentence, slots):
    grade = _GRADE_OF[slots["grade"]]
    if slots.get("hedge") and grade != "mild":
        raise UnreadableReport(f"Only mild findings are hedged, unlike in {sentence!r}")
    return ReadFinding(name, _SIDE_OF.get(slots.get("side"), ""), slots.get("place") or "", grade)


def _check_length(sentences):
    if not sentences:
        raise UnreadableReport("The report is empty.")
    if len(sentences) > MOST_SENTENCES:
        raise UnreadableReport(
            f"The report has {len(sentences)} sentences, more than {MOST_SENTENCES}."
        )


def _check_once(normal, denied, stated):
    if len(normal) > 1:
        raise UnreadableReport(f"{normal[0]!r} and {normal[1]!r} say the same.")
    for verb, names in (("stated", stated), ("denied", denied)):
        for name in names:
            if names.count(name) > 1:
                raise UnreadableReport(f"{name} is {verb} twice.")


def _check_agreement(normal, denied, stated):
    for name in stated:
        if name in denied:
            raise UnreadableReport(f"{name} is both stated and denied.")
        if normal and name != "Support Devices":
            raise UnreadableReport(f"{name} is stated beside {normal[0]!r}.")


def _options(words):
    return "|".join(words)


def _places(name, template):
    if name != "Support Devices":
        return ZONES
    number = POSITIVE[name].index(template)
    return [device for device, own in DEVICE_TEMPLATES.items() if own == number]


def _pattern(name, template):
    places = _places(name, template)
    slots = {
        "{hedge} ": f"(?:(?P<hedge>{_options(HEDGES)}) )?",
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
