"""How long generated reports are and how many differ, beside real ones."""

from emixer_tf.data.reports import cut_sentences
from emixer_tf.metrics.report_profiles import report_profile


def report_shapes(made, real, sentences, words):
    """Return the profiles of as many generated as real reports, cut to one size.

    Args:
        made, real: Texts as `joined_sentences` joins them; "" where a study has none.
        sentences, words: What the data's reports are cut to for training: no generator writes more,
            so that whole real reports would always be longer.

    Returns:
        `(made, real)`, each as `report_profile` returns it with the number `"reports"`; None where
        either has no report.

    Example:

    >>> made, real = report_shapes(["clear", "clear"], ["no edema . clear lungs", ""], 1, 9)
    >>> made["mean_words"], real["mean_words"], real["reports"]
    (1.0, 2.0, 1)
    """
    made, real = (
        [_words(report, sentences, words) for report in reports if report]
        for reports in (made, real)
    )
    count = min(len(made), len(real))
    if not count:
        return None
    return tuple({**report_profile(some[:count]), "reports": count} for some in (made, real))


def _words(report, sentences, words):
    cut = cut_sentences(report, sentences, words)
    return " ".join(word for sentence in cut for word in sentence)
