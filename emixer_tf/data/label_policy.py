"""What uncertain and unmentioned labels mean."""

import math
from collections import Counter
from dataclasses import dataclass

from emixer_tf.data.errors import RowError

UNCERTAIN, BLANK = -1.0, None
SOFT = 0.5

_CELLS = {"1": 1.0, "1.0": 1.0, "0": 0.0, "0.0": 0.0, "-1": -1.0, "-1.0": -1.0, "": None}
_UNCERTAIN = {"zeros": 0.0, "ones": 1.0, "ignore": math.nan, "soft": SOFT}
_BLANK = {"zeros": 0.0, "ignore": math.nan}


@dataclass(frozen=True)
class LabelPolicy:
    """Turns the four values of a CheXpert-style label into numbers.

    The choice moves results as much as a model does: the share of cardiomegaly in CheXpert is 12 %,
    16 % or 71 % by policy. It is therefore never made silently.

    Args:
        uncertain: What -1 becomes: "zeros", "ones", "ignore" (unknown), or "soft" (0.5).
        blank: What an unmentioned label becomes: "zeros", or "ignore" (unknown).

    Example:

    >>> LabelPolicy(uncertain="ones", blank="zeros").values({"Edema": -1.0, "Fracture": None})
    {'Edema': 1.0, 'Fracture': 0.0}

    Reference:
        Irvin et al., CheXpert (arXiv:1901.07031), section 3.1.
    """

    uncertain: str
    blank: str

    def __post_init__(self):
        if self.uncertain not in _UNCERTAIN or self.blank not in _BLANK:
            raise ValueError(
                f"uncertain is one of {', '.join(_UNCERTAIN)}, and blank one of "
                f"{', '.join(_BLANK)}. Received: {self}"
            )

    def values(self, stated):
        """Return label values by name from 1 (positive), 0, -1 (uncertain) or None (blank).

        Returns:
            Dict of floats, NaN where the policy says unknown; None if every label is unknown.
        """
        values = {name: self._value(value) for name, value in stated.items()}
        return None if all(math.isnan(value) for value in values.values()) else values

    def _value(self, stated):
        if stated is None:
            return _BLANK[self.blank]
        return _UNCERTAIN[self.uncertain] if stated == UNCERTAIN else stated

    def note(self):
        """Return the sentence for the card."""
        return policy_note(self.uncertain, self.blank)


def policy_note(uncertain, blank):
    """Return the sentence for the card on a policy, or on the part of it that was given.

    Args:
        uncertain, blank: As for `LabelPolicy`, or None.

    Example:

    >>> policy_note("ones", None)
    'Labels: uncertain -> ones.'
    """
    given = {"uncertain": uncertain, "blank": blank}
    parts = [f"{name} -> {meaning}" for name, meaning in given.items() if meaning]
    return f"Labels: {', '.join(parts)}." if parts else None


def stated_labels(source, row, labels):
    """Read CheXpert-style cells of a row by name.

    Args:
        source: Where the row stands, for messages.
        row: Dict of text by column.
        labels: Names of the columns.

    Returns:
        Dict of 1.0, 0.0, -1.0 or None by name.

    Raises:
        RowError: Naming the cell that is none of 1, 0, -1 and empty.
    """
    stated = {}
    for name in labels:
        cell = row[name].strip()
        if cell not in _CELLS:
            raise RowError(
                "bad label",
                f"{source}: label {name!r} is {cell!r}, none of 1, 0, -1 and empty. Remedy: mend "
                "the cell.",
            )
        stated[name] = _CELLS[cell]
    return stated


def no_finding_note(all_stated):
    """Say how far "No Finding" agrees with the other labels.

    Args:
        all_stated: Iterable of dicts as `stated_labels` returns them.

    Returns:
        A sentence for the card, or None where the label does not exist.
    """
    counts = Counter()
    for stated in all_stated:
        if "No Finding" not in stated:
            return None
        others = [
            value
            for name, value in stated.items()
            if name not in ("No Finding", "Support Devices") and value in (1.0, UNCERTAIN)
        ]
        counts["normal"] += stated["No Finding"] == 1.0
        counts["contradicted"] += stated["No Finding"] == 1.0 and bool(others)
        counts["nothing"] += stated["No Finding"] != 1.0 and not others
    return (
        f"No Finding is positive in {counts['normal']} studies, in {counts['contradicted']} of "
        "them beside a positive or uncertain finding other than Support Devices; "
        f"{counts['nothing']} studies have neither."
    )
