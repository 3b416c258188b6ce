import math
import re
from pathlib import Path

import numpy as np
import pytest

from emixer_tf.experiments.paper_tables import FIGURE_2_KAPPA, PAPER_TABLES, paper_table

PAPER = Path(__file__).resolve().parents[3] / "shared" / "paper" / "emixer_2007.05597.txt"


def mean(table, arm, method, column):
    return paper_table(table).score(arm, method, column)[0]


def relative_gain(old, new):
    return 100 * (new - old) / old


def test_the_tables_have_the_papers_shape():
    shapes = {name: (len(table.rows), len(table.columns)) for name, table in PAPER_TABLES.items()}
    assert shapes == {
        "Table 1": (17, 7),
        "Table 2": (5, 2),
        "Table 3": (6, 3),
        "Table 5": (3, 12),
        "Table 9": (4, 5),
        "Table 10": (17, 2),
        "Fig. 2": (2, 1),
    }


@pytest.mark.parametrize("table", PAPER_TABLES.values(), ids=lambda table: table.name)
def test_no_arm_stands_twice_and_each_has_all_columns(table):
    arms = [(row.arm, row.method) for row in table.rows]
    assert len(set(arms)) == len(arms)
    for row in table.rows:
        assert list(row.scores) == list(table.columns)
        assert all(value > 0 and (sd is None or sd > 0) for value, sd in row.scores.values())
    assert table.reference_arm is None or table.reference_arm in {row.arm for row in table.rows}


@pytest.mark.parametrize(
    ("table", "arm", "method", "column", "printed"),
    [
        ("Table 1", "R 100k", "", "cider", (0.712, 0.0014)),
        ("Table 1", "R 100k + S 600k", "EMIXER", "bleu_4", (0.132, 0.0052)),
        ("Table 1", "R 100k + S 300k", "CoGAN", "accuracy", (0.857, 0.0024)),
        ("Table 1", "R 100k + S 50k", "JointGAN", "auroc", (0.798, 0.0012)),
        ("Table 1", "R 100k + S 600k", "SM-GAN", "bleu_1", (0.275, 0.0011)),
        ("Table 2", "R 100k + S 300k", "EMIXER", "accuracy", (0.924, 0.0012)),
        ("Table 3", "30 % of labels", "EMIXER", "fid", (12.84, 0.0021)),
        ("Table 5", "COVID samples", "", "ppv/normal", (0.834, 0.0021)),
        ("Table 5", "pre-trained on CheXpert", "", "sensitivity/covid19", (0.863, 0.0021)),
        (
            "Table 5",
            "pre-trained on CheXpert + S 250k",
            "EMIXER",
            "auroc/viral_pneumonia",
            (0.948, 0.0031),
        ),
        ("Table 9", "S 100k", "EMIXER", "auroc/Pleural Effusion", (0.728, None)),
        ("Table 10", "R 20k + S 80k", "CoGAN", "accuracy", (0.746, None)),
        ("Fig. 2", "synthetic", "EMIXER", "rating", (7.34, 1.321)),
    ],
)
def test_cells_are_the_papers(table, arm, method, column, printed):
    assert paper_table(table).score(arm, method, column) == printed


def test_the_remarks_on_gains_follow_from_the_cells():
    real, most = ("R 100k", ""), ("R 100k + S 600k", "EMIXER")
    gains = [
        relative_gain(mean("Table 1", *real, column), mean("Table 1", *most, column))
        for column in ("auroc", "accuracy", "cider")
    ]
    assert [round(gain, 2) for gain in gains] == [5.95, 4.49, 9.97]
    less = mean("Table 1", "R 100k + S 300k", "EMIXER", "cider")
    assert round(relative_gain(0.712, less), 2) == 7.16
    told = " ".join(paper_table("Table 1").remarks)
    for number in ("+5.95 %", "+4.49 %", "+9.97 %", "+7.16 %"):
        assert number in told
    every_gain = [
        relative_gain(0.712, row.scores["cider"][0]) for row in paper_table("Table 1").rows
    ]
    assert min(abs(gain - 6.9) for gain in every_gain) > 0.2  # "fits no cell"


def test_the_remark_on_covid_follows_from_the_cells():
    arms = [(row.arm, row.method) for row in paper_table("Table 5").rows]
    scratch, real, both = (mean("Table 5", *arm, "auroc/covid19") for arm in arms)
    assert round(relative_gain(scratch, both), 1) == 11.7
    assert round(both - real, 3) == 0.032


def test_joint_gan_and_sm_gan_are_equal_in_table_3():
    scores = [
        [value for value, _ in row.scores.values()]
        for row in paper_table("Table 3").rows
        if row.method in ("JointGAN", "SM-GAN")
    ]
    assert scores[0] == scores[1]


def test_the_means_over_diseases_in_table_9_are_those_of_its_remark():
    means = {
        row.method: round(float(np.mean([value for value, _ in row.scores.values()])), 3)
        for row in paper_table("Table 9").rows
    }
    assert means == {"": 0.776, "EMIXER": 0.736, "CoGAN": 0.732, "JointGAN": 0.727}


def test_the_six_per_cent_of_table_10_are_those_of_forty_per_cent_fewer_films():
    fewer = [
        relative_gain(0.824, mean("Table 10", arm, "EMIXER", "auroc"))
        for arm in ("R 60k + S 40k", "R 20k + S 80k")
    ]
    assert [round(loss, 1) for loss in fewer] == [-6.2, -8.3]


def test_the_difference_of_the_ratings():
    assert round(mean("Fig. 2", "real", "", "rating") - 7.34, 3) == 0.485
    assert FIGURE_2_KAPPA == 0.832


def test_an_unknown_table_or_row_is_refused():
    with pytest.raises(ValueError, match="Did you mean 'Table 1'"):
        paper_table("Tabel 1")
    with pytest.raises(KeyError, match="no row 'R 1'"):
        paper_table("Table 1").score("R 1", "", "auroc")


def test_every_number_with_a_spread_is_printed_so_in_the_paper():
    if not PAPER.is_file():
        pytest.skip("the text of the paper is not here")
    text = PAPER.read_text(encoding="utf-8")
    printed = {
        (float(value), float(sd)) for value, sd in re.findall(r"(\d*\.\d+) ?± ?(\d+\.\d+)", text)
    }
    ours = {
        pair
        for table in PAPER_TABLES.values()
        for row in table.rows
        for pair in row.scores.values()
        if pair[1] is not None
    }
    assert len(ours) > 150
    assert ours == printed
    plain = {float(value) for value in re.findall(r"(?<!\d)0?\.\d{3}(?!\d)", text)}
    without = {
        value
        for table in PAPER_TABLES.values()
        for row in table.rows
        for value, sd in row.scores.values()
        if sd is None
    }
    assert without <= plain
    assert not any(math.isnan(value) for value in without)
