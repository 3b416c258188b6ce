"""Reports that need no generator: what each generator must beat.

In a set where most films are normal and radiologists repeat themselves, a fixed report scores as
high as many a published model. So each report score stands beside these.
"""

from collections import Counter

import numpy as np

from emixer_tf.metrics.bleu_score import bleu_scores, possible_ngrams
from emixer_tf.metrics.ngram_counts import count_ngrams, text_lengths

JUDGES = 2_000
_BLOCK = 1_024


def most_common_report(training_reports):
    """Return the report that occurs most often; of several, the one that comes first.

    Args:
        training_reports: List of str.

    Returns:
        str.

    Raises:
        ValueError: If there are no reports, or one is no text with words.

    Example:

    >>> most_common_report(["no edema", "clear", "clear"])
    'clear'
    """
    training_reports = _checked_reports(training_reports)
    return Counter(training_reports).most_common(1)[0][0]


def constant_report(training_reports, seed):
    """Return the training report that scores best when it is given for every training film.

    The choice sees the training set alone: `JUDGES` (2,000) reports are drawn from it, or all if
    it has no more, and each of them is scored against all of them. The score is BLEU-4 of the
    corpus, which a report that is short or in another order does not reach.

    Args:
        training_reports: List of str, words separated by spaces.
        seed: Of the draw.

    Returns:
        str.

    Raises:
        ValueError: If there are no reports, or one is no text with words.

    Example:

    >>> constant_report(["no edema", "the heart is not large"] + ["the heart is large"] * 2, seed=0)
    'the heart is large'
    """
    training_reports = _checked_reports(training_reports)
    drawn = np.random.default_rng(seed).permutation(len(training_reports))[:JUDGES]
    judges = [training_reports[place] for place in drawn]
    candidates = list(dict.fromkeys(judges))
    return candidates[int(np.argmax(_corpus_bleu_4(candidates, judges)))]


def _corpus_bleu_4(candidates, references):
    """Return `[candidates]`, each one's score when it is the hypothesis for all references."""
    texts = [text.split() for text in candidates + references]
    matches = [_clipped_matches(counts, len(candidates)) for counts in count_ngrams(texts)]
    lengths = text_lengths(texts)
    own, others = np.split(lengths, [len(candidates)])
    total = len(references)
    scores = bleu_scores(
        np.stack(matches, axis=-1), total * possible_ngrams(own), total * own, others.sum()
    )
    return scores[:, -1]


def _clipped_matches(counts, candidates):
    """Return `[candidates]`, the n-grams of one order shared with the texts that follow them."""
    hypotheses = counts.part(0, candidates)
    references = counts.part(candidates, np.inf)
    matches = np.zeros(candidates)
    in_candidate = np.zeros(counts.kinds, np.int64)
    for place in range(candidates):
        own = hypotheses.part(place, place + 1)
        in_candidate[own.ngram] = own.count
        matches[place] = np.minimum(in_candidate[references.ngram], references.count).sum()
        in_candidate[own.ngram] = 0
    return matches


def random_reports(training_reports, n, seed):
    """Return training reports drawn at random, with replacement.

    Args:
        training_reports: List of str.
        n: How many.
        seed: Of the draw.

    Returns:
        List of str.

    Raises:
        ValueError: If there are no reports, or one is no text with words.

    Example:

    >>> random_reports(["clear"], 2, seed=0)
    ['clear', 'clear']
    """
    training_reports = _checked_reports(training_reports)
    drawn = np.random.default_rng(seed).integers(len(training_reports), size=n)
    return [training_reports[place] for place in drawn]


def label_matched_reports(training_reports, training_labels, labels, seed):
    """Return for each row of labels a random training report with the same row.

    Where no training report has it, one with the nearest row is drawn: the row with the smallest
    sum of absolute differences; all reports as near take part.

    Args:
        training_reports: List of str.
        training_labels: `[training reports, label_count]`.
        labels: `[films, label_count]`.
        seed: Of the draw.

    Returns:
        List of str, one a film.

    Raises:
        ValueError: If shapes do not fit, labels are not finite, or reports are no texts.

    Example:

    >>> label_matched_reports(["clear", "edema"], [[0, 0], [1, 0]], [[1, 0], [0, 0]], seed=0)
    ['edema', 'clear']
    """
    training_reports = _checked_reports(training_reports)
    training_labels, labels = _checked_arrays(training_reports, training_labels, labels, "labels")
    random = np.random.default_rng(seed)
    known, row = np.unique(training_labels, axis=0, return_inverse=True)
    row = row.reshape(-1)  # NumPy 2.0 keeps the axis
    matched = []
    for wanted in labels:
        distance = np.abs(known - wanted).sum(axis=1)
        near = np.flatnonzero((distance == distance.min())[row])
        matched.append(training_reports[random.choice(near)])
    return matched


def nearest_reports(training_reports, training_features, features):
    """Return for each film the report of the training film with the nearest features.

    Nearest is the smallest Euclidean distance, of equal ones the first; for the cosine, give
    features of length 1. Distances are computed in blocks, in float64.

    Args:
        training_reports: List of str.
        training_features: `[training reports, width]`.
        features: `[films, width]`.

    Returns:
        List of str, one a film.

    Raises:
        ValueError: If shapes do not fit, features are not finite, or reports are no texts.

    Example:

    >>> nearest_reports(["clear", "edema"], [[0.0, 0.1], [1.0, 0.9]], [[0.8, 0.7]])
    ['edema']
    """
    training_reports = _checked_reports(training_reports)
    training_features, features = _checked_arrays(
        training_reports, training_features, features, "features"
    )
    centre = training_features.mean(axis=0)  # large offsets would cancel in the squares
    training_features, features = training_features - centre, features - centre
    squares = (training_features**2).sum(axis=1)
    nearest = []
    for begin in range(0, len(features), _BLOCK):
        block = features[begin : begin + _BLOCK]
        nearest.extend(np.argmin(squares - 2 * block @ training_features.T, axis=1))
    return [training_reports[place] for place in nearest]


def _checked_reports(reports):
    if isinstance(reports, str) or not len(reports):
        raise ValueError(
            f"Training reports are a list of at least one str. Received: {reports!r:.60}. "
            "Remedy: give the reports of the train split."
        )
    reports = list(reports)
    for place, report in enumerate(reports):
        if not isinstance(report, str) or not report.split():
            raise ValueError(
                f"Training report {place} is no text with words. Received: {report!r:.60}. "
                "Remedy: leave out studies without a report."
            )
    return reports


def _checked_arrays(training_reports, training, wanted, name):
    training, wanted = np.asarray(training, np.float64), np.asarray(wanted, np.float64)
    fits = training.ndim == wanted.ndim == 2 and training.shape[1:] == wanted.shape[1:]
    if not fits or len(training) != len(training_reports):
        raise ValueError(
            f"Training {name} are [{len(training_reports)}, width], a row for each training "
            f"report, and {name} [films, width]. Received shapes {training.shape} and "
            f"{wanted.shape}. Remedy: give each report its row, and both the same columns."
        )
    if not (np.isfinite(training).all() and np.isfinite(wanted).all()):
        raise ValueError(
            f"Some {name} are not finite, so that nothing is near them. Remedy: leave out the rows "
            "with NaN or infinity, or decide what they mean."
        )
    return training, wanted
