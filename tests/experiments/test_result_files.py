import csv
import json
import math
import re
from html.parser import HTMLParser

import pytest
from PIL import Image

from emixer_tf.experiments.result_files import read_results, write_results
from emixer_tf.experiments.result_plot import figure_of_results
from emixer_tf.experiments.results import ResultRow, Study, summaries


def a_study(**changes):
    settings = {
        "name": "augmentation",
        "title": "Augmentation <of> films",
        "question": "Does it help?",
        "paper_table": "Table 1",
        "columns": {"auroc": "AUC", "fid": "FID"},
        "lower_is_better": frozenset({"fid"}),
        "reference_arm": "only real",
    }
    return Study(**{**settings, **changes})


def some_rows():
    rows = [
        ResultRow("only real", "", seed, {"auroc": auroc, "fid": None}, f"cell{seed}")
        for seed, auroc in enumerate([0.80, 0.82, 0.81])
    ]
    rows += [
        ResultRow("R | S", "EMIXER", seed, {"auroc": auroc, "fid": 12.5, "extra": 1 / 3}, "cellx")
        for seed, auroc in enumerate([0.84, 0.85, 0.86])
    ]
    return rows


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("written")
    notes = ["A <b>caution</b> with a | and *stars*."]
    write_results(folder, a_study(), some_rows(), notes, "emixer experiment x --seed 3")
    return folder


class Cells(HTMLParser):
    def __init__(self):
        super().__init__()
        self.rows, self.open = [], False

    def handle_starttag(self, tag, attrs):
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.open = True
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data):
        if self.open:
            self.rows[-1][-1] += data


def test_rows_are_read_back_as_they_were(written):
    read = read_results(written)
    assert [(row.arm, row.method, row.seed, row.cell) for row in read] == [
        (row.arm, row.method, row.seed, row.cell) for row in some_rows()
    ]
    assert read[3].scores == some_rows()[3].scores
    assert math.isnan(read[0].scores["fid"])
    for line in (written / "results.jsonl").read_text().splitlines():
        assert "NaN" not in json.dumps(json.loads(line, parse_constant=pytest.fail))


