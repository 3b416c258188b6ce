"""Who is in which split."""

import hashlib
from dataclasses import replace

from emixer_tf.data.errors import DataError

SPLITS = ("train", "val", "test")
_VALIDATION = ("valid", "validate", "validation")


def split_named(name):
    """Return the split that a table means: "val" for its synonyms, else the name itself.

    Example:

    >>> split_named("validate"), split_named("test")
    ('val', 'test')
    """
    return "val" if name in _VALIDATION else name


def split_by_patient(patients, val=0.1, test=0.1, seed=0):
    """Assign patients to splits; all studies of a patient land in one.

    A patient's split is a function of the name and the seed alone, so it does not change when
    studies are added.

    Args:
        patients: Iterable of names, one a study.
        val, test: Chances of a patient, from 0 to 1; so shares of many patients, nearly.
        seed: Int.

    Returns:
        List of split names, one a study.

    Example:

    >>> split_by_patient(["a", "a", "b"], seed=0)[0] == split_by_patient(["a"], seed=0)[0]
    True
    """
    return [_split_of(patient, val, test, seed) for patient in patients]


def _split_of(patient, val, test, seed):
    digest = hashlib.sha256(
        f"{seed}:{patient}".encode(errors="surrogateescape")  # a folder's name, perhaps
    ).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < test:
        return "test"
    return "val" if place < test + val else "train"


def with_split(study, seed=0):
    """Return a study with a split: its own, or one drawn by its patient.

    Args:
        study: `Study` or `ListedStudy`.
        seed: Of the draw.
    """
    if study.split is not None:
        return study
    return replace(study, split=split_by_patient([study.patient], seed=seed)[0])


def check_splits(patients, splits, sources):
    """Refuse an unknown split, a patient in two splits, and an empty train split.

    Raises:
        DataError: Naming the patient and both places, or the studies of which none is in train.
    """
    first = {}
    for patient, split, source in zip(patients, splits, sources, strict=True):
        if split not in SPLITS:
            raise DataError(
                f"{source}: split {split!r} is none of {', '.join(SPLITS)}. Remedy: rename it."
            )
        if patient in first and first[patient][0] != split:
            raise DataError(
                f"Patient {patient!r} is in {first[patient][0]} ({first[patient][1]}) and in "
                f"{split} ({source}). Remedy: give all studies of a patient one split, or have "
                "the split drawn."
            )
        first.setdefault(patient, (split, source))
    if "train" not in splits:
        raise DataError(
            f"The train split is empty: none of {len(splits)} studies ({sources[0]} to "
            f"{sources[-1]}) is in train. Remedy: mend the split, or have it drawn from more "
            "patients."
        )
