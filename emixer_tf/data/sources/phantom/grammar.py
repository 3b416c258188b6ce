"""The grammar of the phantom's reports.

A report is a list of sentences; every sentence is one template with its slots filled. `reader`
reads the same templates backwards, so a phrase must belong to one finding alone.
"""

import re

GRADES = {
    "mild": ("mild", "minimal", "subtle"),
    "moderate": ("moderate",),
    "severe": ("severe", "marked", "extensive"),
}
SIDES = {
    "right": ("right",),
    "left": ("left",),
    "bilateral": ("bilateral",),
}
HEDGES = ("possible", "probable", "likely")
_HEDGED_BELOW = 0.2

# {hedge} is empty or a hedge; {grade}, {side} and {place} are words of the tables above.
POSITIVE = {
    "Support Devices": (
        "a {grade} density endotracheal {place} is in place",
        "{side} central venous {place} of {grade} density is in place",
        "a {side} chest wall {place} of {grade} density is present",
    ),
    "Cardiomegaly": (
        "there is {hedge} {grade} cardiomegaly",
        "{hedge} {grade} enlargement of the heart",
        "{hedge} {grade} cardiac enlargement is seen",
    ),
    "Enlarged Cardiomediastinum": (
        "there is {hedge} {grade} widening of the mediastinum",
        "{hedge} {grade} mediastinal widening is noted",
    ),
    "Edema": (
        "there is {hedge} {grade} {side} pulmonary edema",
        "{hedge} {grade} {side} interstitial edema is seen",
    ),
    "Consolidation": (
        "there is {hedge} {grade} consolidation in the {side} {place} lung",
        "{hedge} {grade} {side} {place} lung consolidation is present",
    ),
    "Pneumonia": (
        "{hedge} {grade} pneumonia in the {side} {place} lung",
        "patchy changes of {hedge} {grade} {side} {place} lung pneumonia are seen",
    ),
    "Lung Opacity": (
        "{hedge} {grade} hazy opacity in the {side} {place} lung",
        "there is {hedge} {grade} {side} {place} lung opacity",
    ),
    "Lung Lesion": (
        "{hedge} {grade} nodule in the {side} {place} lung",
        "a {hedge} {grade} {side} {place} lung nodular lesion is noted",
    ),
    "Atelectasis": (
        "there is {hedge} {grade} {side} basilar atelectasis",
        "{hedge} {grade} linear {side} atelectasis at the base",
    ),
    "Pneumothorax": (
        "there is a {hedge} {grade} {side} pneumothorax",
        "{hedge} {grade} {side} apical pneumothorax is seen",
    ),
    "Pleural Effusion": (
        "there is a {hedge} {grade} {side} pleural effusion",
        "{hedge} {grade} {side} effusion with blunting of the costophrenic angle",
    ),
    "Pleural Other": (
        "{hedge} {grade} {side} pleural thickening is noted",
        "there is {hedge} {grade} thickening of the {side} pleura",
    ),
    "Fracture": (
        "{hedge} {grade} {side} {place} rib fracture",
        "there is a {hedge} {grade} fracture of a {side} {place} rib",
    ),
}

NEGATIVE = {
    ("Cardiomegaly", "Enlarged Cardiomediastinum"): (
        "the cardiomediastinal silhouette is normal",
        "heart size and mediastinal contours are within normal limits",
    ),
    ("Cardiomegaly",): ("heart size is normal", "the heart is not enlarged"),
    ("Enlarged Cardiomediastinum",): ("the mediastinum is not widened",),
    ("Lung Opacity", "Consolidation", "Pneumonia", "Lung Lesion", "Edema", "Atelectasis"): (
        "the lungs are clear",
        "both lungs are well expanded and clear",
    ),
    ("Consolidation", "Pneumonia"): ("no focal consolidation or pneumonia",),
    ("Edema",): ("no pulmonary edema", "there is no evidence of edema"),
    ("Pleural Effusion", "Pneumothorax"): (
        "no pleural effusion or pneumothorax",
        "there is no evidence of effusion or pneumothorax",
    ),
    ("Pneumothorax",): ("no pneumothorax", "there is no pneumothorax"),
    ("Pleural Effusion",): ("no pleural effusion", "the costophrenic angles are sharp"),
    ("Fracture",): ("no rib fracture", "the bones are intact"),
    ("Support Devices",): ("no support devices",),
}

NORMAL = ("no acute cardiopulmonary abnormality", "normal chest")

DEVICE_TEMPLATES = {"tube": 0, "line": 1, "pacemaker": 2}
MOST_SENTENCES = 8


def write_report(findings, rng):
    """Write the report of a study.

    Args:
        findings: List of `Finding`, at most eight, no name twice.
        rng: `numpy.random.Generator`.

    Returns:
        Text of at most eight sentences.
    """
    present = {finding.name for finding in findings}
    sentences = [_describe(finding, rng) for finding in _in_reading_order(findings)]
    normals = []
    told = set()
    for names, templates in NEGATIVE.items():
        untold = not (set(names) & (present | told))
        if untold and rng.random() < 0.6:
            normals.append(_pick(templates, rng))
            told |= set(names)
    if present <= {"Support Devices"} and rng.random() < 0.5:
        normals.append(_pick(NORMAL, rng))
    if not sentences and not normals:
        normals.append(NORMAL[0])
    sentences = (sentences + normals)[:MOST_SENTENCES]
    return " ".join(sentence[0].upper() + sentence[1:] + "." for sentence in sentences)


def _in_reading_order(findings):
    order = list(POSITIVE)
    return sorted(findings, key=lambda finding: order.index(finding.name))


def _describe(finding, rng):
    templates = POSITIVE[finding.name]
    if finding.name == "Support Devices":
        template = templates[DEVICE_TEMPLATES[finding.place]]
    else:
        template = _pick(templates, rng)
    hedged = finding.severity < _HEDGED_BELOW and rng.random() < 0.7
    sentence = template.format(
        hedge=_pick(HEDGES, rng) if hedged else "",
        grade=_pick(GRADES[finding.grade], rng),
        side=_pick(SIDES[finding.side], rng) if finding.side else "",
        place=finding.place,
    )
    return re.sub(" +", " ", sentence).strip()


def _pick(options, rng):
    return options[rng.integers(len(options))]
