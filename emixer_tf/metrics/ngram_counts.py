"""How often each sequence of one to four words occurs in texts."""

from itertools import chain
from typing import NamedTuple

import numpy as np

from emixer_tf.metrics.text_pairs import paired_texts

ORDERS = 4


class NgramCounts(NamedTuple):
    """The n-grams of one order, a row for each n-gram of each text, by n-gram, then by text.

    Attributes:
        text: int `[rows]`, place of the text.
        ngram: int `[rows]`, number of the n-gram.
        count: int `[rows]`, how often the text holds it, at least once.
        kinds: int above all numbers of n-grams, in all texts that were counted together.
    """

    text: np.ndarray
    ngram: np.ndarray
    count: np.ndarray
    kinds: int

    def part(self, begin, end):
        """Return the rows of the texts from `begin` up to `end`, which count from 0 again."""
        rows = (self.text >= begin) & (self.text < end)
        return NgramCounts(self.text[rows] - begin, self.ngram[rows], self.count[rows], self.kinds)


class MatchedCounts(NamedTuple):
    """The n-grams of one order in hypotheses and in references.

    Attributes:
        hypotheses: `NgramCounts`; the texts are items.
        references: `NgramCounts`; the texts are references, several an item perhaps.
        item: int `[rows of references]`, the item of each row.
        row: int `[rows of references]`, where the item's hypothesis holds the same n-gram: a row
            of `hypotheses`, or -1.
    """

    hypotheses: NgramCounts
    references: NgramCounts
    item: np.ndarray
    row: np.ndarray


class CountedCorpus(NamedTuple):
    """References and hypotheses, counted.

    Attributes:
        ids: `[items]`.
        item: int `[references]`, the item of each reference; rising.
        hypothesis_lengths: int `[items]`, in words.
        reference_lengths: int `[references]`, in words.
        orders: `MatchedCounts` of 1-grams to 4-grams.
    """

    ids: list
    item: np.ndarray
    hypothesis_lengths: np.ndarray
    reference_lengths: np.ndarray
    orders: list


def text_lengths(texts):
    """Return int `[texts]`: how many words each has."""
    return np.array([len(words) for words in texts], np.int64)


def count_ngrams(texts):
    """Count the n-grams of each text.

    Args:
        texts: `[texts][words]`.

    Returns:
        List of `NgramCounts`: of words, pairs, triples, and quadruples of words.

    Example:

    >>> words, pairs, *_ = count_ngrams([["no", "no", "edema"], []])
    >>> words.text.tolist(), words.ngram.tolist(), words.count.tolist()
    ([0, 0], [0, 1], [2, 1])
    """
    numbers = {word: i for i, word in enumerate(dict.fromkeys(chain.from_iterable(texts)))}
    lengths = text_lengths(texts)
    words = np.fromiter(
        map(numbers.__getitem__, chain.from_iterable(texts)), np.int64, lengths.sum()
    )
    text = np.repeat(np.arange(len(texts)), lengths)
    place = np.arange(len(words))
    words_left = np.repeat(np.cumsum(lengths), lengths) - place
    ngrams, row_counts = _numbered(words, text)
    counts = [row_counts]
    for order in range(2, ORDERS + 1):
        longer = words_left[place] >= order
        place = place[longer]
        pairs = ngrams[longer] * len(numbers) + words[place + order - 1]
        ngrams, row_counts = _numbered(pairs, text[place])
        counts.append(row_counts)
    return counts


def _numbered(codes, text):
    """Number distinct codes in their order, and count each in each text.

    One sort serves both: as it is stable and texts follow each other, equal codes stay in the
    order of their texts.
    """
    order = np.argsort(codes, kind="stable")
    codes, text = codes[order], text[order]
    new_ngram = differs_from_last(codes)
    sorted_ngrams = np.cumsum(new_ngram) - 1
    ngrams = np.empty_like(sorted_ngrams)
    ngrams[order] = sorted_ngrams
    begins = np.flatnonzero(new_ngram | differs_from_last(text))
    count = np.diff(begins, append=len(codes))
    return ngrams, NgramCounts(text[begins], sorted_ngrams[begins], count, int(new_ngram.sum()))


def differs_from_last(values):
    """Return bool `[values]`: which begin a run of equal values."""
    differs = np.ones(len(values), bool)
    np.not_equal(values[1:], values[:-1], out=differs[1:])
    return differs


def counted_corpus(references, hypotheses):
    """Pair and count references and hypotheses.

    Args:
        references, hypotheses: As of `paired_texts`.

    Returns:
        `CountedCorpus`.

    Raises:
        ValueError: As of `paired_texts`.
    """
    ids, references, hypotheses = paired_texts(references, hypotheses)
    item = np.repeat(np.arange(len(ids)), text_lengths(references))
    references = list(chain.from_iterable(references))
    counts = count_ngrams(hypotheses + references)
    items, texts = len(ids), len(ids) + len(references)
    return CountedCorpus(
        ids,
        item,
        text_lengths(hypotheses),
        text_lengths(references),
        [_matched(each.part(0, items), each.part(items, texts), item) for each in counts],
    )


def _matched(hypotheses, references, item_of_reference):
    item = item_of_reference[references.text]
    items = len(item_of_reference)  # no fewer, as each has a reference
    held = hypotheses.ngram * items + hypotheses.text
    sought = references.ngram * items + item
    row = np.searchsorted(held, sought)
    found = row < len(held)
    found[found] = held[row[found]] == sought[found]
    return MatchedCounts(hypotheses, references, item, np.where(found, row, -1))
