"""What a user sees while cells are computed."""

import time

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text


class Progress:
    """Shows what is running, what is done, and about how long the rest will take.

    On a terminal a table that is redrawn; elsewhere a line for every finished cell. The time left
    is estimated from the cells of the same kind that are done; where none is, it is more than that
    of the others.

    Args:
        cells: List of `Cell`s to compute.
        workers: Processes.
        known_seconds: Seconds of cells done earlier, lists by kind.
    """

    def __init__(self, cells, workers, known_seconds=()):
        self._waiting = {cell.key: cell for cell in cells}
        self._workers = workers
        self._total = len(cells)
        self._running = {}
        self._seconds = {kind: list(times) for kind, times in dict(known_seconds).items()}
        self._console = Console()
        self._live = None

    def __enter__(self):
        if self._total and self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        return self

    def __exit__(self, *error):
        if self._live is not None:
            self._live.stop()

    def begin(self, cell):
        """A cell is being computed."""
        self._waiting.pop(cell.key, None)
        self._running[cell.key] = (cell, time.monotonic())
        self.tick()

    def end(self, cell, seconds):
        """A cell is done."""
        del self._running[cell.key]
        self._seconds.setdefault(_kind(cell), []).append(seconds)
        if self._live is None:
            self._say(
                f"{self._done}/{self._total} {cell.title}: {clock(seconds)}; left {self._left()}"
            )
        self.tick()

    def fail(self, cell):
        """A cell failed; what is running beside it is waited for, and its error is told then."""
        del self._running[cell.key]
        beside = ", ".join(other.title for other, _ in self._running.values())
        if beside:
            self._say(f"Failed: {cell.title}. Waiting for {beside}, so that it is kept.")

    def tick(self):
        """Redraw."""
        if self._live is None:
            return
        table = Table(title=f"{self._done} of {self._total} cells, left {self._left()}")
        table.add_column("computing")
        table.add_column("for", justify="right")
        for cell, begin in self._running.values():
            table.add_row(Text(cell.title), clock(time.monotonic() - begin))
        self._live.update(table, refresh=True)

    def _say(self, sentence):
        self._console.print(sentence, highlight=False, markup=False, soft_wrap=True)

    @property
    def _done(self):
        return self._total - len(self._waiting) - len(self._running)

    def _left(self):
        """Return the estimated time left as text."""
        now = time.monotonic()
        unfinished = [(cell, now) for cell in self._waiting.values()] + [*self._running.values()]
        seconds = [
            max(0.0, self._mean(cell) - (now - begin))
            for cell, begin in unfinished
            if _kind(cell) in self._seconds
        ]
        at_once = max(1, min(self._workers, len(unfinished)))
        qualifier = "about" if len(seconds) == len(unfinished) else "more than"
        return f"{qualifier} {clock(sum(seconds) / at_once)}"

    def _mean(self, cell):
        known = self._seconds[_kind(cell)]
        return sum(known) / len(known)


def _kind(cell):
    return type(cell).__name__


def clock(seconds):
    """Return seconds as text.

    Example:

    >>> clock(75), clock(3700)
    ('1:15', '1:01:40')
    """
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
