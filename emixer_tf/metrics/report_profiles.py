"""What reports are like, whatever they say: how long, and how many of them differ."""

from emixer_tf.metrics.report_lists import checked_reports


def report_profile(reports):
    """Return how long reports are and how many of them differ.

    A generator whose reports are shorter, or fewer, than real ones has lost something that scores
    of what they say may not show. The share of different reports falls with their number: compare
    it for one number.

    Args:
        reports: n texts, words separated by spaces; full stops count as words if there are any.

    Returns:
        Dict of `"mean_words"`, `"distinct"` (different reports, as a share of n) and
        `"distinct_words"` (different words in all of them).

    Raises:
        ValueError: If there are no reports.

    Example:

    >>> report_profile(["no edema", "clear lungs", "no edema", ""])
    {'mean_words': 1.5, 'distinct': 0.75, 'distinct_words': 4}

    Reference:
        docs/metrics.md, "Is it what was asked?".
    """
    reports = [report.split() for report in checked_reports(reports, "given")]
    return {
        "mean_words": sum(map(len, reports)) / len(reports),
        "distinct": len(set(map(tuple, reports))) / len(reports),
        "distinct_words": len({word for report in reports for word in report}),
    }
