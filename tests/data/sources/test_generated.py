from collections import Counter

import numpy as np
import pytest
from small_tree import dropped, write_table

from emixer_tf.cli import main
from emixer_tf.data import DataError, read_card
from emixer_tf.data.flow import Flow
from emixer_tf.data.merge import merged
from emixer_tf.data.sources import phantom_studies, table
from emixer_tf.data.sources.generated import listing
from emixer_tf.models.generation import Studies

NAMES = ("Edema", "Fracture")


@pytest.fixture
def folder(tmp_path):
    def save(readings, reports=("Edema is seen.", "")):
        Studies(
            images=np.arange(128, dtype="uint8").reshape(2, 8, 8, 1),
            reports=list(reports),
            label_names=NAMES,
            label_values=np.array([[1.0, 0.0], [0.0, 1.0]]),
            seed=3,
            label_readings=readings,
        ).save(tmp_path)
        return tmp_path

    return save


def test_labels_are_probabilities_as_the_model_reads_its_films(folder):
    found = listing(Flow(), folder(np.array([[0.75, 0.125], [0.5, 1.0]])))
    assert found.labels == NAMES
    assert [study.labels for study in found.studies] == [
        {"Edema": 0.75, "Fracture": 0.125},
        {"Edema": 0.5, "Fracture": 1.0},
    ]


def test_labels_can_be_those_that_were_asked_for(folder):
    found = listing(Flow(), folder(np.full((2, 2), 0.5)), labels_from="asked")
    assert [list(study.labels.values()) for study in found.studies] == [[1.0, 0.0], [0.0, 1.0]]


def test_reports_and_films_are_those_of_the_table(folder):
    found = listing(Flow(), folder(None), labels_from="asked")
    assert [study.report for study in found.studies] == ["Edema is seen.", None]
    first, last = (study.film.read(8) for study in found.studies)
    np.testing.assert_allclose(first, np.arange(64).reshape(8, 8) / 255, atol=1e-6)
    np.testing.assert_allclose(last - first, np.full((8, 8), 64 / 255), atol=1e-6)


def test_beside_real_studies_generated_ones_are_trained_on_and_never_judge(folder, tmp_path):
    root = folder(np.full((2, 2), 0.5))
    films = [
        {"image": f"{root.name}.png", "Edema": i % 2, "patient": f"p{i}", "split": "test"}
        for i in range(3)
    ]
    write_table(tmp_path / "films.csv", "image,Edema,patient,split", films)
    real = table.listing(
        Flow(), tmp_path / "films.csv", label_columns=["Edema"], split_column="split"
    )
    both = merged(real, listing(Flow(), root))
    assert [study.split for study in both.studies] == ["test"] * 3 + ["train"] * 2
    assert [study.labels["Edema"] for study in both.studies] == [0.0, 1.0, 0.0, 0.5, 0.5]


def test_generated_studies_beside_phantoms_become_training_data(folder, tmp_path):
    out = tmp_path / "out"
    command = ["prepare", "generated", "--root", str(folder(np.full((2, 2), 0.75)))]
    other = ["--with", "phantom --n 40", "--resolution", "16", "--out", str(out), "--workers", "1"]
    assert main([*command, *other]) == 0
    card = read_card(out)
    alone = Counter(study.split for study in phantom_studies.listing(Flow(), 40, 0).studies)
    assert card.counts == {**alone, "train": alone["train"] + 2}
    generated = [note for note in card.notes if note.startswith("generated: ")]
    assert generated == [
        "generated: Generated studies of no patients, all in train.",
        "generated: Labels are probabilities; those above 0.5 are counted as positive.",
    ]


def test_films_of_a_model_that_reads_no_labels(folder):
    with pytest.raises(DataError, match=r"no column 'Edema \(read\)'.*--labels-from asked"):
        listing(Flow(), folder(None))


def test_a_table_without_labels(tmp_path):
    write_table(tmp_path / "studies.csv", "file,report,seed,index", [{"file": "a.png"}])
    with pytest.raises(DataError, match=r"studies\.csv has no column of labels"):
        listing(Flow(), tmp_path)


def test_a_table_without_films(tmp_path):
    write_table(tmp_path / "studies.csv", "Edema,report", [{"Edema": 1}])
    with pytest.raises(DataError, match=r"studies\.csv has no column 'file'"):
        listing(Flow(), tmp_path, labels_from="asked")


@pytest.mark.parametrize("cell", ["1.5", "-0.1", "nan", "", "yes"])
def test_a_label_that_is_no_probability_is_named_or_skipped(tmp_path, cell):
    header = "file,Edema,report,seed,index,Edema (read)"
    rows = [{"file": "a.png", "Edema (read)": cell}, {"file": "b.png", "Edema (read)": "0.2"}]
    write_table(tmp_path / "studies.csv", header, rows)
    with pytest.raises(DataError, match=rf"row 2: 'Edema \(read\)' is '{cell}', no number from"):
        listing(Flow(), tmp_path)
    flow = Flow(on_error="skip")
    assert [study.film.name for study in listing(flow, tmp_path).studies] == ["b.png"]
    assert sum(dropped(flow).values()) == 1
