"""What was kept of a data set, filter by filter, and why the rest was not."""

from collections import Counter
from operator import attrgetter
from typing import NamedTuple

from emixer_tf.data.errors import RowError


class FlowStep(NamedTuple):
    """A filter: its name, how many came in, how many it dropped, and why."""

    filter: str
    rows_in: int
    dropped: int
    reason: str


class Dropped(NamedTuple):
    """A row that was left out: where it stands, by which filter, and the reason."""

    source: str
    filter: str
    reason: str


class Flow:
    """Collects the filters that a data set went through.

    Args:
        on_error: "stop" at the first faulty row, or "skip" it and count it.

    Example:

    >>> flow = Flow()
    >>> flow.keep([1, 2, 3], "odd", "is even", lambda row: row % 2 == 1, source=str)
    [1, 3]
    >>> flow.steps
    [FlowStep(filter='odd', rows_in=3, dropped=1, reason='is even')]
    """

    def __init__(self, on_error="stop"):
        self.on_error = on_error
        self.steps = []
        self.dropped = []

    def copy(self):
        """Return a flow that goes on from here, and leaves this one as it is."""
        flow = Flow(self.on_error)
        flow.steps, flow.dropped = list(self.steps), list(self.dropped)
        return flow

    def keep(self, rows, name, reason, wanted, source=attrgetter("source")):
        """Return the rows that are wanted, and note how many are not.

        Args:
            rows: List.
            name: Of the filter.
            reason: Why the others are dropped.
            wanted: Function of a row.
            source: Function from a row to where it stands.
        """
        kept = []
        for row in rows:
            if wanted(row):
                kept.append(row)
            else:
                self.dropped.append(Dropped(source(row), name, reason))
        self.steps.append(FlowStep(name, len(rows), len(rows) - len(kept), reason))
        return kept

    def made(self, rows, make, source=attrgetter("source")):
        """Return what `make` makes of the rows, without those it finds faulty.

        Every kind of fault becomes a filter of its own.

        Args:
            rows: Iterable.
            make: Function of a row; raises `RowError` for a faulty one.
            source: Function from a row to where it stands.

        Raises:
            RowError: The first one, if errors stop.
        """
        made, faults = [], []
        for row in rows:
            try:
                made.append(make(row))
            except RowError as error:
                if self.on_error == "stop":
                    raise
                faults.append((source(row), error.kind, str(error)))
        self.note_faults(len(made) + len(faults), faults)
        return made

    def note_faults(self, rows_in, faults):
        """Note rows that are left out because something is wrong with them.

        Args:
            rows_in: Rows before.
            faults: List of `(source, kind, message)`.
        """
        for kind, count in Counter(kind for _, kind, _ in faults).items():
            self.steps.append(FlowStep(kind, rows_in, count, "faulty, see dropped.csv"))
            rows_in -= count
        self.dropped.extend(Dropped(*fault) for fault in faults)
