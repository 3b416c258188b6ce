"""What every metric of reports alone asks of them."""

from collections.abc import Mapping


def checked_reports(reports, name):
    """Return reports as a list, or say what is wrong with them.

    Args:
        reports: Sequence of str, at least one.
        name: What to call them in an error, as in "generated".

    Returns:
        List of str.

    Raises:
        ValueError: If they are not that.
    """
    if isinstance(reports, str):
        raise ValueError(
            f"The {name} reports are a list of texts. Received: one text. Remedy: pass [text]."
        )
    if isinstance(reports, Mapping):  # its list would be the ids
        raise ValueError(
            f"The {name} reports are a list of texts. Received: a dict of {len(reports)}. Remedy: "
            "pass the texts alone, in the order of the studies."
        )
    reports = list(reports)
    if not reports:
        raise ValueError(f"There are no {name} reports. Received: []. Remedy: pass at least one.")
    for place, report in enumerate(reports):
        if not isinstance(report, str):
            raise ValueError(
                f"The {name} reports are texts. Received: {report!r} at place {place}. Remedy: "
                "leave out studies without a report, or give them an empty one."
            )
    return reports
