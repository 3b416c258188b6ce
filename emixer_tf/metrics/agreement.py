"""Whether a generated film shows what was asked, the report says it, and both agree."""

import numpy as np

from emixer_tf.metrics.classification import decision_scores, macro_scores, rows_by_name
from emixer_tf.metrics.label_arrays import (
    by_name,
    check_same_order,
    checked_pair,
    in_order_of,
    number_array,
)
from emixer_tf.metrics.ranking import auroc

_NO_AUROC = {"auroc": "all known labels are of one class"}
_NO_DECISIONS = {
    "precision": "no report that could be read says it",
    "recall": "it was asked for in no report that could be read",
    "f1": "it was neither asked for nor said",
}
_TIE = 1e-9  # similarities of equal embeddings differ by rounding
_CELLS = 2**22  # numbers in memory at once, 32 MB


def shown_as_asked(film_scores, asked, names, mask=None):
    """Return how well a classifier's scores on generated films tell what was asked of them.

    Args:
        film_scores: `[n, K]`, finite: scores of a classifier trained on real films. A table's
            columns are taken by name.
        asked: `[n, K]` of 0 and 1: the labels the films were generated from; likewise.
        names: K names, in the order of the arrays' columns.
        mask: 1 where a label counts, else 0; `[n, K]`, or `[n]` for whole rows.

    Returns:
        Dict of `"by_label"`: name to a dict of `"auroc"`, `"positives"` and `"known"`; `"macro"`:
        dict of the mean `"auroc"` over the labels where it is defined; `"notes"`: sentences on
        what is undefined, and NaN.

    Raises:
        ValueError: As `checked_pair` and `in_order_of`.

    Example:

    >>> shown_as_asked([[0.9], [0.2], [0.6]], [[1], [0], [0]], ["Edema"])["by_label"]["Edema"]
    {'auroc': 1.0, 'positives': 1, 'known': 3}
    """
    labels, scores, known = checked_pair(by_name(asked, names), by_name(film_scores, names), mask)
    return _auroc_by_label(labels, scores, known, names)


def said_as_asked(said, asked, names):
    """Return how well the labels that reports state are those that were asked for.

    Precision is the share of what reports say that was asked for, recall the share of what was
    asked for that they say. Micro scores count all labels together.

    Args:
        said: `[n, K]` of 1, 0, and NaN where nothing could be read (`labels_said`). NaN is left
            out and counted, which flatters a generator of unreadable reports: put 0 there if
            these are to count as silent. A table's columns are taken by name.
        asked: `[n, K]` of 0 and 1; likewise.
        names: K names, in the order of the arrays' columns.

    Returns:
        Dict of `"by_label"`: name to a dict of `"precision"`, `"recall"`, `"f1"` (floats),
        `"said"`, `"asked"` and `"known"` (counts among what could be read); `"macro"` and
        `"micro"`: dicts of the same floats; `"unread"`: the share of labels that could not be
        read; `"notes"`: sentences on what is undefined, and NaN.

    Raises:
        ValueError: As `checked_pair` and `in_order_of`.

    Example:

    >>> found = said_as_asked([[1], [1], [0], [np.nan]], [[1], [0], [0], [1]], ["Edema"])
    >>> found["by_label"]["Edema"]["precision"], found["macro"]["recall"], found["unread"]
    (0.5, 1.0, 0.25)
    """
    asked, said = by_name(asked, names), by_name(said, names)
    known = ~np.isnan(number_array(said, "Labels said"))
    asked, values, known = checked_pair(asked, said, known)
    said, _, _ = checked_pair(values, values, known)  # it too is 0 or 1
    counts = {
        "said": said.sum(axis=0),
        "asked": asked.sum(axis=0),
        "known": known.sum(axis=0),
    }
    by_label = rows_by_name({**_precision_recall(said, asked, known), **counts}, names)
    macro, notes = macro_scores(by_label, _NO_DECISIONS, _NO_DECISIONS)
    flat = (values.reshape(-1, 1) for values in (said, asked, known))
    micro = {metric: value.item() for metric, value in _precision_recall(*flat).items()}
    unread = float(1 - known.mean())
    if unread:
        notes.append(
            f"{(~known).sum()} of {known.size} labels could not be read, and are left out."
        )
    return {"by_label": by_label, "macro": macro, "micro": micro, "unread": unread, "notes": notes}


