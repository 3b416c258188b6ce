import numpy as np

from emixer_tf.experiments.cells.classifiers import NothingFound
from emixer_tf.experiments.cells.data import PhantomData, RealStudies
from emixer_tf.experiments.study_arrays import StudyArrays


def test_nothing_found_is_as_accurate_as_labels_are_rare(tmp_path):
    labels = np.array([[1, 0], [0, 0], [0, 1], [0, 1]], "float32")
    mask = np.array([[1, 1], [1, 1], [1, 1], [1, 0]], "float32")
    StudyArrays(
        films=np.zeros((4, 2, 2, 1), "uint8"),
        tokens=np.zeros((4, 1, 1), "int32"),
        labels=labels,
        label_mask=mask,
        reported=np.zeros(4, "float32"),
        reports=[""] * 4,
    ).save(tmp_path / "test")
    (tmp_path / "names.json").write_text('{"labels": ["a", "b"], "vocabulary": []}')
    cell = NothingFound(RealStudies(PhantomData(1, 1, 4, 2)))
    scores = cell.run(tmp_path, {"real": tmp_path})["scores"]
    assert scores == {"auroc": 0.5, "accuracy": (3 / 4 + 2 / 3) / 2}
