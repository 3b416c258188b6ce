import json

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from emixer_tf.models.emixer import EMIXER
from emixer_tf.training.callbacks import MetricLines, SampleSheets, StopAfter, StopWhenDiverged


@pytest.fixture(scope="module")
def model(tiny_config, tiny_vocabulary, make_studies):
    model = EMIXER(tiny_config, vocabulary=tiny_vocabulary)
    model.compile()
    model.train_on_batch(make_studies(tiny_config, tiny_config.studies_per_step))
    return model


def attached(callback, model):
    callback.set_model(model)
    callback.on_train_begin()
    return callback


def test_metric_lines_are_appended_as_json(model, tmp_path):
    for epoch in range(2):
        lines = attached(MetricLines(tmp_path / "run" / "metrics.jsonl"), model)
        lines.on_epoch_end(epoch, {"d_image": np.float32(1.5)})
    written = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["epoch"] for line in written] == [1, 2]
    assert json.loads(written[0])["d_image"] == 1.5
    assert json.loads(written[0])["step"] == 1


def test_metric_lines_after_the_last_checkpoint_are_written_again(model, tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"step": 1, "epoch": 1}\n{"step": 2, "epoch": 2}\n{"step": 3, "ep')
    assert model.steps_taken() == 1
    lines = attached(MetricLines(path), model)
    lines.on_epoch_end(1)
    assert [json.loads(line)["epoch"] for line in path.read_text().splitlines()] == [1, 2]


def test_sheets_come_every_few_epochs_and_reach_tensorboard(model, tmp_path):
    rows = np.eye(3, dtype="float32")
    sheets = SampleSheets(tmp_path / "sheets", rows, 2, tmp_path / "events")
    attached(sheets, model)
    sheets.on_epoch_end(0)
    assert not (tmp_path / "sheets").exists()
    sheets.on_epoch_end(1)
    with Image.open(tmp_path / "sheets" / "sheet-00000001.png") as sheet:
        drawn = np.asarray(sheet)
    (events,) = (tmp_path / "events").iterdir()
    images = [
        tf.io.decode_png(value.tensor.string_val[2]).numpy()
        for event in tf.compat.v1.train.summary_iterator(str(events))
        for value in event.summary.value
    ]
    assert len(images) == 1
    np.testing.assert_array_equal(images[0], drawn)


def test_divergence_ends_training_with_a_sentence():
    StopWhenDiverged().on_epoch_end(0, {"d_image": 1.0})
    with pytest.raises(FloatingPointError, match=r"epoch 3: g_image, words not finite"):
        StopWhenDiverged().on_epoch_end(
            2, {"d_image": 1.0, "g_image": float("nan"), "words": float("inf")}
        )


@pytest.mark.parametrize(("seconds", "stops"), [(29.0, True), (31.0, False)])
def test_training_stops_before_an_epoch_that_would_end_too_late(model, monkeypatch, seconds, stops):
    clock = iter([0.0, 10.0, 20.0])  # begin, then an epoch of 10 seconds: the next ends at 30
    monkeypatch.setattr("emixer_tf.training.callbacks.time.monotonic", lambda: next(clock))
    model.stop_training = False
    stopper = attached(StopAfter(seconds), model)
    stopper.on_epoch_begin(0)
    stopper.on_epoch_end(0)
    assert model.stop_training is stops
