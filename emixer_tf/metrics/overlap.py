"""ROUGE-L and METEOR, by the packages that others use for them."""

import numpy as np

from emixer_tf.metrics.text_pairs import paired_texts


def rouge_l(references, hypotheses):
    """Return ROUGE-L: the longest common subsequence of words, as precision and recall, in F1.

    Computed by the package rouge-score on the words as given: nothing is stemmed, dropped or put
    into lower case. Of several references the best counts. The COCO caption scorers print another
    ROUGE-L, which weighs recall 1.44 (1.2²) times as much as precision.

    Args:
        references: Dict of id to list of str (or one str), or a list of these. Texts are words
            separated by spaces.
        hypotheses: Dict of id to str, or a list of str.

    Returns:
        Dict of "score", the mean over items, and "items", a dict of id to float.

    Raises:
        ImportError: If rouge-score is not installed.
        ValueError: As of `paired_texts`.

    Example:

    >>> round(rouge_l(["no edema seen"], ["no edema"])["score"], 3)  # precision 1, recall 2/3
    0.8

    Reference:
        Lin, "ROUGE: a package for automatic evaluation of summaries", 2004.
    """
    try:
        from rouge_score.rouge_scorer import RougeScorer
    except ImportError as error:
        raise ImportError(
            'ROUGE-L needs the package rouge-score. Remedy: pip install "emixer-tf[rouge]"'
        ) from error
    scorer = RougeScorer(["rougeL"], tokenizer=_WordsAsGiven())
    return _best_references(
        references, hypotheses, lambda best, words: scorer.score(best, words)["rougeL"].fmeasure
    )


def meteor(references, hypotheses, wordnet=None):
    """Return METEOR: words matched as they are, by stem and by synonym, and how far in order.

    Computed by NLTK on the words as given, with METEOR's first parameters (alpha 0.9, beta 3,
    gamma 0.5). As nothing is downloaded, words match as they are or by their Porter stem; synonyms
    match only if you give a WordNet.

    Most papers print the authors' Java program, METEOR 1.5, whose later parameters penalise words
    in another order far more. Do not compare: of random pairs of Open-i's findings this function
    gives 0.26, that program 0.13.

    Args:
        references, hypotheses: As of `rouge_l`; of several references the best counts.
        wordnet: WordNet reader of NLTK, such as `nltk.corpus.wordnet` with its data installed.
            Without one there are no synonyms.

    Returns:
        Dict of "score", the mean over items, and "items", a dict of id to float.

    Raises:
        ValueError: As of `paired_texts`.

    Example:

    >>> round(meteor(["no effusions seen"], ["no effusion seen"])["score"], 3)
    0.981

    Reference:
        Banerjee and Lavie, "METEOR: an automatic metric for MT evaluation with improved
        correlation with human judgments", 2005.
    """
    from nltk.translate.meteor_score import single_meteor_score

    synonyms = _NoSynonyms() if wordnet is None else wordnet
    return _best_references(
        references,
        hypotheses,
        lambda reference, words: single_meteor_score(
            reference, words, preprocess=str, wordnet=synonyms
        ),
    )


def _best_references(references, hypotheses, score):
    pairs = paired_texts(references, hypotheses)
    items = {
        item: max(float(score(reference, words)) for reference in its_references)
        for item, its_references, words in zip(*pairs, strict=True)
    }
    return {"score": float(np.mean(list(items.values()))), "items": items}


class _WordsAsGiven:
    """A tokenizer of rouge-score for texts that are lists of words already."""

    def tokenize(self, words):
        return words


class _NoSynonyms:
    """Stands in for NLTK's WordNet reader."""

    def synsets(self, word):
        return []
