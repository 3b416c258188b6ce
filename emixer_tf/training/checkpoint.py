"""Checkpoints that make an interrupted training go on as if nothing had happened."""

import json
import os
import shutil
import warnings
from pathlib import Path

import keras

from emixer_tf.files import write_whole
from emixer_tf.models.presets import load_weights_checked

_STATE = "checkpoint.json"


class Checkpoint(keras.callbacks.Callback):
    """Save weights, optimizers, moving averages and the step at the end of every epoch.

    Noise and data are functions of the step (see `RandomStream` and `load_dataset`), so the step
    is all the random state and the data position there is: `resume` continues bit for bit.
    The older checkpoint goes only when the newer one stands.

    Args:
        folder: Folder for the checkpoint.

    Example:

    ```python
    start = resume(model, "run")  # 0 for a new run
    dataset = load_dataset("data", "train", model.config.studies_per_step, start_step=start)
    model.fit(dataset, initial_epoch=start // 100, epochs=20, steps_per_epoch=100,
              callbacks=[Checkpoint("run")])
    ```
    """

    def __init__(self, folder):
        super().__init__()
        self.folder = Path(folder)

    def on_epoch_end(self, epoch, logs=None):
        """Write a checkpoint and remove the one before."""
        self.folder.mkdir(parents=True, exist_ok=True)
        step = self.model.steps_taken()
        weights = self.folder / f"step-{step:08d}.weights.h5"
        _save_weights_whole(self.model, weights)
        state = {
            "step": step,
            "method": self.model.METHOD,
            "weights": weights.name,
            "config": self.model.config.to_dict(),
            "vocabulary": self.model.vocabulary,
            "optimizers": _optimizers(self.model),
        }
        write_whole(self.folder / _STATE, json.dumps(state, indent=2))
        for older in self.folder.glob("step-*.weights.h5"):
            if older != weights:
                older.unlink()


def _save_weights_whole(model, path):
    """Write weights (with optimizers) aside and rename them."""
    aside = path.with_name(f".writing-{path.name}")
    model.save_weights(aside)
    with open(aside, "rb+") as file:
        os.fsync(file.fileno())  # on disk before the older checkpoint goes
    os.replace(aside, path)


def go_on_from(other, folder):
    """Let a training in a folder go on from where another one stands, unless it has begun.

    Args:
        other: Folder of the other training, which stays as it is.
        folder: Folder of the training.
    """
    if (Path(folder) / _STATE).is_file():
        return
    all_but_state = shutil.ignore_patterns(_STATE)
    shutil.copytree(other, folder, ignore=all_but_state, dirs_exist_ok=True)
    shutil.copy(Path(other) / _STATE, folder)  # last, as it is what `resume` goes by


def resume(model, folder):
    """Load the newest checkpoint of a folder into a compiled model.

    Args:
        model: Compiled `StudyGenerator`.
        folder: Folder a `Checkpoint` wrote to.

    Returns:
        How many steps of this training were taken, not counting those of a preset that it began
        with; 0 where the folder holds no checkpoint.

    Raises:
        ValueError: If the checkpoint is of another method, configuration or vocabulary, or of
            other optimizers.
    """
    state_file = Path(folder) / _STATE
    if not state_file.is_file():
        return 0
    state = json.loads(state_file.read_text())
    method = state["method"]
    if method != model.METHOD:
        raise ValueError(
            f"{state_file} was written by a training of {method}, not of {model.METHOD}. Remedy: "
            f"train into another folder, or with --method {method}."
        )
    differing = [
        f"{name} ({state['config'].get(name)!r} there, {value!r} here)"
        for name, value in model.config.to_dict().items()
        if state["config"].get(name) != value
    ]
    if differing:
        raise ValueError(
            f"{state_file} was written by another configuration: {'; '.join(differing)}. "
            "Remedy: train into another folder, or with the configuration it was begun with."
        )
    if state["vocabulary"] != (model.vocabulary and list(model.vocabulary)):
        raise ValueError(
            f"{state_file} was written with the vocabulary of another data set, as long as this "
            "one but of other words. Remedy: train into another folder, or on the data set it was "
            "begun with."
        )
    optimizers = _optimizers(model)
    if state.get("optimizers", optimizers) != optimizers:
        raise ValueError(
            f"{state_file} was written with the optimizers {_named(state['optimizers'])}, the "
            f"model has {_named(optimizers)}. Remedy: compile() the model as when the training "
            "began; `resume` comes after."
        )
    with warnings.catch_warnings():
        # Keras leaves an optimizer of other variables as it is, and only warns.
        warnings.filterwarnings("error", message="Skipping variable loading for optimizer")
        load_weights_checked(model, state_file.parent / state["weights"])
    return int(model.step - model.earlier_steps)


def _optimizers(model):
    return {name: item["class_name"] for name, item in model.get_compile_config().items()}


def _named(optimizers):
    return ", ".join(optimizers.values()) or "none"
