import numpy as np

from emixer_tf.experiments.reader_study.by_label import (
    figure_by_label,
    label_table,
    ratings_by_label,
)
from emixer_tf.experiments.result_tables import UNDEFINED
from emixer_tf.reader_study.answers import GUESSES, Answers
from emixer_tf.reader_study.store import StudyItem

LABELS = [("Edema",), ("Edema", "Fracture"), (), ("Edema",), (), ("Edema",)]
ITEMS = [
    StudyItem(b"", "", kind, labels)
    for kind, labels in zip(("real",) * 3 + ("synthetic",) * 3, LABELS, strict=True)
]
FILMS = {"a": (8, 6, 7, 4, 5, 3), "b": (9, 7, 8, 5, 6, 4)}
FINISHED = {
    reader: [Answers(film, 7, 9, GUESSES[0]) for film in films] for reader, films in FILMS.items()
}


def test_ratings_stand_by_label():
    rows = label_table(ratings_by_label(FINISHED, ITEMS)).rows
    # Real films with edema got 8, 6, 9 and 7, synthetic ones 4, 3, 5 and 4.
    assert rows[0][:4] == ("Edema", "4", "7.500", "4.000")
    assert rows[1][:4] == ("Fracture", "1", "6.500", UNDEFINED)
    assert rows[2] == ("no label", "2", "7.500", "5.500", "7.000", "7.000", "9.000", "9.000")


def test_the_plot_shows_what_the_table_says():
    found = ratings_by_label(FINISHED, ITEMS)
    film, report, _ = figure_by_label(found).axes
    real, synthetic = (line.get_xdata() for line in film.lines)
    np.testing.assert_allclose(real, [7.5, 6.5, 7.5])
    np.testing.assert_allclose(synthetic, [4.0, np.nan, 5.5])
    assert set(report.lines[0].get_xdata()) == {7.0}
    assert [text.get_text() for text in film.get_yticklabels()] == [
        "Edema (4)",
        "Fracture (1)",
        "no label (2)",
    ]
