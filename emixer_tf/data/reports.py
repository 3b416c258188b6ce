"""From a report's text to sentences of words."""

import re
from functools import lru_cache

from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

from emixer_tf.data.errors import RowError
from emixer_tf.data.report_files import MOST_CHARACTERS

DEIDENTIFIED = "___"  # MIMIC's own mark; a word of letters could be taken for one

_ABBREVIATIONS = {"dr", "mr", "mrs", "ms", "vs", "e.g", "i.e", "approx", "fig", "a.m", "p.m"}
_WORD = re.compile(rf"[a-z0-9]|^{DEIDENTIFIED}$")
_MARK = re.compile(r"(?:_{2,}|\b[Xx]{3,}\b)(?:[\s/,-]*(?:_{2,}|\b[Xx]{3,}\b))*")
_LIST_NUMBER = re.compile(r"(?:^|(?<=[\n.:;]))[ \t]*\(?\d{1,2}[.)](?:\s+(?=\S)|(?=[A-Za-z]))")
_MISSING_SPACE = re.compile(r"(?<=[a-z]{2})\.(?=[A-Z])")
_EDGES = '.-/"*'
_SENTENCES_REMEMBERED = 2**16


def _sentence_tokenizer():
    parameters = PunktParameters()
    # Rules alone, no trained model: nothing is downloaded. "No." ends few radiology sentences.
    parameters.abbrev_types = _ABBREVIATIONS
    return PunktSentenceTokenizer(parameters)


_SENTENCES = _sentence_tokenizer()
_WORDS = NLTKWordTokenizer()


def report_sentences(text, marks="keep"):
    """Split a report into sentences of lower-case words; punctuation and list numbers are dropped.

    Args:
        text: The report.
        marks: What becomes of the marks that de-identification left ("___", "XXXX"): "keep" makes
            every run of them the word `DEIDENTIFIED`, "drop" leaves them out, "drop-sentence"
            leaves their sentences out.

    Returns:
        List of lists of words; sentences without words are left out.

    Raises:
        ValueError: If `marks` is unknown.
        RowError: If the text is longer than a report can be.

    Example:

    >>> report_sentences("No pneumothorax.  Compared to XXXX, heart size is normal.")
    [['no', 'pneumothorax'], ['compared', 'to', '___', 'heart', 'size', 'is', 'normal']]
    """
    if marks not in ("keep", "drop", "drop-sentence"):
        raise ValueError(f'marks must be "keep", "drop" or "drop-sentence". Received: {marks!r}')
    if len(text) > MOST_CHARACTERS:
        raise RowError(
            "report too long",
            f"{len(text):,} characters are no report. Remedy: mend the text, or use --on-error "
            "skip.",
        )
    spaced = _MISSING_SPACE.sub(". ", _LIST_NUMBER.sub(" ", text))
    marked = _MARK.sub(f" {DEIDENTIFIED} ", " ".join(spaced.split()))
    sentences = [list(_words(sentence)) for sentence in _SENTENCES.tokenize(marked)]
    if marks == "drop-sentence":
        sentences = [words for words in sentences if DEIDENTIFIED not in words]
    elif marks == "drop":
        sentences = [[word for word in words if word != DEIDENTIFIED] for words in sentences]
    return [words for words in sentences if words]


@lru_cache(_SENTENCES_REMEMBERED)  # reports repeat each other's sentences
def _words(sentence):
    words = (word.strip(_EDGES) for word in _WORDS.tokenize(sentence.lower()))
    return tuple(word for word in words if _WORD.search(word))
