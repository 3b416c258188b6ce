"""The scores of a report generator that need no package of their own."""

from emixer_tf.metrics.bleu_score import bleu_of
from emixer_tf.metrics.cider_score import cider_d_of, cider_of, warn_of_few_items
from emixer_tf.metrics.ngram_counts import counted_corpus


def report_scores(references, hypotheses):
    """Return BLEU, CIDEr-D and CIDEr of a corpus; the texts are counted once for all.

    Args:
        references: Dict of id to list of str (or one str), or a list of these. Texts are words
            separated by spaces.
        hypotheses: Dict of id to str, or a list of str.

    Returns:
        Dict of "bleu_1" to "bleu_4", "cider_d" and "cider" to float. See `bleu`, `cider_d` and
        `cider` for what they mean, and for CIDEr's warning of few items.

    Raises:
        ValueError: As of `paired_texts`.

    Example:

    >>> reports = [f"finding {i} in the left lung" for i in range(10)]
    >>> {name: round(score, 6) for name, score in report_scores(reports, reports).items()}
    {'bleu_1': 1.0, 'bleu_2': 1.0, 'bleu_3': 1.0, 'bleu_4': 1.0, 'cider_d': 10.0, 'cider': 10.0}

    Reference:
        Papineni et al., "BLEU: a method for automatic evaluation of machine translation", 2002.
        Vedantam et al., "CIDEr: consensus-based image description evaluation", 2015.
    """
    corpus = counted_corpus(references, hypotheses)
    warn_of_few_items(corpus)
    return {
        **bleu_of(corpus),
        "cider_d": cider_d_of(corpus)["score"],
        "cider": cider_of(corpus)["score"],
    }
