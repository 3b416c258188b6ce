"""Marks that de-identification left in reports: the words that generators memorize most."""

from emixer_tf.metrics.report_lists import checked_reports


def mark_rate(reports):
    """Return the share of reports with a mark of de-identification ("___", "XXXX").

    A generator that emits marks as often as its training reports hold them has learnt them like
    any other word; report the rate of both.

    Args:
        reports: List of texts.

    Returns:
        float from 0 to 1.

    Raises:
        ValueError: If the list is empty or holds what is no text.

    Example:

    >>> mark_rate(["compared to ___ the heart is normal", "heart normal", "XXXX clips"])
    0.6666666666666666

    Reference:
        Dutt, "The devil is in the prompts: de-identification traces enhance memorization risks in
        synthetic chest X-ray generation", 2025 (arXiv:2502.07516).
    """
    from emixer_tf.data.reports import DEIDENTIFIED, report_sentences  # nltk takes time to import

    reports = checked_reports(reports, "given")
    marked = [
        any(DEIDENTIFIED in words for words in report_sentences(report)) for report in reports
    ]
    return sum(marked) / len(marked)