def film_report_agreement(film_scores, said, names, seed=0):
    """Return how well a classifier's scores on films tell what their own reports say.

    Beside it stands the same for films with another film's report, which no generator should
    score well on. If both are alike, film and report have nothing to do with each other.

    Args:
        film_scores: `[n, K]`, finite; a table's columns are taken by name.
        said: `[n, K]` of 1, 0, and NaN where nothing could be read; likewise.
        names: K names, in the order of the arrays' columns.
        seed: Of the shuffled pairs.

    Returns:
        Dict of `"own"` and `"shuffled"`, each a dict as `shown_as_asked` returns it.

    Raises:
        ValueError: As `checked_pair` and `in_order_of`, or for fewer than two studies.

    Example:

    >>> found = film_report_agreement([[0.9], [0.2], [0.6]], [[1], [0], [1]], ["Edema"])
    >>> found["own"]["macro"]["auroc"]
    1.0
    """
    said, film_scores = by_name(said, names), by_name(film_scores, names)
    check_same_order(said, film_scores)
    said = number_array(said, "Labels said")
    known = ~np.isnan(said)
    labels, scores, _ = checked_pair(np.where(known, said, 0.0), film_scores)
    other = another_of_each(len(labels), seed)
    return {
        "own": _auroc_by_label(labels, scores, known, names),
        "shuffled": _auroc_by_label(labels[other], scores, known[other], names),
    }


def retrieval(film_embeddings, report_embeddings, candidates=100, seed=0):
    """Return how often a film finds its own report among others by cosine similarity.

    Films and reports must be embedded in one space by what had no part in the generator's
    training: not by its joint discriminator, which it has learnt to please. A classifier's
    probabilities and the labels said will do, both `centred`, so that findings that are common
    to all tell nothing.

    Equally similar reports are in random order: where t others tie with the own report, its
    expected rank, and its chance to be among the first k, are given. An embedding of length 0 is
    as similar to all, so equal reports throughout score as chance.

    Args:
        film_embeddings: `[n, d]`, finite.
        report_embeddings: `[n, d]`, finite: of the same studies in the same order.
        candidates: Reports to rank for a film: its own, and others drawn at random without
            replacement; at most n.
        seed: Of the draws and of the shuffled pairs.

    Returns:
        Dict of `"own"` and `"shuffled"` (each film looks for another film's report: chance), each
        a dict of `"recall_at_1"`, `"recall_at_5"` and `"mean_rank"` (1 is best); and
        `"candidates"`, their number.

    Raises:
        ValueError: For embeddings of different shapes, that are not finite, of fewer than two
            studies, or for candidates below 2 or above n.

    Example:

    >>> films = centred([[0.9, 0.1], [0.2, 0.9], [0.1, 0.2]])
    >>> retrieval(films, centred([[1, 0], [0, 1], [0, 0]]), candidates=3)["own"]["mean_rank"]
    1.0
    """
    films = number_array(film_embeddings, "Film embeddings")
    reports = number_array(report_embeddings, "Report embeddings")
    _check_embeddings(films, reports)
    if candidates != int(candidates) or not 2 <= candidates <= len(films):
        raise ValueError(
            f"Candidates are from 2 to the number of studies, {len(films)}. Received: "
            f"{candidates}. Remedy: generate more studies, or rank fewer candidates and say so."
        )
    films, reports = _of_length_one(films), _of_length_one(reports)
    shuffled = reports[another_of_each(len(reports), seed)]
    return {
        "own": _retrieved(films, reports, int(candidates), seed),
        "shuffled": _retrieved(films, shuffled, int(candidates), seed),
        "candidates": int(candidates),
    }


def centred(values):
    """Return columns less their mean; a constant column becomes 0 exactly.

    Args:
        values: `[n, d]`.

    Returns:
        float64 `[n, d]`.

    Example:

    >>> centred([[0.1, 1], [0.1, 3]])
    array([[ 0., -1.],
           [ 0.,  1.]])
    """
    values = number_array(values, "Values")
    constant = (values == values[:1]).all(axis=0)
    return np.where(constant, 0.0, values - values.mean(axis=0))


def another_of_each(n, seed):
    """Return a permutation that leaves nothing in its place, drawn at random.

    Args:
        n: Number of things, 2 at least.
        seed: Int.

    Returns:
        int64 `[n]`.

    Raises:
        ValueError: For fewer than two things.

    Example:

    >>> another_of_each(2, seed=0)
    array([1, 0])
    """
    if n < 2:
        raise ValueError(
            f"There is no other pair to compare with. Received: {n} study. Remedy: give two "
            "studies at least, better hundreds."
        )
    order = np.random.default_rng(seed).permutation(n)
    other = np.empty(n, np.int64)
    other[order] = np.roll(order, 1)
    return other


def labels_said(reports, names, read):
    """Read labels from reports.

    Args:
        reports: n texts.
        names: K names of labels to read.
        read: Function from a text to a dict of 1, 0 or NaN by name, or None if it cannot be read:
            `by_rules` or `by_phantom_grammar`.

    Returns:
        float64 `[n, K]`; a row of NaN for a report that cannot be read.

    Raises:
        ValueError: For one text in place of a list, a report that is no text, or a name that the
            reader does not know.

    Example:

    >>> labels_said(["Mild edema.", "Clear lungs.", ""], ["Fracture", "Edema"], by_rules)
    array([[ 0.,  1.],
           [ 0.,  0.],
           [nan, nan]])
    """
    if isinstance(reports, str):
        raise ValueError(
            f"Reports are a list of texts. Received: one text of {len(reports)} characters. "
            "Remedy: put it into a list."
        )
    said = np.full((len(reports), len(names)), np.nan)
    for row, report in enumerate(reports):
        if not isinstance(report, str):
            raise ValueError(
                f"A report is text. Received: {report!r} in row {row}. Remedy: leave out studies "
                "without a report, or give ''."
            )
        labels = read(report)
        if labels is not None:
            said[row] = in_order_of([list(labels.values())], labels, names)[0]
    return said


