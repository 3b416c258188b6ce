"""References and hypotheses, paired by their ids and taken apart into words."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

_NAMED = 3


class PairedTexts(NamedTuple):
    """References and hypotheses in one order.

    Attributes:
        ids: `[items]`.
        references: `[items][references][words]`.
        hypotheses: `[items][words]`.
    """

    ids: list
    references: list
    hypotheses: list


def paired_texts(references, hypotheses):
    """Pair references with hypotheses, and split both at white space.

    Args:
        references: Dict of id to the texts that are right for it, or a list of these. The texts
            are a list of str, or one str; words are separated by spaces.
        hypotheses: Dict of id to str, or a list of str. A hypothesis may be empty.

    Returns:
        `PairedTexts` in the order of the references; a list's ids are its places.

    Raises:
        ValueError: If the ids or lengths differ, nothing is there to compare, an item has no
            reference with words, or something is no text.

    Example:

    >>> pairs = paired_texts({"a": ["no edema", "clear"]}, {"a": "no  effusion"})
    >>> pairs.references, pairs.hypotheses
    ([[['no', 'edema'], ['clear']]], [['no', 'effusion']])
    """
    references = _by_id(references, "references")
    hypotheses = _by_id(hypotheses, "hypotheses")
    _check_pairs(references, hypotheses)
    return PairedTexts(
        list(references),
        [_reference_words(texts, item) for item, texts in references.items()],
        [_words(hypotheses[item], "hypothesis", item) for item in references],
    )


def reference_words(references):
    """Return the words of references that no hypotheses belong to yet.

    Args:
        references: As of `paired_texts`.

    Returns:
        Dict of id to `[references][words]`.

    Raises:
        ValueError: If an item has no reference with words, or something is no text.

    Example:

    >>> reference_words(["no edema", ["clear", "all clear"]])
    {0: [['no', 'edema']], 1: [['clear'], ['all', 'clear']]}
    """
    references = _by_id(references, "references")
    return {item: _reference_words(texts, item) for item, texts in references.items()}


class _ByPlace(dict):
    """Texts by id, where the ids are places in a list."""


def _by_id(texts, name):
    if isinstance(texts, Mapping):
        return texts
    if isinstance(texts, list | tuple | np.ndarray):
        return _ByPlace(enumerate(texts))
    raise ValueError(
        f"The {name} are a dict of id to text, or a list. Received {type(texts).__name__}: "
        f"{texts!r:.60}. Remedy: give a dict or a list (of a pandas column, .to_dict() or "
        ".tolist())."
    )


def _check_pairs(references, hypotheses):
    if not references and not hypotheses:
        raise ValueError(
            "There are no texts to compare: references and hypotheses are empty. Remedy: give at "
            "least one reference and its hypothesis."
        )
    in_lists = [isinstance(texts, _ByPlace) for texts in (references, hypotheses)]
    if all(in_lists):
        _check_same_length(references, hypotheses)
    elif any(in_lists):
        kinds = ["a list" if is_list else "a dict" for is_list in in_lists]
        raise ValueError(
            f"References and hypotheses are two dicts or two lists. Received {kinds[0]} of "
            f"references and {kinds[1]} of hypotheses. Remedy: give both the same ids."
        )
    else:
        _check_same_ids(references, hypotheses)


def _check_same_length(references, hypotheses):
    if len(references) != len(hypotheses):
        raise ValueError(
            f"Received {len(references)} references and {len(hypotheses)} hypotheses. Remedy: "
            "give each hypothesis its references, or pair them by id in two dicts."
        )


def _check_same_ids(references, hypotheses):
    lacking = [item for item in references if item not in hypotheses]
    extra = [item for item in hypotheses if item not in references]
    if lacking or extra:
        raise ValueError(
            f"References and hypotheses have different ids: {_named(lacking)} without hypothesis, "
            f"{_named(extra)} without references. Remedy: give both the same ids, of one type."
        )


def _named(ids):
    names = ", ".join(repr(item) for item in ids[:_NAMED])
    if len(ids) > _NAMED:
        names += ", ..."
    return f"{len(ids)} ({names})" if ids else "0"


def _reference_words(texts, item):
    if isinstance(texts, str):
        texts = [texts]
    if not isinstance(texts, list | tuple | np.ndarray):
        raise ValueError(_no_text(texts, "references", item, "a list of str"))
    words = [_words(text, "reference", item) for text in texts]
    if not any(words):
        raise ValueError(
            f"Item {item!r} has no reference with words. Received: {texts!r:.60}. Remedy: leave "
            "the item out."
        )
    return words


def _words(text, name, item):
    if not isinstance(text, str):
        raise ValueError(_no_text(text, name, item, "a str"))
    return text.split()


def _no_text(received, name, item, kind):
    return (
        f"The {name} of item {item!r} must be {kind} of words separated by spaces. Received "
        f"{type(received).__name__}: {received!r:.60}. Remedy: join words by spaces; leave out "
        "items without a text."
    )
