"""From a report's text to sentences of words."""

import re

from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

_ABBREVIATIONS = {"dr", "mr", "mrs", "ms", "vs", "e.g", "i.e", "approx", "no", "fig", "a.m", "p.m"}
_WORD = re.compile(r"[a-z0-9]")


def _sentence_tokenizer():
    parameters = PunktParameters()
    # Rules alone, no trained model: nothing is downloaded. "No." ends few radiology sentences.
    parameters.abbrev_types = _ABBREVIATIONS - {"no"}
    return PunktSentenceTokenizer(parameters)


_SENTENCES = _sentence_tokenizer()
_WORDS = NLTKWordTokenizer()


def report_sentences(text):
    """Split a report into sentences of lower-case words; punctuation is dropped.

    Args:
        text: The report.

    Returns:
        List of lists of words; sentences without words are left out.

    Example:

    >>> report_sentences("No pneumothorax.  Heart size is normal.")
    [['no', 'pneumothorax'], ['heart', 'size', 'is', 'normal']]
    """
    joined = " ".join(text.split())
    sentences = []
    for sentence in _SENTENCES.tokenize(joined):
        words = [word.strip(".") for word in _WORDS.tokenize(sentence.lower())]
        words = [word for word in words if _WORD.search(word)]
        if words:
            sentences.append(words)
    return sentences
