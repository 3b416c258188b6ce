"""From results of cells to the table that a page shows."""

from math import nan

from emixer_tf.experiments.experiment import measurable
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
