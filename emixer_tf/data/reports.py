"""From a report's text to sentences of words."""

import re
from functools import lru_cache
from itertools import pairwise

from nltk.tokenize import NLTKWordTokenizer
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer

from emixer_tf.data.errors import RowError
from emixer_tf.data.report_files import MOST_CHARACTERS

DEIDENTIFIED = "___"  # MIMIC's own mark; a word of letters could be taken for one

_ABBREVIATIONS = {"dr", "mr", "mrs", "ms", "vs", "e.g", "i.e", "approx", "fig", "a.m", "p.m"}
_WORD = re.compile(rf"[^\W_]|^{DEIDENTIFIED}$")  # letters of any script, or digits
_MARK = re.compile(r"_{2,}|(?<![^\W_])[Xx]{3,}(?![^\W_])")
_LIST_NUMBER = re.compile(
    r"(?:^[ \t]*|(?<=[.:;])[ \t]+|(?<=[a-z)][.:;]))"  # "2.5." and "10:30." hold no list number
    r"\(?\d{1,2}[.)](?=\s|[^\W\d]|\Z)",
    re.MULTILINE,
)
_MISSING_SPACE = re.compile(r"(?<=[a-z]{2})\.(?=[A-Z])")
_EDGES = '.-/"*'
_SENTENCES_REMEMBERED = 2**16
_SENTENCE_END = " . "


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
    items = _LIST_NUMBER.split(text)
    sentences = [list(_words(sentence)) for item in items for sentence in _sentences(item)]
    if marks == "drop-sentence":
        sentences = [words for words in sentences if DEIDENTIFIED not in words]
    elif marks == "drop":
        sentences = [[word for word in words if word != DEIDENTIFIED] for words in sentences]
    return [words for words in sentences if words]


def _sentences(item):
    spaced = _MISSING_SPACE.sub(". ", " ".join(item.split()))
    return _SENTENCES.tokenize(_MARK.sub(f" {DEIDENTIFIED} ", spaced))


@lru_cache(_SENTENCES_REMEMBERED)  # reports repeat each other's sentences
def _words(sentence):
    words = (word.strip(_EDGES) for word in _WORDS.tokenize(sentence.lower()))
    words = ["", *(word for word in words if _WORD.search(word))]
    return tuple(word for last, word in pairwise(words) if not last == word == DEIDENTIFIED)


def joined_sentences(sentences):
    """Return the text of sentences of words, which `split_sentences` takes apart again."""
    return _SENTENCE_END.join(" ".join(sentence) for sentence in sentences)


def words_alone(text):
    """Return a joined text without full stops between sentences, as reports are scored.

    Example:

    >>> words_alone("no edema . heart normal")
    'no edema heart normal'
    """
    return text.replace(_SENTENCE_END, " ")


def split_sentences(text):
    """Return the sentences of words of a joined text.

    Example:

    >>> split_sentences(joined_sentences([["no", "edema"], ["heart", "normal"]]))
    [['no', 'edema'], ['heart', 'normal']]
    """
    return [sentence.split(" ") for sentence in text.split(_SENTENCE_END)] if text else []


def cut_sentences(text, sentences, words):
    """Return the sentences of words of a joined text that a decoder of this size can say.

    Example:

    >>> cut_sentences("no focal edema . heart normal . no effusion", sentences=2, words=2)
    [['no', 'focal'], ['heart', 'normal']]
    """
    return [sentence[:words] for sentence in split_sentences(text)[:sentences]]