def test_the_csv_has_a_line_a_row_and_a_column_a_score(written):
    with open(written / "results.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["arm", "method", "seed", "auroc", "fid", "extra", "cell"]
    assert len(rows) == 6
    assert rows[0]["fid"] == ""
    assert float(rows[3]["extra"]) == 1 / 3
    assert rows[3]["arm"] == "R | S"


def test_markdown_shows_means_differences_and_the_papers_numbers(written):
    text = (written / "table.md").read_text(encoding="utf-8")
    assert "| only real | – | 0.810 ± 0.0100 (3) | – |" in text
    assert r"| R \| S | EMIXER | 0.850 ± 0.0100 (3) | 12.50 ± 0.000 (3) |" in text
    assert r"| R \| S | EMIXER | +0.040 (p = 0.020) \* | – |" in text
    assert "FID (lower is better)" in text
    assert "| R 100k + S 600k | EMIXER | 0.873 ± 0.0025 (+0.049) |" in text
    assert "other data, other sizes: not comparable in level" in text
    assert r"A \<b\>caution\</b\> with a \| and \*stars\*." in text
    assert "Without a score, and shown as –: FID of only real." in text
    assert "    emixer experiment x --seed 3" in text


def test_arms_that_lack_the_same_scores_are_named_together(tmp_path):
    rows = [
        ResultRow("only real", "", 0, {"auroc": 0.8, "fid": None}),
        ResultRow("S", "EMIXER", 0, {"auroc": 0.7, "fid": 3.0}),
        ResultRow("S as read", "EMIXER", 0, {"auroc": 0.7, "fid": None}),
        ResultRow("S unread", "EMIXER", 0, {}),
    ]
    write_results(tmp_path, a_study(), rows, [])
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    named = "FID of only real and of S as read, EMIXER; AUC, FID of S unread, EMIXER."
    assert f"Without a score, and shown as –: {named}" in text


def test_a_table_of_many_scores_and_few_arms_has_a_row_a_score(tmp_path):
    from emixer_tf.experiments.paper_tables import paper_table

    columns = paper_table("Table 5").columns
    scores = dict(zip(columns, [i / 100 for i in range(12)], strict=True))
    rows = [ResultRow("scratch", "", 0, scores), ResultRow("S", "EMIXER", 0, scores)]
    study = a_study(paper_table="Table 5", columns=columns, reference_arm="scratch")
    write_results(tmp_path, study, rows, [])
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert "| Arm | scratch | S |\n|---|---|---|\n| Method | – | EMIXER |\n" in text
    assert "| COVID-19: PPV | 0.110 (1) | 0.110 (1) |" in text
    assert "| Arm | S |" in text
    assert "| COVID-19: AUC | 0.853 ± 0.0033 | 0.921 ± 0.0014 (+0.068) |" in text


def test_every_line_of_a_markdown_table_has_as_many_cells_as_its_head(written):
    text = (written / "table.md").read_text(encoding="utf-8")
    tables = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(tables) == 3
    for table in tables:
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(counts) == 1


def test_the_page_holds_tables_the_plot_cells_and_the_command(written):
    page = (written / "index.html").read_text(encoding="utf-8")
    cells = Cells()
    cells.feed(page)
    assert ["R | S", "EMIXER", "0.850 ± 0.0100 (3)", "12.50 ± 0.000 (3)"] in cells.rows
    assert ["only real", "–", "1", "cell1"] in cells.rows
    assert "A &lt;b&gt;caution&lt;/b&gt;" in page
    assert "<title>Augmentation &lt;of&gt; films</title>" in page
    assert "<pre>emixer experiment x --seed 3</pre>" in page
    assert 'src="plot.png"' in page


def test_the_plot_shows_each_seed_at_its_score(written):
    with Image.open(written / "plot.png") as image:
        assert image.size[0] > 1000
    rows = some_rows()
    figure = figure_of_results(rows, a_study(), summaries(rows, a_study()))
    ours = figure.axes[0]
    dots = [line.get_xdata() for line in ours.lines if line.get_marker() == "o"]
    assert [list(values) for values in dots] == [[0.80, 0.82, 0.81], [0.84, 0.85, 0.86]]
    diamonds = [line.get_xdata()[0] for line in ours.lines if line.get_marker() == "D"]
    assert diamonds == pytest.approx([0.81, 0.85])


def test_the_papers_numbers_stand_in_panels_of_their_own():
    from emixer_tf.experiments.paper_tables import paper_table

    rows = some_rows()
    study = a_study(columns={"fid": "FID", "auroc": "AUC"})
    figure = figure_of_results(rows, study, summaries(rows, study), paper_table("Table 1"))
    titles = [axes.get_title() for axes in figure.axes if axes.axison]
    assert titles == ["FID (lower is better): ours", "AUC: ours", "AUC: the paper"]
    shown = figure.axes[3].lines
    diamonds = {line.get_xdata()[0] for line in shown if line.get_marker() == "D"}
    assert {0.824, 0.873} <= diamonds


def test_a_row_of_panels_shows_only_arms_that_have_a_score_there():
    columns = {f"score_{place}": f"Score {place}" for place in range(8)}
    study = a_study(columns=columns, reference_arm=None)
    first = dict.fromkeys(columns, math.nan) | {"score_0": 0.5}
    last = dict.fromkeys(columns, math.nan) | {"score_7": 0.5}
    rows = [ResultRow("films", "EMIXER", 0, first), ResultRow("reports", "EMIXER", 0, last)]
    figure = figure_of_results(rows, study, summaries(rows, study))
    named = [[label.get_text() for label in axes.get_yticklabels()] for axes in figure.axes]
    assert named[0] == ["films"]
    assert named[4] == ["reports"]


def test_a_study_that_is_not_in_the_paper_has_no_papers_table(tmp_path):
    write_results(tmp_path, a_study(paper_table=""), some_rows(), [])
    assert "paper" not in (tmp_path / "table.md").read_text(encoding="utf-8").lower()


@pytest.mark.parametrize("table", ["Table 1", "Table 2", "Table 5", "Table 9", "Fig. 2"])
def test_one_row_of_any_study_makes_a_page(tmp_path, table):
    study = a_study(paper_table=table, columns={"auroc": "AUC"}, reference_arm=None)
    write_results(tmp_path, study, [ResultRow("S alone", "EMIXER", 7, {"auroc": None})], [])
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert "| S alone | EMIXER | – |" in text
    assert "One seed: there is no spread" in text


def test_a_missing_reference_arm_is_told(tmp_path):
    write_results(tmp_path, a_study(), some_rows()[3:], [])
    text = (tmp_path / "table.md").read_text(encoding="utf-8")
    assert "There is no row of only real yet, so nothing is compared." in text


def test_writing_again_replaces_the_files_and_leaves_others(tmp_path):
    (tmp_path / "cell.json").write_text("{}")
    for count in (4, 1):
        write_results(tmp_path, a_study(paper_table=""), some_rows()[:count], [])
    assert len(read_results(tmp_path)) == 1
    assert (tmp_path / "cell.json").is_file()
    assert not list(tmp_path.glob(".writing*"))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 1 is no row"),
        ("[]", "its fields are not arm, method, seed, scores, cell"),
        ('{"arm": "a"}', "its fields are not"),
        ('{"arm": "a", "method": "", "seed": "0", "scores": {}, "cell": ""}', "seed is '0'"),
    ],
)
def test_a_damaged_line_is_refused(tmp_path, line, told):
    (tmp_path / "results.jsonl").write_text(line + "\n")
    with pytest.raises(ValueError, match=told):
        read_results(tmp_path)


def test_results_that_are_not_there_are_refused(tmp_path):
    with pytest.raises(ValueError, match="is not there"):
        read_results(tmp_path)
