"""Callbacks of a training: what it leaves behind to be looked at, and when it ends."""

import json
import math
import time
from pathlib import Path

import keras
import numpy as np

from emixer_tf.files import write_whole
from emixer_tf.sheets import contact_sheet


class MetricLines(keras.callbacks.Callback):
    """Append one JSON line an epoch: step, seconds, and every logged value.

    Args:
        path: The `.jsonl` file; its folder is made where it does not exist.

    Example:

    >>> from tempfile import TemporaryDirectory
    >>> from types import SimpleNamespace
    >>> with TemporaryDirectory() as folder:
    ...     lines = MetricLines(f"{folder}/metrics.jsonl")
    ...     lines.set_model(SimpleNamespace(steps_taken=lambda: 100))  # a model, as `fit` sets it
    ...     lines.on_train_begin()
    ...     lines.on_epoch_end(0, {"d_image": 0.5})
    ...     print(lines.path.read_text())
    {"step": 100, "epoch": 1, "seconds": ..., "d_image": 0.5}
    >>> model.fit(dataset, callbacks=[MetricLines("run/metrics.jsonl")])  # doctest: +SKIP
    """

    def __init__(self, path):
        super().__init__()
        self.path = Path(path)

    def on_train_begin(self, logs=None):
        """Start the clock, and drop lines that a killed run wrote after its last checkpoint."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._begin = time.monotonic()
        if self.path.is_file():
            lines = self.path.read_text(encoding="utf-8").splitlines(keepends=True)
            reached = self.model.steps_taken()
            kept = [line for line in lines if _step_of(line) <= reached]
            write_whole(self.path, "".join(kept))

    def on_epoch_end(self, epoch, logs=None):
        """Write the line."""
        line = {
            "step": self.model.steps_taken(),
            "epoch": epoch + 1,
            "seconds": round(time.monotonic() - self._begin, 2),
            **{name: float(value) for name, value in (logs or {}).items()},
        }
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _step_of(line):
    try:
        return json.loads(line)["step"]
    except json.JSONDecodeError:  # a kill cut it short
        return math.inf


class SampleSheets(keras.callbacks.Callback):
    """Draw a sheet of generated studies, always of the same labels and seed.

    Args:
        folder: Folder for `sheet-STEP.png`.
        label_rows: float `[n, label_count]`, the labels to make.
        every_epochs: Epochs between two sheets.
        tensorboard_folder: Where to write the sheet for TensorBoard too; None for not at all.

    Example:

    >>> from tempfile import TemporaryDirectory
    >>> from types import SimpleNamespace
    >>> from emixer_tf.models.generation import Studies
    >>> def generate(rows, seed):
    ...     films = np.zeros((len(rows), 16, 16, 1), "uint8")
    ...     return Studies(films, ["No edema."] * len(rows), ("Edema",), rows, seed)
    >>> with TemporaryDirectory() as folder:
    ...     sheets = SampleSheets(folder, label_rows=[[0.0], [1.0]], every_epochs=5)
    ...     sheets.set_model(SimpleNamespace(generate=generate, steps_taken=lambda: 500))
    ...     for epoch in range(5):
    ...         sheets.on_epoch_end(epoch)
    ...     print([path.name for path in sheets.folder.iterdir()])
    ['sheet-00000500.png']
    >>> model.fit(dataset, epochs=20, callbacks=[sheets])  # doctest: +SKIP
    """

    def __init__(self, folder, label_rows, every_epochs=1, tensorboard_folder=None):
        super().__init__()
        self.folder = Path(folder)
        self.label_rows = np.asarray(label_rows, "float32")
        self.every_epochs = every_epochs
        self.tensorboard_folder = tensorboard_folder

    def on_epoch_end(self, epoch, logs=None):
        """Draw the sheet."""
        if (epoch + 1) % self.every_epochs:
            return
        studies = self.model.generate(self.label_rows, seed=0)
        sheet = contact_sheet(
            studies.images,
            [studies.title(i) for i in range(len(studies.images))],
            studies.reports,
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        step = self.model.steps_taken()
        sheet.save(self.folder / f"sheet-{step:08d}.png")
        if self.tensorboard_folder is not None:
            self._to_tensorboard(sheet, step)

    def _to_tensorboard(self, sheet, step):
        import tensorflow as tf

        with tf.summary.create_file_writer(str(self.tensorboard_folder)).as_default():
            tf.summary.image("studies", np.asarray(sheet)[None], step=step)


class StopWhenDiverged(keras.callbacks.Callback):
    """End the training with a sentence when a loss is no number any more.

    Raises:
        FloatingPointError: At the end of an epoch in which the mean of a logged value is not
            finite.

    Example:

    >>> model.fit(dataset, callbacks=[StopWhenDiverged()])  # doctest: +SKIP
    >>> StopWhenDiverged().on_epoch_end(2, {"d_image": 0.5, "g_image": float("nan")})
    Traceback (most recent call last):
        ...
    FloatingPointError: Training diverged in epoch 3: g_image not finite. Remedy: ...
    """

    def on_epoch_end(self, epoch, logs=None):
        """Look at the epoch's means."""
        bad = [name for name, value in (logs or {}).items() if not math.isfinite(float(value))]
        if bad:
            raise FloatingPointError(
                f"Training diverged in epoch {epoch + 1}: {', '.join(bad)} not finite. "
                "Remedy: train into another folder with lower learning rates; this training's "
                "last checkpoint would diverge again."
            )


class StopAfter(keras.callbacks.Callback):
    """End the training with the last whole epoch that fits into a number of seconds.

    A checkpoint then stands at an epoch's end, where it can be resumed. The first epoch is run in
    any case.

    Args:
        seconds: Counted from the begin of `fit`, the tracing of the first step included.

    Example:

    >>> model = keras.Sequential([keras.layers.Dense(1)])
    >>> model.compile(loss="mse")
    >>> x = np.ones((4, 1))
    >>> model.fit(x, x, epochs=100, callbacks=[StopAfter(seconds=0)], verbose=0).epoch
    [0]
    """

    def __init__(self, seconds):
        super().__init__()
        self.seconds = seconds

    def on_train_begin(self, logs=None):
        """Start the clock."""
        self._end = time.monotonic() + self.seconds

    def on_epoch_begin(self, epoch, logs=None):
        """Start the epoch's clock."""
        self._epoch_begin = time.monotonic()

    def on_epoch_end(self, epoch, logs=None):
        """Stop if another epoch as long as this one would end too late."""
        now = time.monotonic()
        if now + (now - self._epoch_begin) > self._end:
            self.model.stop_training = True