def by_rules(report):
    """Read the 14 CheXpert labels by rules.

    What is uncertain or not mentioned counts as negative, as it did for the coders of Open-i, by
    whose labels the rules were judged.

    Args:
        report: Text.

    Returns:
        Dict of 1.0 or 0.0 by name; None for a report without words.

    Example:

    >>> labels = by_rules("Cardiomegaly. Possible pneumonia. No effusion.")
    >>> [name for name, value in labels.items() if value]
    ['Cardiomegaly']
    """
    from emixer_tf.data.report_labeller import label_report

    labels = label_report(report)
    if all(value is None for value in labels.values()):
        return None
    return {name: float(value == 1.0) for name, value in labels.items()}


def by_phantom_grammar(report):
    """Read the labels of a phantom's report, by the grammar that writes such reports.

    Args:
        report: Text.

    Returns:
        Dict of 1.0 or 0.0 by name; None for a report that the grammar could not have written.

    Example:

    >>> by_phantom_grammar("Minimal left apical pneumothorax is seen.")["Pneumothorax"]
    1.0
    """
    from emixer_tf.data.sources.phantom import UnreadableReport, read_labels

    try:
        return read_labels(report).labels
    except UnreadableReport:
        return None


def _auroc_by_label(labels, scores, known, names):
    columns = {
        "auroc": auroc(labels, scores, known),
        "positives": (labels & known).sum(axis=0),
        "known": known.sum(axis=0),
    }
    by_label = rows_by_name(columns, names)
    macro, notes = macro_scores(by_label, ["auroc"], _NO_AUROC)
    return {"by_label": by_label, "macro": macro, "notes": notes}


def _precision_recall(said, asked, known):
    decisions = decision_scores(asked, said, known)
    return {
        "precision": decisions["ppv"],
        "recall": decisions["sensitivity"],
        "f1": decisions["f1"],
    }


def _check_embeddings(films, reports):
    if films.shape != reports.shape or films.ndim != 2 or not films.size:
        raise ValueError(
            "Films and reports are embedded in one space, [n, d] each. Received: films "
            f"{films.shape}, reports {reports.shape}. Remedy: embed the same studies, by labels of "
            "the same names."
        )
    for what, values in (("film", films), ("report", reports)):
        wrong = ~np.isfinite(values).all(axis=1)
        if wrong.any():
            raise ValueError(
                f"An embedding is of finite numbers. Received: {wrong.sum()} {what} embeddings "
                f"with NaN or infinity, the first in row {wrong.argmax()}. Remedy: leave out "
                "studies that could not be read, and say how many."
            )


def _of_length_one(values):
    largest = abs(values).max(axis=1, keepdims=True)
    values = values / np.where(largest > 0, largest, 1.0)  # squares of huge numbers overflow
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return values / np.where(length > 0, length, 1.0)


def _retrieved(films, reports, candidates, seed):
    better, tied = _competitors(films, reports, candidates, seed)
    return {
        "recall_at_1": float(_chance_among_first(1, better, tied).mean()),
        "recall_at_5": float(_chance_among_first(5, better, tied).mean()),
        "mean_rank": float((1 + better + tied / 2).mean()),
    }


def _chance_among_first(k, better, tied):
    return np.clip((k - better) / (tied + 1), 0.0, 1.0)


def _competitors(films, reports, candidates, seed):
    """Count for each film the other candidates that are more similar than its own report, and as
    similar.

    Args:
        films, reports: float64 `[n, d]`, of length 1 or 0.
        candidates: Int: the own report and others.
        seed: Int.

    Returns:
        Two int64 `[n]`.
    """
    rng = np.random.default_rng(seed)
    n, dimensions = films.shape
    own = np.einsum("nd,nd->n", films, reports)
    rows = max(1, _CELLS // (candidates * dimensions))
    counts = []
    for start in range(0, n, rows):
        block = np.arange(start, min(start + rows, n))
        others = _others(block, n, candidates - 1, rng)
        similar = np.einsum("nd,ncd->nc", films[block], reports[others])
        lead = similar - own[block, None]
        counts.append([(lead > _TIE).sum(axis=1), (abs(lead) <= _TIE).sum(axis=1)])
    return np.concatenate(counts, axis=1)


def _others(block, n, count, rng):
    """Draw `count` of n things for each in a block, without replacement and without itself."""
    drawn = np.stack([rng.choice(n - 1, count, replace=False, shuffle=False) for _ in block])
    return drawn + (drawn >= block[:, None])
