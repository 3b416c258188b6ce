"""Studies that stand in a data set more than once."""

from collections import defaultdict

from emixer_tf.data.near_duplicates import near_duplicates
from emixer_tf.data.splits import SPLITS
from emixer_tf.data.tables import write_rows


def held_out_last(row):
    """Return a key that sorts train before val, and val before test."""
    return SPLITS.index(row.split)


def without_copies(rows, details, flow):
    """Leave out studies whose film, report and labels equal another's.

    The copy in test is kept before one in val, and that before one in train, so that nothing of
    the held-out splits is trained on.

    Args:
        rows: List of `Row`.
        details: List of `StudyDetails`, by place.
        flow: `Flow` to note them in.

    Returns:
        List of `Row`, in the order it was.

    Reference:
        EMIXER, supplement, "Dataset Details": duplicated samples are removed.
    """
    kept = {}
    for row in sorted(rows, key=held_out_last, reverse=True):
        kept.setdefault((details[row.place].digest, row.text, row.labels), row.place)
    places = set(kept.values())
    return flow.keep(
        rows,
        "no copy",
        "film, report and labels equal another study's",
        lambda row: row.place in places,
    )


def near_duplicate_rows(rows, details):
    """Return pairs of studies whose films look alike.

    Of many films that look the same each is paired alone with one that is held out most, so that
    the pairs do not grow with the square of their number.

    Args:
        rows: List of `Row`.
        details: List of `StudyDetails`, by place.

    Returns:
        List of pairs of `Row`.
    """
    groups = defaultdict(list)
    for row in sorted(rows, key=held_out_last, reverse=True):
        groups[details[row.place].perceptual_hash].append(row)
    alike = list(groups.values())
    pairs = [(group[0], other) for group in alike for other in group[1:]]
    found = near_duplicates([int(perceptual_hash, 16) for perceptual_hash in groups])
    return pairs + [pair for i, j in found for pair in _pairs(alike[i], alike[j])]


def _pairs(group, other):
    """Pair the row that is held out most with all of other splits, or with one if there are none.

    Both groups begin with the row of theirs that is held out most.
    """
    one, two = group[0], other[0]
    return (
        [(one, row) for row in other if row.split != one.split]
        + [(row, two) for row in group[1:] if row.split != two.split]
    ) or [(one, two)]


def write_near_duplicates(path, pairs):
    """Write pairs of studies whose films look alike.

    Args:
        path: CSV to write.
        pairs: List of pairs of `Row`.
    """
    rows = [(one.source, one.split, other.source, other.split) for one, other in pairs]
    write_rows(path, ("one", "its split", "other", "its split"), rows)
