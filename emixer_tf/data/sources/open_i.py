"""Open-i (Indiana University): reports as XML, films as PNG or DICOM, labels from MeSH terms."""

import re
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from emixer_tf.data.dicom_header import read_dicom_header
from emixer_tf.data.film_file import FilmFile
from emixer_tf.data.listing import Listing
from emixer_tf.data.paths import check_root, inside
from emixer_tf.data.sources.arguments import (
    FILMS,
    OPTIONAL_POLICY,
    REQUIRE_REPORT,
    ROOT,
    SECTION,
    STYLE,
)
from emixer_tf.data.sources.choices import with_choices_of
from emixer_tf.data.sources.open_i_labels import labelling
from emixer_tf.data.sources.open_i_reports import find_reports, read_reports, text_groups
from emixer_tf.data.sources.sections_and_labels import (
    chosen_section,
    label_notes,
    reported_studies,
    style_note,
)
from emixer_tf.data.sources.view_selection import (
    FRONTAL,
    files_below,
    films_there,
    frontal_films,
)
from emixer_tf.data.study import ListedStudy
from emixer_tf.data.tables import check_column, read_table, rows_of

HELP = "Open-i, Indiana University: films, reports, labels by the MeSH terms of its indexers"
ARGUMENTS = {
    **ROOT,
    "--reports": {"help": "NLMCXR_reports.tgz or the folder of its files (looked for in --root)"},
    "--views": {
        "help": "CSV with the columns filename or image_id, and projection "
        "(indiana_projections.csv in --root)"
    },
    "--labels-from": {
        "default": "mesh",
        "choices": ("mesh", "report", "table"),
        "help": "the indexers' MeSH terms, our rules on the report, or --label-table (%(default)s)",
    },
    "--label-table": {"help": "CSV with a column uid and a column for every label"},
    "--label-prefix": {"default": "", "help": "of its label columns; the rest is the name"},
    **OPTIONAL_POLICY,
    **SECTION,
    **REQUIRE_REPORT,
    "--without-films": {
        "action": "store_true",
        "help": "list reports alone, to join them with the films of another source",
    },
    **FILMS,
    **STYLE,
}
EXAMPLE = "emixer prepare open-i --root open-i --resolution 128 --out data/open-i"

_FILM = re.compile(r"(?:CXR)?(?:\d+_(?=\d))?(\d+_IM-[\d-]+)(?:\.(?:dcm|png))*", re.IGNORECASE)


class _Film(NamedTuple):
    study: str
    view: str
    name: str
    source: str
    first: bool


@with_choices_of(ARGUMENTS)
def listing(
    flow, root, *, reports=None, views=None, labels_from="mesh", label_table=None,
    label_prefix="", uncertain=None, blank=None, section="findings", require_report=False,
    without_films=False, films="one", style="voi",
):  # fmt: skip
    """List the reports with their frontal films, or without films.

    Every report is a patient of its own, as the publisher says no more; but reports with the same
    findings, or the same text altogether, count as one patient, so that they land in one split.

    Views are those of a table. DICOM tags are asked only without one: 1,185 and 2,222 of 3,818
    frontal films are tagged AP and PA, but so are 1,401 and 1,368 of 3,648 lateral films. Where
    neither says anything, the film that a report names first is taken for frontal, which is right
    for 3,294 of 3,851 reports.

    Args:
        flow: `Flow`.
        root: Folder that holds the reports, and the films at any depth: `CXR1_1_IM-0001-3001.png`,
            `1/1_IM-0001-3001.dcm` or `1_IM-0001-3001.dcm.png`.
        reports: Archive or folder of the XML files; None: `ecgen-radiology` or `NLMCXR_reports.*`
            below the root.
        views: CSV with the film (`filename` or `image_id`) and its `projection`; None:
            `indiana_projections.csv` below the root, if it is there.
        labels_from: "mesh" for the terms of the indexers, which have no uncertainty; "report" for
            `label_report`; "table" for a label table.
        label_table: CSV with a column `uid`, and a column for every label.
        label_prefix: Beginning of the names of its label columns.
        uncertain, blank: As for `LabelPolicy`; needed where labels are uncertain or blank.
        section: Of the report: "findings", "impression" or "both".
        require_report: Whether studies without that section are left out.
        without_films: Whether to list all reports with that section, without films.
        films: Of a study: "one" frontal film, or "all".
        style: Of DICOM, as for `read_dicom`.

    Returns:
        `Listing`.

    Raises:
        DataError: If reports, all films or a table are missing.

    Reference:
        Demner-Fushman et al., "Preparing a collection of radiology examinations for distribution
        and retrieval", JAMIA 2016.
    """
    root = check_root(root)
    read = read_reports(flow, Path(reports) if reports else find_reports(root))
    labels, labels_of, notes = labelling(labels_from, label_table, label_prefix, uncertain, blank)
    groups = text_groups(read)
    if without_films:
        taken = [(report, None) for report in read]
    else:
        by_uid = {report.uid: report for report in read}
        found, view_notes = _films(flow, root, read, views)
        taken = [(by_uid[film.study], film) for film in frontal_films(flow, found, films)]
        notes += view_notes

    def study(pair):
        report, film = pair
        stated, values = labels_of(report)
        listed = ListedStudy(
            film=film and FilmFile(str(root), film.name, style),
            report=chosen_section(report.sections, section),
            labels=values,
            patient=groups[report.uid],
            source=_place(pair),
        )
        return listed, stated

    pairs = flow.made(taken, study, source=_place)
    pairs, report_notes = reported_studies(flow, pairs, section, require_report or without_films)
    return Listing(
        name="Open-i",
        labels=labels,
        studies=[study for study, _ in pairs],
        flow=flow,
        notes=[
            *notes,
            *label_notes(pairs),
            style_note(style),
            f"Reports: section {section}. Reports with the same findings or the same text are in "
            "one split.",
            *report_notes,
        ],
    )


