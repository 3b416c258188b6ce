"""One way of writing for all reports, so that style does not tell real from synthetic."""

from emixer_tf.data.reports import report_sentences


def same_writing(report):
    """Return a report as the report decoder writes: plain sentences with capitals and full stops.

    Real reports have commas, brackets, list numbers and line breaks, which generated ones have
    not; the words stay as they are.

    Args:
        report: Text.

    Returns:
        Text; "" where the report has no word.

    Example:

    >>> same_writing("1. HEART: mildly enlarged,  stable (see XXXX).")
    'Heart mildly enlarged stable see ___.'
    """
    texts = (" ".join(words) for words in report_sentences(report))
    return " ".join(f"{text[0].upper()}{text[1:]}." for text in texts)
