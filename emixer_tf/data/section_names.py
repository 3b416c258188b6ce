"""How the sections of radiology reports are called.

Spellings and their order of preference are those that the publisher of MIMIC-CXR met in its 227,835
reports. They are facts about the reports, slips included: "ndication" does mean impression there.

Reference:
    MIT-LCP, mimic-cxr, txt/section_parser.py (MIT licence).
"""

_SPELLINGS = {
    "preamble": ("preamble",),
    "impression": (
        "impression",
        "conclusion",
        "findings and impression",
        "findings/impression",
        "findings/ impression",
        "impresson",
        "imprression",
        "imoression",
        "impressoin",
        "imprssion",
        "impresion",
        "imperssion",
        "mpression",
        "impession",
        "ndication",
    ),
    "findings": (
        "findings",
        "finding",
        "chest, two views",
        "reference findings",
        "findins",
        "findindgs",
        "findgings",
        "findngs",
        "findnings",
        "finidngs",
    ),
    "comparison": (
        "comparison",
        "comparisons",
        "reference exam",
        "comparison exam",
        "comparison film",
        "comparision",
        "comparsion",
        "comparrison",
        "comparisions",
    ),
    "indication": (
        "indication",
        "reason for examination",
        "reason for exam",
        "clinical indication",
        "idication",
    ),
    "history": (
        "history",
        "clinical history",
        "clinical information",
        "patient history",
        "pfi",
    ),
    "examination": ("examination", "exam", "type of examination"),
    "technique": ("technique",),
    "recommendations": ("recommendations", "recommendation", "recommendation(s)"),
    "notification": ("notification",),
    "addendum": ("addendum",),
    "wet read": ("wet read", "wetread"),
    "date": ("date",),
    "comment": ("comment",),
}
_CONTAINED = ("impression", "findings", "history", "comparison", "addendum")
_VIEWS = (  # a header that names the views stands for the findings
    "chest",
    "portable",
    "pa and lateral",
    "lateral and pa",
    "ap and lateral",
    "lateral and ap",
    "frontal and",
    "two views",
    "frontal view",
    "pa view",
    "ap view",
    "one view",
    "lateral view",
    "bone window",
    "frontal upright",
    "frontal semi-upright",
    "ribs",
    "pa and lat",
)

KINDS = tuple(_SPELLINGS)
KIND_OF = {name: kind for kind, names in _SPELLINGS.items() for name in names}


def section_kind(header):
    """Return what a header stands for, or the header itself where nothing is known of it.

    Args:
        header: Text before the colon; upper and lower case are not told apart.

    Example:

    >>> section_kind("IMPRESSOIN"), section_kind("CHEST, PA AND LATERAL"), section_kind("LUNGS")
    ('impression', 'findings', 'lungs')
    """
    name = header.lower().strip()
    if name in KIND_OF:
        return KIND_OF[name]
    for kind in _CONTAINED:
        if kind in name:
            return kind
    return "findings" if any(view in name for view in _VIEWS) else name
