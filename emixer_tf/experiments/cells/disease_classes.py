"""Films that belong to one class each, from one or several data sets."""

from dataclasses import dataclass

import numpy as np

from emixer_tf.experiments.cell import Cell

CLASSES = ("normal", "bacterial_pneumonia", "viral_pneumonia", "covid19")

# Findings of the phantom that stand for the classes where no real data are named: the whole path
# can be run, and says nothing about COVID-19.
STAND_INS = {
    "normal": "No Finding",
    "bacterial_pneumonia": "Consolidation",
    "viral_pneumonia": "Edema",
    "covid19": "Pleural Effusion",
}
_NEARLY_ALL = 0.9


@dataclass(frozen=True)
class DiseaseClasses(Cell):
    """Films of data sets with their class and their data set.

    Films of no class, or of several, are left out, and so is a film that stands in a set before.

    Args:
        data: Tuple of `PreparedData` or `PhantomData`.
        names: Names of the data sets, for people.
        labels: For each class the label that stands for it.
    """

    data: tuple
    names: tuple
    labels: tuple

    def __post_init__(self):
        if len(set(self.names)) != len(self.data) or len(self.names) != len(self.data):
            raise ValueError(
                "Every data set has a name of its own, else two would be taken for one. Received: "
                f"{len(self.data)} data sets, names={self.names}. Remedy: folders whose last parts "
                "differ."
            )

    @property
    def title(self):
        """What progress calls it."""
        return f"films of {len(CLASSES)} classes from {', '.join(self.names)}"

    def run(self, folder, inputs):
        """Write films, classes and sources of each split."""
        from emixer_tf.data.splits import SPLITS

        left_out, known = 0, set()
        found = {split: ([], [], []) for split in SPLITS}
        for place, data in enumerate(self.data):
            prepared = data.place(inputs[f"data/{place}"])
            for split, (films, classes, sources) in found.items():
                for film, number in _films_of_a_class(prepared, split, self.labels):
                    if number is None or film.tobytes() in known:
                        left_out += 1
                        continue
                    known.add(film.tobytes())
                    films.append(film)
                    classes.append(number)
                    sources.append(place)
        counts = {}
        for split, (films, classes, sources) in found.items():
            _check_not_empty(films, split, self.names)
            _check_one_size(films, self.names)
            np.savez(folder / f"{split}.npz", films=films, classes=classes, sources=sources)
            counts[split] = counted(classes, sources, self.names)
        return {"counts": counts, "left_out": left_out}


def _films_of_a_class(prepared, split, labels):
    """Yield `(film, class)` of a split; the class is None where it is none or not one."""
    from emixer_tf.data import read_card
    from emixer_tf.data.stored_studies import read_stored

    card = read_card(prepared)
    if not card.counts.get(split):
        return
    studies = read_stored(prepared, split)
    columns = [card.labels.index(label) if label in card.labels else None for label in labels]
    for film, row in zip(studies["image"], studies["labels"], strict=True):
        positive = [
            number
            for number, column in enumerate(columns)
            if column is not None and row[column] > 0
        ]
        yield film, positive[0] if len(positive) == 1 else None


def _check_not_empty(films, split, names):
    if not films:
        raise ValueError(
            f"{', '.join(names)}: no film of {', '.join(CLASSES)} is in {split!r}. Remedy: prepare "
            "the data with these labels, and with all of train, val and test."
        )


def _check_one_size(films, names):
    shapes = sorted({film.shape for film in films})
    if len(shapes) > 1:
        raise ValueError(
            f"{', '.join(names)}: the films are of several sizes: {shapes}. Remedy: prepare all "
            "data sets with the same --resolution and --channels."
        )


def counted(classes, sources, names):
    """Return films by data set and class, as nested dicts."""
    table = {name: dict.fromkeys(CLASSES, 0) for name in names}
    for number, source in zip(classes, sources, strict=True):
        table[names[source]][CLASSES[number]] += 1
    return table


def positives(prepared):
    """Return films by class of a prepared data set, all splits together."""
    from emixer_tf.data import read_card

    by_split = read_card(prepared).label_counts.values()
    return {name: sum(counts.get(name, 0) for counts in by_split) for name in CLASSES}


def is_confounded(counts):
    """Return whether some class comes nearly alone from one data set while there are several.

    A classifier can then tell the class by the hospital's films, and not by the disease.

    Args:
        counts: As `counted` returns them.

    Example:

    >>> is_confounded({"a": {"normal": 50}, "b": {"normal": 2}})
    True
    """
    if len(counts) < 2:
        return False
    for number in {number for row in counts.values() for number in row}:
        films = [row.get(number, 0) for row in counts.values()]
        if max(films) > _NEARLY_ALL * sum(films):
            return True
    return False
