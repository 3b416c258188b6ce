"""What a source finds before a film is read."""

from dataclasses import dataclass, field

from emixer_tf.data.flow import Flow


@dataclass
class Listing:
    """The studies of a source.

    Args:
        name: Of the source, for the card.
        labels: Names of the labels, in the order of the label vectors.
        studies: List of `ListedStudy`.
        flow: `Flow` of the filters so far.
        notes: Remarks for the card: policies, choices, what the reader should know.
        minimum_count: Occurrences of a word that suit the source.
        limits: `(sentences, words)` that suit the source, or None for the 99th percentiles.
        drawn_by_program: Whether the films are no patients', so that looking alike is no sign of a
            copy.
    """

    name: str
    labels: tuple
    studies: list
    flow: Flow
    notes: list = field(default_factory=list)
    minimum_count: int = 6
    limits: tuple | None = None
    drawn_by_program: bool = False
