"""Whether studies show and say what was asked of them, and whether film and report agree."""

import numpy as np

from emixer_tf.metrics.agreement import film_report_agreement, said_as_asked, shown_as_asked
from emixer_tf.metrics.label_arrays import in_order_of
from emixer_tf.metrics.retrieval_score import centred, retrieval

GENERATED = "generated"
_CANDIDATES = 100


def study_agreement(studies, judge, reader, seed=0):
    """Return how well labels asked for, film and report go together.

    Labels are joined by name: of what was asked only those count that the classifier, or the
    reader, knows. Of real studies, "asked" are their own labels. A generated report that cannot be
    read says nothing; leaving it out would flatter the generator.

    Args:
        studies: Dict from `GENERATED`, and from names of real ones, to `Studies`.
        judge: `Judge`, or None if there is no classifier.
        reader: `ReportReader`.
        seed: Of shuffled pairs and of candidates for retrieval.

    Returns:
        `(found, notes)`: dict from name to a dict of "shown" (as `shown_as_asked`), "said" (as
        `said_as_asked`), "pairs" (as `film_report_agreement`) and "retrieval" (as `retrieval`),
        each None where it cannot be measured; and a list of sentences on that.
    """
    notes = _notes_on_labels(studies, judge, reader)
    shown = judge and {name: _seen(judge, some) for name, some in studies.items()}
    said = {name: reader.said(some.reports, reader.labels) for name, some in studies.items()}
    found = {
        name: {
            "shown": shown and _shown(some, shown[name], judge),
            "said": _said(some, said[name], reader, name == GENERATED),
            "pairs": None,
            "retrieval": None,
        }
        for name, some in studies.items()
    }
    if judge is None:
        notes.append(
            "What films show is not measured: the extractor is no classifier with labels. Name one "
            "by --classifier."
        )
        return found, notes
    common = tuple(name for name in judge.labels if name in reader.labels)
    if not common:
        notes.append(
            f"Film and report cannot be compared: the classifier knows {', '.join(judge.labels)}, "
            f"and the reader of reports knows none of them."
        )
        return found, notes
    _add_pairs(found, studies, shown, said, judge, reader, common, seed)
    return found, notes


def _notes_on_labels(studies, judge, reader):
    """Return a sentence for all that was asked, but cannot be read off films or reports."""
    reported = {name: some for name, some in studies.items() if len(some.reported)}
    remedy = "a --classifier of these labels"
    shown = _notes_on_unknown_labels(studies, "films show", judge, remedy) if judge else []
    return shown + _notes_on_unknown_labels(reported, "reports say", reader, "another --grammar")


def _notes_on_unknown_labels(studies, what, instrument, remedy):
    unknown = {}
    for name, some in studies.items():
        if not set(some.label_names) & set(instrument.labels):
            unknown.setdefault(tuple(some.label_names), []).append(name)
    return [
        f"What {' and '.join(names)} {what} is not measured: they have the labels "
        f"{', '.join(labels)}, and {instrument.name} knows {', '.join(instrument.labels)}. "
        f"Remedy: {remedy}, or studies of known labels."
        for labels, names in unknown.items()
    ]


def _seen(judge, studies):
    return judge.probabilities(studies.films)


def _shown(studies, probabilities, judge):
    names = [name for name in studies.label_names if name in judge.labels]
    if not names:
        return None
    asked, known = (
        in_order_of(values, studies.label_names, names)
        for values in (studies.labels, studies.known)
    )
    return shown_as_asked(in_order_of(probabilities, judge.labels, names), asked, names, known)


def _said(studies, said, reader, all_have_to_say):
    names = [name for name in studies.label_names if name in reader.labels]
    if not names or not len(studies.reported):
        return None
    asked, known = (
        in_order_of(values, studies.label_names, names)
        for values in (studies.labels, studies.known)
    )
    said = in_order_of(said, reader.labels, names)
    unread = np.isnan(said).all(axis=1)
    has_to_say = np.full(len(studies), all_have_to_say)
    has_to_say[studies.reported] = True
    return {
        **said_as_asked(np.nan_to_num(said), asked, names, known & has_to_say[:, None]),
        "unread_reports": float(unread[has_to_say].mean()),
    }


def _add_pairs(found, studies, shown, said, judge, reader, common, seed):
    """Compare the films of each set with its reports, where enough of these could be read."""
    films, reports = {}, {}
    for name in studies:
        read = ~np.isnan(said[name]).any(axis=1)
        films[name] = in_order_of(shown[name], judge.labels, common)[read]
        reports[name] = in_order_of(said[name], reader.labels, common)[read]
    measured = [name for name in studies if len(reports[name]) >= 2]
    candidates = min([_CANDIDATES, *(len(reports[name]) for name in measured)])
    for name in measured:
        found[name]["pairs"] = film_report_agreement(films[name], reports[name], common, seed)
        found[name]["retrieval"] = retrieval(
            centred(films[name]), centred(reports[name]), candidates, seed
        )
