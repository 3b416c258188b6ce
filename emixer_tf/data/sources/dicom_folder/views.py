"""From which side a film was taken: by its tag, then by a table."""

from emixer_tf.data.dicom_header import view_named
from emixer_tf.data.tables import check_column, read_table, rows_by_key

_COLUMN = "view"


def views(path, keep_untagged):
    """Return a function of a film's name below the root and its `DicomHeader`: the view.

    Args:
        path: CSV whose first column names a film by its path below the root or by its SOP Instance
            UID, with a column `view`; or None.
        keep_untagged: Whether a film whose view nothing says is taken for frontal.

    Raises:
        DataError: If the table lacks the column, or names a film twice with different views.
    """
    rows = _rows(path) if path else {}
    unknown = "FRONTAL" if keep_untagged else ""

    def view_of(name, header):
        _, row = rows.get(name) or rows.get(header.film) or (None, {_COLUMN: ""})
        stated = row[_COLUMN].strip()
        return header.view or view_named(stated) or ("OTHER" if stated else unknown)

    return view_of


def _rows(path):
    table = read_table(path)
    check_column(path, _COLUMN, table.columns)
    rows = rows_by_key(path, table, table.columns[0])
    rows.pop("", None)  # a film without a UID is not meant
    return rows
