"""A split of which the publisher gives the test part."""

from dataclasses import replace

from emixer_tf.data.splits import split_by_patient

_VAL = 0.1


def split_beside_test(flow, studies, seed):
    """Draw train and val among the patients that the publisher did not put in test.

    Args:
        flow: `Flow`; studies beside the test split of patients who are also in it are left out.
        studies: List of `ListedStudy`, with the split "test" or None.
        seed: Of the draw.

    Returns:
        List of `ListedStudy`.
    """
    tested = {study.patient for study in studies if study.split == "test"}
    kept = flow.keep(
        studies,
        "patient not in test",
        "the publisher has other films of the patient in test",
        lambda study: study.split == "test" or study.patient not in tested,
    )
    return [_with_split(study, seed) for study in kept]


def _with_split(study, seed):
    if study.split == "test":
        return study
    (split,) = split_by_patient([study.patient], val=_VAL, test=0, seed=seed)
    return replace(study, split=split)
