"""Studies that stand in a data set more than once."""

from emixer_tf.data.errors import DataError
from emixer_tf.data.near_duplicates import near_duplicates
from emixer_tf.data.splits import SPLITS


def without_copies(rows, details, flow):
    """Leave out studies whose film, report and labels equal another's.

    The copy in test is kept before one in val, and that before one in train, so that nothing of
    the held-out splits is trained on.

    Args:
        rows: List of `Row`.
        details: List of `FilmDetails`, by place.
        flow: `Flow` to note them in.

    Returns:
        List of `Row`, in the order it was.

    Reference:
        EMIXER, supplement, "Dataset Details": duplicated samples are removed.
    """
    kept = {}
    for row in sorted(rows, key=lambda row: -SPLITS.index(row.split)):
        kept.setdefault((details[row.place].digest, row.text, row.labels), row.place)
    places = set(kept.values())
    return flow.keep(
        rows,
        "no copy",
        "film, report and labels equal another study's",
        lambda row: row.place in places,
        source=lambda row: row.source,
    )


def look_alikes(rows, details, allowed):
    """Return pairs of studies whose films look alike, and refuse those that stand in two splits.

    Args:
        rows: List of `Row`.
        details: List of `FilmDetails`, by place.
        allowed: Whether they may stand in two splits.

    Returns:
        List of pairs of `Row`.

    Raises:
        DataError: Naming the first pair in two splits.
    """
    hashes = [int(details[row.place].look, 16) for row in rows]
    pairs = [(rows[i], rows[j]) for i, j in near_duplicates(hashes)]
    across = [(a, b) for a, b in pairs if a.split != b.split]
    if across and not allowed:
        a, b = across[0]
        raise DataError(
            f"{len(across)} pairs of films look alike and stand in two splits, the first: "
            f"{a.source} in {a.split} and {b.source} in {b.split}. A model would be tested on what "
            "it was trained on. Remedy: give both one patient or one split, or use "
            "--allow-look-alikes if they are different films."
        )
    return pairs
