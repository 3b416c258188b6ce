"""The card of a prepared data set: what is in it, and what was left out and why."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from emixer_tf.data.errors import DataError

CARD = "dataset.json"


@dataclass(frozen=True)
class DatasetCard:
    """What `dataset.json` says.

    Args:
        name: Of the source.
        labels: Names of the labels, in the order of the label vectors.
        resolution, channels: Of the films.
        sentences, words: Limits of the tokenised reports.
        vocabulary: All words in the order of their ids.
        counts: Studies by split.
        label_counts: Positive studies by split and label.
        unlabelled, unreported: Studies without labels, without a report.
        cut_reports: Reports that were longer than the limits.
        shards: Records by shard file.
        dropped: Rows that were left out, by kind of reason; `skipped.csv` lists them.
        notes: Remarks for the reader.
    """

    name: str
    labels: list
    resolution: int
    channels: int
    sentences: int
    words: int
    vocabulary: list
    counts: dict
    label_counts: dict
    unlabelled: int
    unreported: int
    cut_reports: int
    shards: dict
    dropped: dict
    notes: list

    def to_json(self):
        """Return the card as JSON."""
        return json.dumps(dataclasses.asdict(self), indent=1)


def read_card(folder):
    """Read the card of a prepared data set.

    Args:
        folder: Folder that `emixer prepare` wrote.

    Returns:
        `DatasetCard`.

    Raises:
        DataError: If the folder is not prepared, or a shard is missing.
    """
    path = Path(folder) / CARD
    if not path.is_file():
        raise DataError(
            f"{folder} is no prepared data set: {CARD} is missing. Remedy: run `emixer prepare`."
        )
    try:
        card = DatasetCard(**json.loads(path.read_text()))
    except (json.JSONDecodeError, TypeError) as error:
        raise DataError(
            f"{path} is damaged or of another version ({error}). Remedy: prepare the data again."
        ) from None
    for shard in card.shards:
        if not (path.parent / shard).is_file():
            raise DataError(f"{path.parent / shard} is missing. Remedy: prepare the data again.")
    return card
