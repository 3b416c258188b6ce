"""The phantom: films drawn by a program, reports written by a grammar.

Nothing is needed on disk, and no patient was filmed.
"""

from dataclasses import dataclass

from emixer_tf.data.listing import Listing
from emixer_tf.data.sources.arguments import SEED
from emixer_tf.data.sources.phantom.findings import LABELS, label_values
from emixer_tf.data.sources.phantom.grammar import MOST_SENTENCES
from emixer_tf.data.sources.phantom.studies import film, findings_and_report
from emixer_tf.data.splits import split_by_patient
from emixer_tf.data.study import ListedStudy

HELP = "films drawn by a program, reports written by a grammar (no patients)"
ARGUMENTS = {
    "--n": {"type": int, "default": 5000, "help": "number of studies (%(default)s)"},
    **SEED,
}
EXAMPLE = "emixer prepare phantom --n 5000 --resolution 64 --out data/phantom"

_MOST_WORDS = 16  # as in the configurations for the phantom


@dataclass(frozen=True)
class PhantomFilm:
    """A film that is drawn when it is read, at the side that is asked for.

    Args:
        seed, index: Of the study.
    """

    seed: int
    index: int

    @property
    def name(self):
        """The same on every machine."""
        return f"phantom-{self.seed}-{self.index}"

    def state(self):
        """A drawn film is never replaced. See `Film`."""
        return ""

    def read(self, at_least):
        """Return the film. See `Film`."""
        return film(self.seed, self.index, at_least)


def listing(flow, n=5000, seed=0):
    """List phantom studies 0 to n - 1 of a seed, without drawing a film.

    Args:
        flow: `Flow`.
        n: Number of studies.
        seed: Of the studies.

    Returns:
        `Listing`.
    """
    return Listing(
        name="phantom",
        labels=LABELS,
        studies=[_listed(PhantomFilm(seed, index)) for index in range(n)],
        flow=flow,
        notes=["A phantom: films drawn by a program, reports written by a grammar. No patients."],
        minimum_count=1,
        limits=(MOST_SENTENCES, _MOST_WORDS),
        drawn_by_program=True,
    )


def _listed(phantom_film):
    findings, report, _ = findings_and_report(phantom_film.seed, phantom_film.index)
    (split,) = split_by_patient([phantom_film.name])
    return ListedStudy(
        film=phantom_film,
        report=report,
        labels=label_values(findings),
        patient=phantom_film.name,
        source=phantom_film.name,
        split=split,
    )
