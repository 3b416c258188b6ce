"""Real studies of a prepared data set."""

from emixer_tf.data.card import read_card
from emixer_tf.data.stored_studies import read_stored
from emixer_tf.experiments.evaluation.studies import Studies


def read_studies(folder, split, most, seed=0):
    """Return studies of a split; if it has more than are wanted, a random choice of them.

    Args:
        folder: Folder that `emixer prepare` wrote.
        split: "train", "val" or "test".
        most: Number of studies to return at most.
        seed: Of the choice.

    Returns:
        `Studies`, in the order of the records.

    Raises:
        ValueError: If the split has no studies.
    """
    card = read_card(folder)
    if not card.counts.get(split):
        raise ValueError(
            f"{folder} has no studies in {split!r}, which an evaluation needs: generated studies "
            "are measured against test, beside train. Remedy: prepare the data with both."
        )
    stored = read_stored(folder, split, most, seed)
    labels = stored["labels"]
    known = (stored["label_mask"] > 0) & ((labels == 0) | (labels == 1))
    return Studies(
        stored["id"], stored["image"], tuple(card.labels), labels, known, stored["report"]
    )