def _place(pair):
    report, film = pair
    return film.source if film else report.source


def _films(flow, root, reports, views):
    """Return the films that are on disk, with their views, and a list of notes."""
    with_film = flow.keep(reports, "report names a film", "it names none", attrgetter("films"))
    # Of a film in both forms the DICOM file, first in order, is taken.
    on_disk = {}
    for name in files_below(root, (".dcm", ".png")):
        on_disk.setdefault(_film_key(name), name)
    on_disk.pop(None, None)
    path, table = _view_table(root, views)
    films = [
        _Film(
            study=report.uid,
            view=table.get(_film_key(film), ""),
            name=on_disk.get(_film_key(film), film),
            source=f"{report.source}, {film}",
            first=place == 0,
        )
        for report in with_film
        for place, film in enumerate(report.films)
    ]
    there = films_there(flow, films, root, on_disk.values(), "the reports")
    if path:
        return there, [f"Views are from {path.name}."]
    return _without_view_table(flow.made(there, lambda film: _with_tag(film, root)))


def _without_view_table(films):
    """Take the first film of a report for frontal if no tag says it of any, and note how many."""
    tagged = {film.study for film in films if film.view in FRONTAL}
    guessed = {
        film: film._replace(view="FRONTAL")
        for film in films
        if film.first and not film.view and film.study not in tagged
    }
    note = (
        f"No table of views was given (--views). {len(tagged)} reports have a film that a DICOM "
        f"tag calls PA or AP, as it does many lateral films; of {len(guessed)} without, the first "
        "film is taken for frontal, which is wrong for one in seven."
    )
    return [guessed.get(film, film) for film in films], [note]


def _with_tag(film, root):
    if not film.name.lower().endswith(".dcm"):
        return film
    return film._replace(view=read_dicom_header(inside(root, film.name)).view)


def _film_key(name):
    """Return what is common to all names of a film, or None for another file.

    >>> _film_key("CXR1_1_IM-0001-3001"), _film_key("9/CXR9_IM-0002-1001.dcm.png")
    ('1_IM-0001-3001', '9_IM-0002-1001')
    """
    match = _FILM.fullmatch(name.rpartition("/")[2])
    return match and match[1]


def _view_table(root, views):
    """Return the path of the table and the view by film; None and nothing if there is none."""
    path = Path(views) if views else next(iter(sorted(root.rglob("indiana_projections.csv"))), None)
    if path is None:
        return None, {}
    table = read_table(path)
    column = "image_id" if "image_id" in table.columns else "filename"
    for name in (column, "projection"):
        check_column(path, name, table.columns)
    return path, {
        _film_key(row[column]): row["projection"].strip().upper() for _, row in rows_of(path, table)
    }
