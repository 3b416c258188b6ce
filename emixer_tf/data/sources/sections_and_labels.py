"""A study's report and labels: which part is taken, and what the card says of it."""

from emixer_tf.data.errors import DataError
from emixer_tf.data.label_policy import no_finding_note


def checked_labels(labels, option="--labels"):
    """Return names of labels as a tuple, and refuse one that is named twice.

    Args:
        labels: Names.
        option: What they were given by, for the message.

    Raises:
        DataError: Naming the label.
    """
    labels = tuple(labels)
    for place, name in enumerate(labels):
        if name in labels[:place]:
            raise DataError(f"{option} names {name!r} twice. Remedy: name every label once.")
    return labels


def chosen_section(sections, section):
    """Return a section's text, or None where there is none.

    Args:
        sections: Dict of texts or None by section.
        section: "findings", "impression", or "both" for those of the two that are there.

    Example:

    >>> chosen_section({"findings": "Clear lungs.", "impression": None}, "both")
    'Clear lungs.'
    """
    texts = [sections[name] for name in _names(section) if sections[name]]
    return "\n".join(texts) or None


def _names(section):
    return ("findings", "impression") if section == "both" else (section,)


def reported_studies(flow, pairs, section, required):
    """Keep the studies whose report has a section, if that is required.

    Args:
        flow: `Flow`.
        pairs: List of `(ListedStudy, stated)`; stated: what is said of the labels.
        section: As for `chosen_section`.
        required: Whether studies without it are left out.

    Returns:
        `(pairs, notes)`: those kept, and a list of notes for the card.
    """
    names = " or ".join(_names(section))
    if required:
        kept = flow.keep(
            pairs,
            "report section",
            f"no report with {names}",
            lambda pair: pair[0].report,
            source=lambda pair: pair[0].source,
        )
        return kept, []
    without = sum(not study.report for study, _ in pairs)
    if not without:
        return pairs, []
    return pairs, [
        f"{without} of {len(pairs)} studies have no report with {names}; their films are kept. "
        "--require-report leaves them out."
    ]


def label_notes(pairs):
    """Return notes for the card: how far "No Finding" agrees, and how many are unlabelled.

    Args:
        pairs: List of `(ListedStudy, stated)`; stated is None where nothing is said of labels.
    """
    stated = [stated for _, stated in pairs if stated is not None]
    notes = [no_finding_note(stated)]
    if len(stated) < len(pairs):
        notes.append(f"{len(pairs) - len(stated)} of {len(pairs)} studies are unlabelled.")
    return [note for note in notes if note]


def style_note(style):
    """Return a note for the card on how DICOM is read; films of two styles do not go together."""
    return f"DICOM films, if any: style {style}."
