"""The labels of a folder of films: from a table, or from the reports."""

from emixer_tf.config import CHEXPERT_LABELS
from emixer_tf.data.errors import DataError
from emixer_tf.data.report_labeller import label_report
from emixer_tf.data.sources.label_cells import LabelCells
from emixer_tf.data.tables import read_table, rows_of


class LabelTable:
    """Labels by what names a film, or a study."""

    def __init__(self, path, films, uncertain, blank):
        table = read_table(path)
        self.key, *labels = table.columns
        if not labels:
            raise DataError(
                f"{path} has the one column {self.key!r}. Remedy: add columns of labels beside the "
                "one that names the film."
            )
        self.path = path
        self.cells = LabelCells(tuple(labels), uncertain, blank)
        self.paths = {name for film in films for name in film.paths}
        self.rows = {}
        for place, row in rows_of(path, table):
            first = self.rows.setdefault(row[self.key], (place, row))
            if first[1] != row:
                raise DataError(
                    f"{place}: {row[self.key]!r} has other labels than in {first[0]}. Remedy: keep "
                    "one of them."
                )
        self._refuse_names_of_several(films)

    def _refuse_names_of_several(self, films):
        named = {}
        for film in films:
            for name in set(film.short_names) - self.paths:
                named.setdefault(name, []).append(film.name)
        for name, (place, _) in self.rows.items():
            if len(named.get(name, ())) > 1:
                one, other = named[name][:2]
                raise DataError(
                    f"{place}: {name!r} names {one} and {other}. Remedy: name films by their path "
                    "below --root, or by their SOP Instance UID."
                )

    def keys(self, film):
        """Return what the table calls a film, or else its study."""
        short = set(film.short_names) - self.paths
        there = self.rows.keys() - {""}
        return sorted({*film.paths, *short, film.header.film} & there) or sorted(
            {film.header.study} & there
        )

    def stated_and_values(self, film, text):
        """Return what the table states of a film, and the values; the text plays no part."""
        keys = self.keys(film)
        if not keys:
            return None, None
        (first, row), *others = (self.rows[key] for key in keys)
        for place, other in others:
            if {**other, self.key: row[self.key]} != row:
                raise DataError(
                    f"{place}: {film.name} has other labels than in {first}, which names the same "
                    "film. Remedy: keep one of them."
                )
        return self.cells.stated_and_values(first, row)

    def notes(self, films):
        """Return remarks for the card, and refuse a table that names none of the films."""
        unused = self.rows.keys() - {key for film in films for key in self.keys(film)}
        if films and len(unused) == len(self.rows):
            raise DataError(
                f"{self.path} names no film that was kept, row 2 has {next(iter(self.rows))!r}; "
                f"the first film is {films[0].name}. Remedy: name films by path or file name."
            )
        if not unused:
            return self.cells.notes()
        return [
            f"{len(unused)} rows of the labels' table name no film that was kept.",
            *self.cells.notes(),
        ]


class LabelsOfReports:
    """CheXpert's labels as the reports say them."""

    def __init__(self, uncertain, blank):
        self.cells = LabelCells(CHEXPERT_LABELS, uncertain, blank)

    def stated_and_values(self, film, text):
        """Return what a text states of the labels, and the values; None and None without one."""
        if not text:
            return None, None
        stated = label_report(text)
        return stated, self.cells.decided(film.source, stated)

    def notes(self):
        """Return remarks for the card."""
        return ["Labels were read from the reports by rules.", *self.cells.notes()]
