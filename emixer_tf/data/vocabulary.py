"""Words and their ids."""

from collections import Counter

import numpy as np

from emixer_tf.config import END, PAD, UNK

SPECIAL_WORDS = ("<pad>", "<start>", "<end>", "<unk>")


class Vocabulary:
    """A fixed list of words; the place in the list is the id.

    Args:
        words: All words in the order of their ids, the four special ones first.

    Raises:
        ValueError: If the words do not begin with the special ones.

    Example:

    >>> vocabulary = Vocabulary([*SPECIAL_WORDS, "no", "edema"])
    >>> vocabulary.encode([["no", "edema"]], sentences=1, words=3)
    array([[4, 5, 0]], dtype=int32)
    >>> vocabulary.decode([[4, 5, 0]])
    'No edema.'
    """

    def __init__(self, words):
        if tuple(words[:4]) != SPECIAL_WORDS:
            raise ValueError(
                f"A vocabulary begins with {SPECIAL_WORDS}. Received: {tuple(words[:4])}"
            )
        self.words = tuple(words)
        self._ids = {word: number for number, word in enumerate(self.words)}

    def __len__(self):
        return len(self.words)

    @classmethod
    def build(cls, reports, minimum_count=1):
        """Count the words of reports and keep the frequent ones, most frequent first.

        Args:
            reports: Iterable of lists of sentences of words (training split only).
            minimum_count: Occurrences a word needs.

        Returns:
            `Vocabulary`; ties are in alphabetical order.
        """
        counts = Counter(word for report in reports for sentence in report for word in sentence)
        kept = [word for word, count in counts.items() if count >= minimum_count]
        kept.sort(key=lambda word: (-counts[word], word))
        return cls([*SPECIAL_WORDS, *kept])

    def encode(self, report, sentences, words):
        """Return the ids of a report, cut to a shape.

        Args:
            report: List of sentences of words.
            sentences, words: Limits of the report and of a sentence.

        Returns:
            int32 `[sentences, words]`; 0 where there is no word, `UNK` for an unknown one.
        """
        tokens = np.full((sentences, words), PAD, "int32")
        for row, sentence in enumerate(report[:sentences]):
            ids = [self._ids.get(word, UNK) for word in sentence[:words]]
            tokens[row, : len(ids)] = ids
        return tokens

    def decode(self, tokens):
        """Return the text of ids: sentences with capitals and full stops.

        Args:
            tokens: int `[sentences, words]`; the ids of "<pad>" and "<end>" are passed over.

        Returns:
            str; "" of a vocabulary without words, which is that of data without reports.
        """
        if len(self) == len(SPECIAL_WORDS):
            return ""
        texts = []
        for row in np.asarray(tokens):
            words = [self.words[i] for i in row if i not in (PAD, END)]
            if words:
                text = " ".join(words)
                texts.append(text[0].upper() + text[1:] + ".")
        return " ".join(texts)
