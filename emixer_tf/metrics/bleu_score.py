"""BLEU: the share of a hypothesis' n-grams that its references hold."""

import numpy as np

from emixer_tf.metrics.ngram_counts import ORDERS, counted_corpus

_NAMES = tuple(f"bleu_{order}" for order in range(1, ORDERS + 1))
_TINY, _SMALL = 1e-15, 1e-9  # of the COCO caption scorers: a count of 0 is no score of 0


def bleu(references, hypotheses):
    """Return BLEU-1 to BLEU-4 of a corpus, as the COCO caption scorers define them.

    BLEU-n is the geometric mean of the precisions of 1-grams to n-grams, each counted at most as
    often as the reference that holds it most often, times a penalty where the hypotheses are
    shorter than their references. Counts and lengths are summed over the corpus first. An item's
    reference length is the one closest to its hypothesis' length; of two as close, the shorter.
    Precisions and the ratio of lengths are `(a + 1e-15) / (b + 1e-9)`, so that a corpus without
    common 4-grams has a tiny BLEU-4, and a perfect report of three words one far below 1.

    Full stops that stay as words match each other and raise the score: name the tokenizer beside
    every number.

    Args:
        references: Dict of id to list of str (or one str), or a list of these. Texts are words
            separated by spaces. Give whole references: cutting them raises the score.
        hypotheses: Dict of id to str, or a list of str.

    Returns:
        Dict of "bleu_1", "bleu_2", "bleu_3" and "bleu_4" to float.

    Raises:
        ValueError: As of `paired_texts`.

    Example:

    >>> scores = bleu({"a": ["no acute edema is seen"]}, {"a": "no acute effusion is seen"})
    >>> {name: round(score, 3) for name, score in scores.items()}
    {'bleu_1': 0.8, 'bleu_2': 0.632, 'bleu_3': 0.0, 'bleu_4': 0.0}

    Reference:
        Papineni et al., "BLEU: a method for automatic evaluation of machine translation", 2002.
        Chen et al., "Microsoft COCO captions: data collection and evaluation server", 2015.
    """
    return bleu_of(counted_corpus(references, hypotheses))


def bleu_items(references, hypotheses):
    """Return BLEU-1 to BLEU-4 of each item by itself; their mean is not BLEU of the corpus.

    Args:
        references, hypotheses: As of `bleu`.

    Returns:
        Dict of id to a dict as `bleu` returns it.

    Raises:
        ValueError: As of `paired_texts`.

    Example:

    >>> scores = bleu_items(["no edema", "heart is large"], ["no edema", "lungs are clear"])
    >>> [round(item["bleu_2"], 3) for item in scores.values()]
    [1.0, 0.0]

    Reference:
        Papineni et al., "BLEU: a method for automatic evaluation of machine translation", 2002.
        Chen et al., "Microsoft COCO captions: data collection and evaluation server", 2015.
    """
    corpus = counted_corpus(references, hypotheses)
    scores = bleu_scores(*_statistics(corpus)).tolist()
    return {
        item: dict(zip(_NAMES, row, strict=True))
        for item, row in zip(corpus.ids, scores, strict=True)
    }


def bleu_of(corpus):
    """Return what `bleu` returns, of a `CountedCorpus`."""
    scores = bleu_scores(*(part.sum(axis=0) for part in _statistics(corpus))).tolist()
    return dict(zip(_NAMES, scores, strict=True))


def bleu_scores(matches, possible, hypothesis_length, reference_length):
    """Return BLEU-1 to BLEU-4 from sums.

    Args:
        matches: `[..., 4]`, n-grams that hypotheses and references share, by order.
        possible: `[..., 4]`, n-grams of the hypotheses.
        hypothesis_length, reference_length: `[...]`, in words.

    Returns:
        float64 `[..., 4]`.
    """
    precisions = (matches + _TINY) / (possible + _SMALL)
    means = np.exp(np.cumsum(np.log(precisions), axis=-1) / np.arange(1, ORDERS + 1))
    ratio = (np.asarray(hypothesis_length) + _TINY) / (np.asarray(reference_length) + _SMALL)
    brevity_penalty = np.exp(np.minimum(0, 1 - 1 / ratio))
    return means * brevity_penalty[..., np.newaxis]


def possible_ngrams(lengths):
    """Return int `[texts, 4]`: how many 1-grams to 4-grams texts of so many words have."""
    return np.maximum(np.asarray(lengths)[..., np.newaxis] - np.arange(ORDERS), 0)


def _statistics(corpus):
    """Return matches, possible n-grams, hypothesis and reference length of each item."""
    items = len(corpus.ids)
    matches = np.stack([_clipped_matches(counts, items) for counts in corpus.orders], axis=-1)
    lengths = corpus.hypothesis_lengths
    return matches, possible_ngrams(lengths), lengths, _closest_reference_lengths(corpus)


def _clipped_matches(counts, items):
    found = counts.row >= 0
    most = np.zeros_like(counts.hypotheses.count)
    np.maximum.at(most, counts.row[found], counts.references.count[found])
    clipped = np.minimum(counts.hypotheses.count, most)
    return np.bincount(counts.hypotheses.text, clipped, minlength=items)


def _closest_reference_lengths(corpus):
    lengths = corpus.reference_lengths
    gaps = np.abs(lengths - corpus.hypothesis_lengths[corpus.item])
    by_gap_then_length = np.lexsort((lengths, gaps, corpus.item))
    first_of_item = np.searchsorted(corpus.item, np.arange(len(corpus.ids)))
    return lengths[by_gap_then_length[first_of_item]]
