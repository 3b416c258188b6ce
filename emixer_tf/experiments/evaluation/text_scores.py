"""All scores of reports against references."""

from importlib.util import find_spec

from emixer_tf.metrics.bootstrap import mean_interval
from emixer_tf.metrics.captioning import report_scores
from emixer_tf.metrics.cider_score import cider_d
from emixer_tf.metrics.overlap import meteor, rouge_l

TOKENIZER = (
    "emixer_tf.data.reports.report_sentences: lower case, NLTK's word tokenizer, no punctuation, "
    "no list numbers, marks of de-identification as one word"
)
NO_ROUGE = 'ROUGE-L is left out: it needs the package rouge-score (pip install "emixer-tf[rouge]").'


def has_rouge():
    """Return whether ROUGE-L can be measured."""
    return find_spec("rouge_score") is not None


def text_scores(references, hypotheses, seed=0):
    """Return BLEU-1 to -4, CIDEr-D, CIDEr, ROUGE-L if its package is installed, and METEOR.

    Args:
        references: Dict of id to str, words separated by spaces, or a list.
        hypotheses: Likewise.
        seed: Of the bootstrap.

    Returns:
        Dict of "scores", floats by name; "intervals", by name a dict of "low" and "high", 95 %
        over the items, where a score is a mean over items; and "items", by name a dict of id to
        float.

    Raises:
        ValueError: As of `paired_texts`.
    """
    scores = report_scores(references, hypotheses)
    by_item = {
        "cider_d": cider_d(references, hypotheses),
        **({"rouge_l": rouge_l(references, hypotheses)} if has_rouge() else {}),
        "meteor": meteor(references, hypotheses),
    }
    items = {name: found["items"] for name, found in by_item.items()}
    for name, found in by_item.items():
        scores[name] = found["score"]
    intervals = {name: _ends(values, seed) for name, values in items.items()}
    return {"scores": scores, "intervals": intervals, "items": items}


def _ends(values, seed):
    interval = mean_interval(list(values.values()), seed=seed)
    return {"low": interval["low"], "high": interval["high"]}
