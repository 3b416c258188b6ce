"""The card of a prepared data set: what is in it, and what was left out and why."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from emixer_tf.data.errors import DataError
from emixer_tf.data.splits import SPLITS
from emixer_tf.files import holds_something_else

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
        cut_reports: Reports that were longer than the limits; all their words are kept for scoring.
        report_lengths: Reports by number of words.
        grey_levels: Pixels of all films by grey level, 0 to 255.
        near_duplicates: Pairs of films that look alike; `near_duplicates.csv` lists them.
        samples: Training studies to look at, as label, shard and place in the shard; a study of
            several findings stands for the rarest of which there were not enough yet.
        shards: Records by shard file.
        flow: Every filter as name, rows in, rows dropped and reason; `dropped.csv` lists the rows.
        notes: Policies, choices, and what else the reader should know.
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
    report_lengths: dict
    grey_levels: list
    near_duplicates: int
    samples: list
    shards: dict
    flow: list
    notes: list

    @property
    def has_no_reports(self):
        """Whether no study has a report."""
        return self.unreported == sum(self.counts.values())

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
        DataError: If the folder is not prepared, the card is damaged or of another version, or a
            shard is missing.

    Example:

    >>> # After: emixer prepare phantom --n 20 --resolution 32 --out data/phantom
    >>> card = read_card("data/phantom")
    >>> card.counts, card.label_counts["train"]["Edema"]
    ({'train': 14, 'val': 4, 'test': 2}, 2)
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


def check_all_splits(card, data, purposes):
    """Refuse data that lack one of the splits.

    Args:
        card: `DatasetCard`.
        data: What to call the data.
        purposes: Sentence that says what each split is for.

    Raises:
        ValueError: If a split has no studies.
    """
    missing = [split for split in SPLITS if not card.counts.get(split)]
    if missing:
        raise ValueError(
            f"{data} has no studies in {' and '.join(missing)}. {purposes} Remedy: prepare the "
            "data with all three splits."
        )


def check_place(out, overwrite):
    """Refuse to write a data set where something else is.

    Args:
        out: Folder to make.
        overwrite: Whether a data set that is there may be replaced.

    Raises:
        DataError: If it exists and is not to be overwritten, or is no prepared data set.
    """
    out = Path(out)
    if not out.exists():
        return
    if not overwrite:
        raise DataError(f"{out} exists already. Remedy: name another folder, or use --overwrite.")
    if holds_something_else(out, CARD):
        raise DataError(
            f"{out} is there and is no prepared data set, so it is not overwritten. Remedy: name "
            "another folder."
        )
