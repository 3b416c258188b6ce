"""References as R2Gen cuts them, for comparison with the scores of its literature only."""

from collections import Counter
from itertools import chain

from emixer_tf.metrics.text_pairs import reference_words

UNKNOWN = "<unk>"


def legacy_r2gen_references(references, training_texts, max_length, minimum_count):
    """Return references that are easier than the reports which were written.

    R2Gen, and much that followed, decodes its ground truth from the model's own input: rare words
    are one word, "<unk>", which a hypothesis can match, and the end is cut off. Scores against
    such references are higher than, and not comparable with, scores against whole ones. Score
    whole references; use these beside them where a paper's number came from R2Gen's code.

    Args:
        references: Dict of id to list of str (or one str), or a list of these. Texts are words
            separated by spaces.
        training_texts: List of str, the training reports that the vocabulary is counted in.
        max_length: R2Gen's `max_seq_length`: 60 for IU X-ray, 100 for MIMIC-CXR. The start mark
            is one of them, so one word fewer is left.
        minimum_count: R2Gen's `threshold`: words seen less often become "<unk>"; 3 for IU X-ray,
            10 for MIMIC-CXR.

    Returns:
        Dict of id to list of str, with a list's places as ids.

    Raises:
        ValueError: If nothing would be left of a reference, the training texts are empty, or
            something is no text with words.

    Example:

    >>> legacy_r2gen_references({"a": "no acute edema seen"}, ["no edema seen", "no edema"], 4, 2)
    {'a': ['no <unk> edema']}

    Reference:
        Chen et al., "Generating radiology reports via memory-driven transformer", 2020: its code,
        modules/datasets.py, modules/tokenizers.py and modules/trainer.py.
    """
    if max_length < 2:
        raise ValueError(
            f"max_length counts the start mark, so it is at least 2. Received: {max_length}. "
            "Remedy: R2Gen's values are 60 and 100."
        )
    counts = Counter(chain.from_iterable(chain.from_iterable(_training_words(training_texts))))
    known = {word for word, count in counts.items() if count >= minimum_count}
    return {
        item: [_cut(words, known, max_length - 1) for words in texts]
        for item, texts in reference_words(references).items()
    }


def _training_words(texts):
    words = reference_words(texts)
    if not words:
        raise ValueError(
            "training_texts is empty, so that every word would be rare. Remedy: give the texts "
            "of the train split."
        )
    return words.values()


def _cut(words, known, length):
    return " ".join(word if word in known else UNKNOWN for word in words[:length])
