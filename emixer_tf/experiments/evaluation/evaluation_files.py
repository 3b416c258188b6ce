"""What an evaluation leaves behind: numbers as JSON, tables, a page with pictures."""

import csv
import io
import json

from emixer_tf.document import as_markdown, as_page
from emixer_tf.files import as_json, write_whole
from emixer_tf.metrics.feature_file import check_same_extractor

RESULTS, TABLE, PAGE = "evaluation.json", "table.md", "index.html"
NEIGHBOURS, FEATURES = "neighbours.csv", "features"


def check_evaluation_place(out, identity=None):
    """Refuse a folder that holds other things, or an evaluation by another extractor.

    Args:
        out: `pathlib.Path` of the folder.
        identity: Of the extractor; None for an evaluation of reports alone.

    Raises:
        ValueError: If the folder holds something else.
    """
    if not out.exists():
        return
    if not out.is_dir() or (any(out.iterdir()) and not (out / RESULTS).is_file()):
        raise ValueError(f"{out} is there and holds no evaluation. Remedy: name another folder.")
    if not (out / RESULTS).is_file():
        return
    earlier = read_evaluation(out).get("extractor")
    if (earlier is None) != (identity is None):
        raise ValueError(f"{out} holds an evaluation of another kind. Remedy: name another folder.")
    if identity is not None:
        try:
            check_same_extractor(earlier, identity)
        except ValueError as error:
            raise ValueError(
                f"{out} holds an evaluation by another extractor. {error} Or name another folder "
                "by --out."
            ) from None


def read_evaluation(folder):
    """Return the numbers of an evaluation as a dict.

    Args:
        folder: `pathlib.Path`.

    Raises:
        ValueError: If the folder holds none, or a damaged one.
    """
    path = folder / RESULTS
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path} is no evaluation ({type(error).__name__}). Remedy: name a folder that "
            "`emixer evaluate` wrote."
        ) from None
    if not isinstance(found, dict):
        raise ValueError(f"{path} is no evaluation. Remedy: evaluate again.")
    return found


def write_evaluation(out, title, numbers, blocks):
    """Write the numbers, the tables and the page.

    Args:
        out: `pathlib.Path` of an existing folder.
        title: Of the page.
        numbers: Dict for `evaluation.json`; NaN becomes null.
        blocks: Blocks of the document.
    """
    text = json.dumps(as_json(numbers), indent=1, allow_nan=False)
    write_whole(out / RESULTS, text)
    write_whole(out / TABLE, as_markdown(title, blocks))
    write_whole(out / PAGE, as_page(title, blocks))


def write_table(path, columns, rows):
    """Write a CSV file.

    Args:
        path: `pathlib.Path`.
        columns: Names.
        rows: Iterable of sequences.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    write_whole(path, text.getvalue())
