"""From results of cells to the table that a page shows."""

from math import nan

from emixer_tf.experiments.cells.data import PhantomData
from emixer_tf.experiments.experiment import measurable, unlike_judges
from emixer_tf.experiments.plan import Arm
from emixer_tf.experiments.results import ResultRow, Study

STUDY = Study(
    name="comparison",
    title="",
    question="",
    paper_table="Table 1",
    columns={"auroc": "AUC", "said_as_asked": "F1", "fid": "FID"},
)


def test_columns_without_any_score_are_left_out_and_named():
    rows = [
        ResultRow("S", "EMIXER", 0, {"auroc": nan, "said_as_asked": nan}, ""),
        ResultRow("S", "EMIXER", 1, {"auroc": 0.5, "said_as_asked": None}, ""),
    ]
    study, notes = measurable(STUDY, rows)
    assert study.columns == {"auroc": "AUC"}
    assert notes == ["Not in the table, as these data give no score for it: F1, FID."]


def test_a_table_in_which_every_column_has_a_score_stays():
    rows = [ResultRow("S", "EMIXER", 0, dict.fromkeys(STUDY.columns, 0.0), "")]
    assert measurable(STUDY, rows) == (STUDY, [])


def _judged(*weights):
    """Arms of two seeds, whose judges have these weights."""
    cells = [PhantomData(seed, 4, 4, 16) for seed in range(len(weights))]
    arms = [Arm("S", "EMIXER", seed, (cell,)) for seed, cell in enumerate(cells)]
    keys = [cell.key for cell in cells]
    found = [{"extractors": [{"weights": weight}]} if weight else {} for weight in weights]
    return arms, dict(zip(keys, found, strict=True))


def test_films_that_were_judged_by_other_trainings_of_the_judges_are_named():
    (note,) = unlike_judges(*_judged("sha256:a", "sha256:b", "sha256:a", None))
    assert note.endswith("S of EMIXER, seed 0 2; S of EMIXER, seed 1.")


def test_of_judges_that_are_the_same_nothing_is_said():
    assert unlike_judges(*_judged("sha256:a", None, "sha256:a")) == []
