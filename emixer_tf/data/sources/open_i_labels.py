"""The labels of Open-i: from the MeSH terms of its indexers, from a table, or from the reports."""

from dataclasses import replace
from pathlib import Path

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.errors import DataError
from emixer_tf.data.report_labeller import label_report
from emixer_tf.data.sources.label_cells import LabelCells
from emixer_tf.data.tables import check_column, read_table, rows_by_key

# MeSH heading, and after a slash a qualifier that must stand beside it.
MESH = {
    "No Finding": ("normal",),
    "Enlarged Cardiomediastinum": ("Mediastinum/enlarged", "Mediastinum/prominent"),
    "Cardiomegaly": ("Cardiomegaly", "Cardiac Shadow/enlarged"),
    "Lung Opacity": ("Opacity", "Airspace Disease", "Infiltrate", "Markings/interstitial"),
    "Lung Lesion": ("Nodule", "Mass", "Opacity/round", "Density/round"),
    "Edema": ("Pulmonary Edema",),
    "Consolidation": ("Consolidation",),
    "Pneumonia": ("Pneumonia",),
    "Atelectasis": ("Pulmonary Atelectasis",),
    "Pneumothorax": ("Pneumothorax", "Hydropneumothorax", "Hemopneumothorax"),
    "Pleural Effusion": ("Pleural Effusion", "Hydropneumothorax", "Hemothorax", "Hemopneumothorax"),
    "Pleural Other": ("Thickening/pleura", "Cicatrix/pleura", "Calcinosis/pleura"),
    "Fracture": ("Fractures, Bone",),
    "Support Devices": (
        "Catheters, Indwelling",
        "Tube, Inserted",
        "Implanted Medical Device",
        "Medical Device",
    ),
}
_NOT_INDEXED = "No Indexing"


def labelling(labels_from, table=None, prefix="", uncertain=None, blank=None):
    """Return how reports get their labels.

    Args:
        labels_from, table, prefix, uncertain, blank: As for `open_i.listing`.

    Returns:
        `(labels, labels_of, notes)`: names in order; a function from a `Report` to what is stated
        of the labels and their values, None and None where nothing is; notes for the card.

    Raises:
        DataError: If the table is needed and missing, or faulty.
    """
    if labels_from == "mesh":
        return CHEXPERT_LABELS, _mesh_labels, ["Labels are the indexers' MeSH terms."]
    if labels_from == "report":
        cells = LabelCells(CHEXPERT_LABELS, uncertain, blank)
        return (
            cells.labels,
            lambda report: _rule_labels(report, cells),
            ["Labels are read from findings and impression by rules.", *cells.notes()],
        )
    if not table:
        raise DataError("--labels-from table needs a table. Remedy: name it by --label-table.")
    names, rows = _label_rows(table, prefix)
    cells = LabelCells(names, uncertain, blank)
    return (
        names,
        lambda report: _table_labels(report, rows, cells),
        [f"Labels are from {Path(table).name}.", *cells.notes()],
    )


def _mesh_labels(report):
    if not report.terms or _NOT_INDEXED in report.terms:
        return None, None
    terms = [_parts(term) for term in report.terms]
    values = {label: float(_any_of(MESH[label], terms)) for label in CHEXPERT_LABELS}
    return values, values


def _any_of(wanted, terms):
    return any(
        heading == there and qualifiers <= beside
        for heading, qualifiers in map(_parts, wanted)
        for there, beside in terms
    )


def _parts(term):
    heading, *qualifiers = (part.strip() for part in term.split("/"))
    return heading, set(qualifiers)


def _rule_labels(report, cells):
    text = "\n".join(filter(None, report.sections.values()))
    if not text:
        return None, None
    stated = label_report(text)
    return stated, cells.decided(report.source, stated)


def _label_rows(table, prefix):
    """Return the names of the labels, and place and row by the number of the report."""
    content = read_table(table)
    header = content.columns
    columns = [name for name in header if name.startswith(prefix) and name not in ("uid", "")]
    if not columns:
        raise DataError(
            f"{table} has no label column that begins with {prefix!r}; its columns are "
            f"{', '.join(header)}. Remedy: check --label-prefix."
        )
    check_column(table, "uid", header)
    names = tuple(name.removeprefix(prefix) for name in columns)
    labels = replace(content.only(("uid", *columns)), columns=("uid", *names))
    return names, rows_by_key(table, labels, "uid", lambda uid: uid.removeprefix("CXR"))


def _table_labels(report, rows, cells):
    if report.uid not in rows:
        return None, None
    return cells.stated_and_values(*rows[report.uid])
