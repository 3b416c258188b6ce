"""CIDEr and CIDEr-D: n-grams in common, weighted by how telling they are."""

import warnings

import numpy as np

from emixer_tf.metrics.ngram_counts import counted_corpus, differs_from_last

FEWEST_ITEMS = 10
_SCALE = 10
_LENGTH_DEVIATION = 6


def cider_d(references, hypotheses):
    """Return CIDEr-D, which every captioning toolkit prints as "CIDEr".

    An n-gram weighs its count in the text times the logarithm of items per item that has it in a
    reference. A reference and a hypothesis are as similar as the cosine of their weights, taken
    apart for 1-grams to 4-grams and averaged, with two changes against `cider`: a hypothesis'
    n-gram counts at most as often as it stands in the reference, and a difference of l in the
    numbers of bigrams costs a factor exp(-l² / 72). An item's score is ten times the mean over its
    references, the corpus' score the mean over items.

    The weights come from the references being scored. So the score belongs to a corpus: of a
    single item it is 0, as every n-gram then stands in every item, and scores of batches cannot
    be averaged. A warning tells where there are fewer than `FEWEST_ITEMS` (10) items.

    Args:
        references: Dict of id to list of str (or one str), or a list of these. Texts are words
            separated by spaces.
        hypotheses: Dict of id to str, or a list of str.

    Returns:
        Dict of "score", a float from 0 to 10, and "items", a dict of id to float.

    Raises:
        ValueError: As of `paired_texts`.

    Example:

    >>> references = [f"finding {i} in the left lung" for i in range(10)]
    >>> hypotheses = ["finding 0 in the left lung"] * 10
    >>> scores = cider_d(references, hypotheses)
    >>> round(scores["score"], 2), round(scores["items"][0], 2), round(scores["items"][1], 2)
    (1.0, 10.0, 0.0)

    Reference:
        Vedantam et al., "CIDEr: consensus-based image description evaluation", 2015.
    """
    corpus = counted_corpus(references, hypotheses)
    warn_of_few_items(corpus)
    return cider_d_of(corpus)


def cider(references, hypotheses):
    """Return plain CIDEr, without the clipping and length penalty of `cider_d`.

    A hypothesis that repeats telling words scores higher here than it should. Texts are not
    stemmed, though the paper's are.

    Args:
        references, hypotheses: As of `cider_d`.

    Returns:
        As of `cider_d`.

    Raises:
        ValueError: As of `paired_texts`.

    Example:

    >>> references = [f"finding {i}" for i in range(10)]
    >>> round(cider(references, ["1 1 1"] * 10)["items"][1], 2)
    2.5

    Reference:
        Vedantam et al., "CIDEr: consensus-based image description evaluation", 2015.
    """
    corpus = counted_corpus(references, hypotheses)
    warn_of_few_items(corpus)
    return cider_of(corpus)


def warn_of_few_items(corpus):
    """Warn of a `CountedCorpus` too small for its n-grams to be told apart by rarity."""
    items = len(corpus.ids)
    if items < FEWEST_ITEMS:
        warnings.warn(
            f"CIDEr weighs n-grams by how few of the items have them, and here are {items}: the "
            "score is 0 for a single item and means little for few. Remedy: score at least "
            f"{FEWEST_ITEMS} items together.",
            stacklevel=3,
        )


def cider_d_of(corpus):
    """Return what `cider_d` returns, of a `CountedCorpus`."""
    gaps = _bigrams(corpus.hypothesis_lengths)[corpus.item] - _bigrams(corpus.reference_lengths)
    penalty = np.exp(-(gaps**2) / (2 * _LENGTH_DEVIATION**2))
    return _scores(corpus, penalty * _similarity(corpus, np.minimum))


def cider_of(corpus):
    """Return what `cider` returns, of a `CountedCorpus`."""
    return _scores(corpus, _similarity(corpus, lambda hypothesis, reference: hypothesis))


def _bigrams(lengths):
    return np.maximum(lengths - 1, 0)


def _similarity(corpus, credited):
    """Return `[references]`, the similarity to the item's hypothesis, averaged over the orders.

    Args:
        credited: Function of an n-gram's counts in hypothesis and reference, `[rows]` each: how
            many of the hypothesis' count.
    """
    return np.mean([_cosine(corpus, counts, credited) for counts in corpus.orders], axis=0)


def _cosine(corpus, counts, credited):
    rarity = _rarity(counts, len(corpus.ids))
    in_reference = counts.references.count
    in_hypothesis = np.zeros_like(in_reference)
    found = counts.row >= 0
    in_hypothesis[found] = counts.hypotheses.count[counts.row[found]]
    products = (
        credited(in_hypothesis, in_reference) * in_reference * rarity[counts.references.ngram] ** 2
    )
    dots = np.bincount(counts.references.text, products, minlength=len(corpus.item))
    norms = (
        _norms(counts.references, rarity, len(corpus.item))
        * _norms(counts.hypotheses, rarity, len(corpus.ids))[corpus.item]
    )
    return np.divide(dots, norms, out=np.zeros(len(corpus.item)), where=norms > 0)


def _rarity(counts, items):
    """Return `[kinds]`: log of items per item that has the n-gram in a reference."""
    ngram = counts.references.ngram
    once_an_item = differs_from_last(ngram) | differs_from_last(counts.item)  # rows are sorted
    frequency = np.bincount(ngram[once_an_item], minlength=counts.references.kinds)
    logs = np.log(np.arange(1, items + 1))
    return logs[-1] - logs[np.maximum(frequency, 1) - 1]


def _norms(counts, rarity, texts):
    squares = (counts.count * rarity[counts.ngram]) ** 2
    return np.sqrt(np.bincount(counts.text, squares, minlength=texts))


def _scores(corpus, similarity):
    items = _SCALE * np.bincount(corpus.item, similarity) / np.bincount(corpus.item)
    return {
        "score": float(items.mean()),
        "items": dict(zip(corpus.ids, items.tolist(), strict=True)),
    }
