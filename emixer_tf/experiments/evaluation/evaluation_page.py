"""What an evaluation of studies leaves behind: numbers, tables, features, pictures, a page."""

import numpy as np

from emixer_tf.document import Command, Heading, Items, Notice, Paragraph, Picture
from emixer_tf.experiments.evaluation.description_scores import LEGACY
from emixer_tf.experiments.evaluation.evaluation import WHOLE
from emixer_tf.experiments.evaluation.evaluation_files import (
    FEATURES,
    NEIGHBOURS,
    PAGE,
    check_evaluation_place,
    write_evaluation,
    write_table,
)
from emixer_tf.experiments.evaluation.evaluation_tables import (
    agreement_blocks,
    description_blocks,
    film_blocks,
    glance_table,
    memory_blocks,
    shape_blocks,
)
from emixer_tf.experiments.evaluation.pictures import save_pairs, shortened, study_sheet
from emixer_tf.experiments.evaluation.text_scores import TOKENIZER
from emixer_tf.files import folder_written_whole
from emixer_tf.metrics.feature_file import write_features
from emixer_tf.version import __version__

_WHOLE_TEXT = (
    "Reports written for films of the test split, against the whole reports of these films. A "
    "generator must beat the reports that need none: one report for all films, a random one, one "
    "of a training study with the same labels (which it is told), that of the training film with "
    "the nearest features. The intervals are over studies."
)
_CUT_TEXT = (
    "The same against references as R2Gen's code cuts them: rare words are one word, the end is "
    "missing. Where reports are long or have rare words these scores are higher; they are "
    "comparable with that literature alone."
)


def write_study_evaluation(out, studies, instruments, found, about, seed=0):
    """Write an evaluation; an earlier one by the same extractor is replaced.

    Args:
        out: `pathlib.Path` of the folder.
        studies: `Compared`.
        instruments: `Instruments`.
        found: `Evaluation`.
        about: Dict of "generator", "weights" (`weights_digest`), "data", "command" and "legacy":
            texts; weights and legacy may be None.
        seed: Of the evaluation.

    Returns:
        `pathlib.Path` of the page.

    Raises:
        ValueError: If the folder holds something else.
    """
    check_evaluation_place(out, instruments.extractor.identity)
    glance = glance_of(found)
    with folder_written_whole(out) as aside:
        for name, some in studies.by_name.items():
            write_features(
                aside / FEATURES / f"{name}.npz",
                found.features[name],
                some.ids,
                instruments.extractor.identity,
            )
        _write_neighbours(aside / NEIGHBOURS, studies, found.memory.neighbours)
        sheets, described = _save_sheets(aside, studies), _save_described(aside, found.described)
        pairs = save_pairs(aside, studies.generated, studies.training, found.memory.neighbours)
        blocks = [
            Paragraph(_summary(studies, about)),
            Notice(
                "This page shows films and reports of the data, also of its test split: it is as "
                "confidential as they are. Synthetic studies are not for diagnosis."
            ),
            glance,
            *film_blocks(found.films, instruments.extractor.identity),
            *sheets,
            *agreement_blocks(found.agreement, instruments.judge, instruments.reader),
            *shape_blocks(found.shapes),
            *_description_blocks(found.descriptions, about["legacy"]),
            *described,
            *memory_blocks(found.memory.summary),
            *pairs,
            *([Heading("Notes"), Items(tuple(found.notes))] if found.notes else []),
            Heading("Repeat it"),
            Command(about["command"]),
        ]
        numbers = _numbers(studies, instruments, found, about, seed)
        write_evaluation(aside, f"Evaluation of {about['generator']}", numbers, blocks)
    return out / PAGE


def glance_of(found):
    """Return the table of the numbers to look at first.

    Args:
        found: `Evaluation`.
    """
    return glance_table(
        found.films,
        found.agreement,
        found.shapes,
        found.descriptions.get(WHOLE),
        found.memory.summary,
    )


def glance_of_numbers(numbers):
    """Return the same table from a written evaluation.

    Args:
        numbers: What `read_evaluation` returned.

    Raises:
        ValueError: If it is an evaluation of reports alone, or by an earlier version.
    """
    if "films" not in numbers:
        raise ValueError(
            "An evaluation of reports alone says nothing about a generator. Remedy: name a folder "
            "of `emixer evaluate --preset`."
        )
    if "report_shapes" not in numbers:
        raise ValueError(
            "The evaluation is by an earlier version, which did not look at the length of reports. "
            "Remedy: evaluate again."
        )
    return glance_table(
        numbers["films"],
        numbers["agreement"],
        numbers["report_shapes"],
        numbers["descriptions"].get(WHOLE),
        numbers["memorization"],
    )


def _numbers(studies, instruments, found, about, seed):
    return {
        "emixer_tf_version": __version__,
        **about,
        "counts": {
            **{name: len(some) for name, some in studies.by_name.items()},
            "training_split": studies.training_count,
        },
        "seed": seed,
        "extractor": instruments.extractor.identity,
        "classifier": instruments.judge and instruments.judge.name,
        "reader": instruments.reader.name,
        "films": found.films,
        "agreement": found.agreement,
        "report_shapes": found.shapes,
        "descriptions": found.descriptions,
        "tokenizer": TOKENIZER if found.descriptions else None,
        "memorization": found.memory.summary,
        "notes": found.notes,
    }


def _summary(studies, about):
    return (
        f"{len(studies.generated):,} generated studies ({about['generator']}) against "
        f"{len(studies.test):,} held-out studies of the test split of {about['data']}, and beside "
        f"{len(studies.training):,} of the {studies.training_count:,} studies of its train split."
    )


def _description_blocks(descriptions, legacy):
    blocks = []
    for name, found in descriptions.items():
        if name == WHOLE:
            text = f"{_WHOLE_TEXT} Words are those of {TOKENIZER}."
            blocks += description_blocks(found, "Reports for real films", text)
        else:
            length, count = LEGACY[legacy]
            text = (
                f"{_CUT_TEXT} Here: {length - 1} words, words seen fewer than {count} times rare."
            )
            blocks += description_blocks(found, f"Against {name}", text)
    return blocks


def _save_sheets(folder, studies):
    study_sheet(studies.generated).save(folder / "generated.png")
    study_sheet(studies.test).save(folder / "test.png")
    return [
        Picture("generated.png", "Generated studies", "Asked labels above, reports below."),
        Picture("test.png", "Real studies of the test split", "Their labels and reports."),
    ]


def _save_described(folder, described):
    if described is None:
        return []
    test, written = described
    texts = [
        f"WRITTEN: {shortened(ours) or '(nothing)'} REAL: {shortened(theirs)}"
        for ours, theirs in zip(written, test.words, strict=True)
    ]
    study_sheet(test, texts).save(folder / "described.png")
    return [
        Picture(
            "described.png",
            "Descriptions of real films",
            "The report that the generator wrote, then the film's own.",
        )
    ]


def _write_neighbours(path, studies, neighbours):
    """Write a row for each generated study, with the names of the training studies."""
    rows = neighbours.rows
    columns = [name for name in rows[0] if name != "study"]
    training = np.array(studies.training.ids)

    def cell(row, column):
        return training[row[column]] if column.endswith("_nearest") else row[column]

    write_table(
        path,
        ["study", *columns],
        [[studies.generated.ids[row["study"]], *(cell(row, c) for c in columns)] for row in rows],
    )
