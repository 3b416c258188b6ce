"""COVID-19 image data collection (covid-chestxray): films from publications, with case notes.

Both forms of its `metadata.csv` are read: the early one of 14 columns, with findings such as
"COVID-19", and the one of 30 columns, with paths such as "Pneumonia/Viral/COVID-19".
"""

import re
from dataclasses import replace
from operator import attrgetter
from typing import NamedTuple

from emixer_tf.data.errors import RowError
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root
from emixer_tf.data.sources.arguments import ROOT
from emixer_tf.data.sources.view_selection import files_below, films_there, frontal_films
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import check_column, find_table, read_table, rows_of

HELP = "covid-chestxray: normal, bacterial, viral and COVID-19, with case notes"
ARGUMENTS = {
    **ROOT,
    "--keep-unlabelled": {
        "action": "store_true",
        "help": "keep films whose finding is none of the four classes, without labels",
    },
}
EXAMPLE = "emixer prepare covid --root covid-chestxray-dataset --resolution 128 --out data/covid"
LABELS = ("normal", "bacterial_pneumonia", "viral_pneumonia", "covid19")

# COVID-19 comes first, since it is viral as well. The early table names germs without their kind.
_NODES = {
    "covid19": {"covid-19"},
    "viral_pneumonia": {"viral", "sars", "mers", "mers-cov", "influenza", "varicella"},
    "bacterial_pneumonia": {
        "bacterial",
        "mycoplasma bacterial pneumonia",
        "streptococcus",
        "klebsiella",
        "e.coli",
        "legionella",
        "chlamydophila",
    },
    "normal": {"no finding"},
}
_FOLDERS = ("images/", "volumes/")
_ENDINGS = (".jpg", ".jpeg", ".png", ".nii.gz")
_NOTES = (
    "Texts are clinical notes of cases, not radiology reports.",
    "Few films are normal. Films of children, as Kermany's, are no substitute: a model would tell "
    "the age.",
    "Every film has its own licence; see the table's column license.",
)


class _Row(NamedTuple):
    source: str
    cells: dict

    @property
    def name(self):
        return f"{self.cells.get('folder') or 'images'}/{self.cells['filename']}"

    @property
    def study(self):
        return self.name

    @property
    def view(self):
        return self.cells["view"].upper().partition(" ")[0]  # "AP Supine", "AP semi erect"

    @property
    def is_radiograph(self):
        return "CT" not in (self.cells.get("modality"), self.view)

    @property
    def text(self):
        return self.cells.get("clinical_notes", self.cells.get("notes", "")).strip()


def listing(flow, root, keep_unlabelled=False):
    """List the frontal radiographs.

    Args:
        flow: `Flow`.
        root: Folder with `metadata.csv` and `images/`.
        keep_unlabelled: Whether films of another finding, or of none, stay without labels.

    Returns:
        `Listing` of four classes.

    Raises:
        DataError: If the table or all of its films are missing.

    Reference:
        Cohen et al., COVID-19 Image Data Collection (arXiv:2006.11988).
    """
    root = check_root(root, "metadata.csv*")
    path = find_table(root, "metadata")
    films = [name for name in files_below(root, _ENDINGS) if name.startswith(_FOLDERS)]
    rows = films_there(flow, _rows(path), root, films, path.name)
    rows = flow.keep(rows, "radiograph", "CT", attrgetter("is_radiograph"))
    rows = frontal_films(flow, rows, "all")
    if not keep_unlabelled:
        rows = flow.keep(
            rows,
            "class",
            f"the finding is none of {', '.join(LABELS)}",
            lambda row: finding_class(row.cells["finding"]) is not None,
        )
    return Listing(
        name="covid-chestxray",
        labels=LABELS,
        studies=flow.made(rows, lambda row: _study(root, row)),
        flow=flow,
        notes=list(_NOTES),
    )


def _rows(path):
    table = read_table(path)
    table = replace(table, columns=tuple(name.lower() for name in table.columns))
    for column in ("patientid", "finding", "view", "filename"):
        check_column(path, column, table.columns)
    return [_Row(*row) for row in rows_of(path, table)]


def finding_class(finding):
    """Return the class of a finding by its most specific node, or None if it has none.

    Args:
        finding: Cell of the table.

    Example:

    >>> finding_class("Pneumonia/Viral/COVID-19"), finding_class("SARS"), finding_class("todo")
    ('covid19', 'viral_pneumonia', None)
    """
    nodes = {node.strip().casefold() for node in re.split("[/,]", finding)}
    return next((name for name, known in _NODES.items() if nodes & known), None)


def _study(root, row):
    if not row.cells["patientid"]:
        raise RowError(
            "no patient", f"{row.source}: column 'patientid' is empty. Remedy: name the patient."
        )
    name = finding_class(row.cells["finding"])
    return ListedStudy(
        film=FilmFile(str(root), row.name),
        report=row.text or None,
        labels=None if name is None else {label: float(label == name) for label in LABELS},
        patient=row.cells["patientid"],
        source=row.source,
    )
