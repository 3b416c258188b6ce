"""Cues of negation and of doubt, and where the findings lie that they speak of.

Patterns are written as in `phrases`; "." is the end of the sentence. What a cue does to the
findings around it is in `assertions`.
"""

NEGATED_NEXT = "the findings that follow are denied"
DOUBTED_NEXT = "the findings that follow are doubted"
UNSAID_NEXT = "the findings that follow are history, or what the study could miss"
NEGATED_LAST = "the findings just listed are denied"
DOUBTED_LAST = "the findings just listed are doubted"
UNSAID_LAST = "the findings just listed are what the study could miss"
CONSIDERED = "the finding or study just named is to be thought of"
DOUBTED_BOTH = "the findings on both sides are doubted"
RESOLVED = "the findings just listed, or else those that follow, are gone"
SCOPE_END = "nothing before speaks of what follows, or the other way round"
NEGATION_END = "what follows is not denied any more"
VERB = "the subject has ended, and what was said of it before"
WITH = "what follows is another matter than the structures before"
LINK = "what follows is no longer the same list of findings"
JOIN = "the list goes on"
STUDY = "a study or a treatment is named, which is no finding"
IGNORED = "words that would be read wrongly one by one"

_SHOWN = (
    "seen|identified|evident|visualized|visualised|visible|appreciated|demonstrated|noted|detected"
    "|observed|apparent|found"
)
_SEEN = f"{_SHOWN}|present|suspected|suggested"
_DOUBTFUL = "possible|unlikely|questionable|questioned|doubtful|uncertain|suspected|considered"
_NOTABLE = "significant|interval|definite|appreciable|substantial|acute|further|great"
_NOTABLY = "significantly|substantially|appreciably"
_COURSE = "change|changes|increase|decrease|improvement|worsening|progression|difference"
_WHOLLY = "completely|entirely|totally|definitely|definitively"
_FEW = "a|an|the|small|mild|minimal|stable|trace|tiny|moderate|slight|probable|possible|likely"

CUES = {
    NEGATED_NEXT: (
        "no|not|without|nor|neither|never|lacks|lacking",
        "no|without definite|convincing|radiographic|obvious? evidence|sign|signs of|for",
        "absence|removal|resolution|clearing|disappearance of",
        "free|clear of",
        "negative|unremarkable for",
        "rather than",
        "instead of",
        "rules out",
        "excludes|excluding",
        "not appear|appears",
    ),
    DOUBTED_NEXT: (
        "possible|possibly|maybe|potential|potentially|perhaps|questionable|question|equivocal",
        "possibility of?",
        "suspected|suspicious|suspicion|suspect|presumed",
        "concern|concerning|worrisome for|of|about?",
        "may|might|could be|represent|reflect|indicate|suggest?",
        "suggest|suggests|suggesting|suggestive|suggestion",
        "differential diagnosis? includes|include|of|is|would?",
        f"cannot|difficult to? {_WHOLLY}? exclude",
        f"can not {_WHOLLY}? exclude",
        f"cannot|difficult to? {_WHOLLY}? rule out",
        f"can not {_WHOLLY}? rule out",
        f"not {_WHOLLY}? exclude|excluding",
        "less likely",
        "rule out",
        "r o",
        "r / o",
        "to exclude",
        "evaluate|evaluation|assess|assessment for",
        "correlate|correlation",
        "?",
    ),
    UNSAID_NEXT: (
        "history of",
        "h / o",
        "status post",
        "may|might not show|demonstrate|detect|reveal|depict",
        "may|might|can|could easily? miss|overlook",
        "not sensitive for|to",
        "insensitive for|to",
    ),
    UNSAID_LAST: (
        "may|might|can|could easily? be easily? missed|overlooked|undetected|occult|inapparent",
        f"may|might not always? be always|well|clearly|easily|readily|reliably? {_SHOWN}",
    ),
    CONSIDERED: ("should|must|may|might|could also? be also? considered|entertained",),
    DOUBTED_BOTH: ("versus|vs",),
    NEGATED_LAST: (
        f"not {_SEEN}",
        f"no longer {_SEEN}",
        f"not clearly|definitely|confidently|readily|otherwise {_SEEN}",
        "ruled out",
        "is|are|was|were absent|excluded|negative",
        "is|are|has|have|now now? resolved|cleared|disappeared",
        "has|have been removed",
        ":? none",
        ": no|absent|negative",
    ),
    DOUBTED_LAST: (
        f"cannot|not be? {_WHOLLY}? excluded",
        "cannot|not be? ruled out",
        f"difficult|hard to {_WHOLLY}? exclude .",
        f"may|might|could be {_SEEN}",
        f"is|are also? {_DOUBTFUL}",
        f"{_DOUBTFUL} .",
        "is|are|would be? a|an|another|additional? consideration|considered",
        "is|are in|on the differential",
        "is|are|felt|considered less likely",
        "less likely .",
        "? .",
    ),
    RESOLVED: ("resolved",),
    SCOPE_END: (
        "but|however|although|though|yet|except|otherwise|nevertheless|despite|while|whereas",
        "apart|aside from",
        "other than",
        "there? there is|are|was|were|has|have",
    ),
    NEGATION_END: (":", f", {_FEW}", f"and {_FEW}"),
    VERB: ("is|are|was|were|has|have|had|appears|appear|remains|remain|shows|show|demonstrates",),
    WITH: ("with",),
    LINK: ("causing|from|secondary|due|in|at|of|within", "that|which is|are", "for|in which"),
    JOIN: (",|/|or|and",),
    STUDY: (
        "ct|mri|tomography|ultrasound|sonography|echocardiogram|echocardiography|bronchoscopy",
        "radiograph|radiographs|radiography|imaging|exam|examination|evaluation|assessment|study",
        "followup|biopsy|thoracentesis|drainage|treatment|therapy",
        "follow up",
    ),
    IGNORED: (
        f"no|without {_NOTABLE}? {_NOTABLE}? {_COURSE} in|of?",
        f"not {_NOTABLY}? changed|increased|decreased|improved|worsened",
        "not well|optimally seen|visualized|visualised|evaluated",
        f"not {_SEEN} previously|before",
        f"not {_SEEN} on the? prior|previous|earlier",
        f"not previously {_SEEN}",
        f"previously not {_SEEN}",
        "not only",
        "no doubt",
        "that there is|are",
        "nearly|almost|partially|incompletely resolved",
        "most|strongly|highly suggestive|suggests|suggest",
    ),
}
