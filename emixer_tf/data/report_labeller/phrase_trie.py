"""Finding many phrases in a sentence in one pass over its words."""

import itertools

_ENTRY = None  # The key, among words, of what a phrase that ends here stands for.


def spellings(pattern):
    """List the phrases that a pattern stands for.

    Args:
        pattern: Words; `a|b` is a choice between words, a word that ends in `?` may be missing.

    Returns:
        List of tuples of words.

    Example:

    >>> spellings("lobar? collapse|collapsed")
    [('lobar', 'collapse'), ('lobar', 'collapsed'), ('collapse',), ('collapsed',)]
    """
    choices = []
    for word in pattern.split():
        optional = word.endswith("?") and len(word) > 1
        kept = word[:-1] if optional else word
        choices.append([*kept.split("|"), *([""] if optional else [])])
    return [tuple(filter(None, words)) for words in itertools.product(*choices)]


def phrase_trie(entries):
    """Build the trie that `find_phrases` walks.

    Args:
        entries: Pairs of a pattern (see `spellings`) and what it stands for.

    Returns:
        Nested dicts by word.
    """
    trie = {}
    for pattern, entry in entries:
        for words in spellings(pattern):
            node = trie
            for word in words:
                node = node.setdefault(word, {})
            if node.setdefault(_ENTRY, entry) != entry:
                raise ValueError(f"{' '.join(words)!r} stands for {node[_ENTRY]} and {entry}.")
    return trie


def find_phrases(trie, words):
    """Find phrases from left to right: the longest at each place, none inside another.

    Args:
        trie: From `phrase_trie`.
        words: List of words.

    Returns:
        List of tuples of a phrase's first word's index, the index after its last, and its entry.

    Example:

    >>> trie = phrase_trie([("effusion", "fluid"), ("pericardial effusion", "heart")])
    >>> find_phrases(trie, "an effusion and a pericardial effusion".split())
    [(1, 2, 'fluid'), (4, 6, 'heart')]
    """
    found = []
    index = 0
    for start, word in enumerate(words):
        if start < index or word not in trie:
            continue
        node, longest = trie, None
        for end in range(start, len(words)):
            node = node.get(words[end])
            if node is None:
                break
            if _ENTRY in node:
                longest = (start, end + 1, node[_ENTRY])
        if longest:
            found.append(longest)
            index = longest[1]
    return found
