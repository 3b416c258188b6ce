"""Pictures of an evaluation: what was generated, what is real, and what lies nearest to what."""

from emixer_tf.document import Picture
from emixer_tf.experiments.evaluation.memory import closest
from emixer_tf.sheets import contact_sheet

_SHOWN, _PAIRS, _COLUMNS = 12, 6, 6
_LONGEST = 260
_PARTS = {
    "films": ("pixels", "Brightness, contrast and small shifts do not matter."),
    "features": ("features", "Features of the extractor named above."),
    "reports": ("reports", "Rare words in the same order count, frequent sentences do not."),
}


def study_sheet(studies, reports=None):
    """Return a contact sheet of the first studies.

    Args:
        studies: `Studies`.
        reports: Texts to stand below the films; None for the studies' own.
    """
    shown = range(min(_SHOWN, len(studies)))
    if reports is None:
        reports = [shortened(studies.reports[place]) for place in shown]
    return contact_sheet(
        studies.films[: len(shown)],
        [studies.title(place) for place in shown],
        [reports[place] for place in shown],
        columns=min(_COLUMNS, len(shown)),
    )


def save_pairs(folder, generated, training, neighbours):
    """Draw the generated studies that come nearest to a training study, each beside that one.

    Args:
        folder: `pathlib.Path` to write `closest-PART.png` into.
        generated, training: `Studies`.
        neighbours: `Memorization`.

    Returns:
        List of `Picture`.
    """
    pictures = []
    for part, calls in neighbours.calls.items():
        films, titles, reports = [], [], []
        for one, other, distance, copied in closest(neighbours, part, _PAIRS):
            films += [generated.films[one], training.films[other]]
            called = ", called a copy" if copied else ""
            titles += [f"generated, {distance:.3f}{called}", "training, the nearest"]
            reports += [shortened(generated.reports[one]), shortened(training.reports[other])]
        file = f"closest-{part}.png"
        contact_sheet(films, titles, reports, columns=_COLUMNS).save(folder / file)
        name, text = _PARTS[part]
        pictures.append(
            Picture(
                file,
                f"Closest pairs by {name}",
                f"Each generated study beside the training study it is nearest to, by {name}. "
                f"{text} Nearer than {calls.threshold:.3f} is called a copy.",
            )
        )
    return pictures


def shortened(text):
    """Return a text that fits below a film."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ..."
