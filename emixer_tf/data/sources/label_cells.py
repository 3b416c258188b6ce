"""Labels of a user's own table: 0 and 1, and perhaps CheXpert's -1 and blanks."""

from dataclasses import dataclass

from emixer_tf.data.errors import DataError
from emixer_tf.data.label_policy import BLANK, UNCERTAIN, LabelPolicy, policy_note, stated_labels
from emixer_tf.data.sources.arguments import POLICY


@dataclass(frozen=True)
class LabelCells:
    """Reads the labels of a row; what -1 and blanks mean is asked for where they occur.

    Args:
        labels: Names of the columns.
        uncertain, blank: As for `LabelPolicy`, or None where the table needs none.
    """

    labels: tuple
    uncertain: str | None = None
    blank: str | None = None

    def stated_and_values(self, source, row):
        """Return what a row states of the labels, and their values; None and None where nothing.

        Args:
            source: Where the row stands, for messages.
            row: Dict of text by column.

        Raises:
            RowError: If a cell is none of 1, 0, -1 and empty.
            DataError: As `decided`.
        """
        stated = stated_labels(source, row, self.labels)
        values = self.decided(source, stated)
        return (None, None) if values is None else (stated, values)

    def decided(self, source, stated):
        """Return label values by name, or None where all labels are blank.

        Args:
            source: Where they stand, for messages.
            stated: Dict of 1, 0, -1 (uncertain) or None (blank) by name.

        Raises:
            DataError: If a label is -1 or blank, and the meaning of that was not given.
        """
        if all(value is BLANK for value in stated.values()):
            return None
        for name, value in stated.items():
            if value == UNCERTAIN and not self.uncertain:
                raise DataError(_asking(source, name, "uncertain (-1)", "--uncertain"))
            if value is BLANK and not self.blank:
                raise DataError(_asking(source, name, "blank beside others", "--blank"))
        return LabelPolicy(self.uncertain or "ignore", self.blank or "ignore").values(stated)

    def notes(self):
        """Return notes for the card: the policy, as far as it was given."""
        return list(filter(None, [policy_note(self.uncertain, self.blank)]))


def _asking(source, label, what, option):
    choices = ", ".join(POLICY[option]["choices"])
    return (
        f"{source}: label {label!r} is {what}. Remedy: say by {option} ({choices}) what that means."
    )
