"""A preset is a folder that holds everything a model needs."""

import difflib
import json
import os
import tempfile
from datetime import date
from pathlib import Path

import keras

from emixer_tf.config import CONFIGURATIONS, EmixerConfig
from emixer_tf.version import __version__

_FILES = ("config.json", "vocabulary.json", "model.weights.h5", "metadata.json", "README.md")


def save_preset(model, folder):
    """Write a model to a preset folder; each file appears whole or not at all.

    Args:
        model: `EMIXER`.
        folder: Folder to write into.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "config.json", model.config.to_json())
    write_whole(folder / "vocabulary.json", json.dumps(model.vocabulary, indent=0))
    save_weights_whole(model, folder / "model.weights.h5")
    metadata = {
        "emixer_tf_version": __version__,
        "keras_version": keras.__version__,
        "parameter_count": model.count_params(),
        "date_saved": date.today().isoformat(),
    }
    write_whole(folder / "metadata.json", json.dumps(metadata, indent=2))
    write_whole(folder / "README.md", _model_card(model, metadata))


def load_preset(model_class, preset, load_weights):
    """Load a preset folder, or make an untrained model of a built-in configuration.

    Args:
        model_class: `EMIXER`.
        preset: Folder or built-in name.
        load_weights: Whether weights are loaded.

    Returns:
        The model, compiled if its weights hold optimizers.

    Raises:
        FileNotFoundError: If a file of the preset is missing.
        ValueError: If the name is unknown, or its weights are not shipped.
    """
    folder = Path(preset)
    if not folder.is_dir():
        return _built_in(model_class, str(preset), load_weights)
    for name in _FILES[:3]:
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"{folder} is no preset: {name} is missing. save_to_preset writes "
                f"{', '.join(_FILES)}."
            )
    config = EmixerConfig.from_json((folder / "config.json").read_text())
    model = model_class(config, json.loads((folder / "vocabulary.json").read_text()))
    model.compile()
    if load_weights:
        load_weights_checked(model, folder / "model.weights.h5")
    return model


def _built_in(model_class, name, load_weights):
    if name not in CONFIGURATIONS:
        near = difflib.get_close_matches(name, CONFIGURATIONS, cutoff=0.4)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise ValueError(f"{name!r} is neither a preset folder nor a built-in preset.{hint}")
    if load_weights:
        raise ValueError(
            f"No weights are shipped for {name!r} yet: train it with `emixer train --config "
            f"{name}`, or build it untrained with load_weights=False."
        )
    return model_class(CONFIGURATIONS[name])


def write_whole(path, text):
    """Write a text file aside and rename it, so that no reader meets half of it."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(aside, path)


def save_weights_whole(model, path):
    """Write weights (with optimizers) aside and rename them."""
    aside = path.with_name(f".writing-{path.name}")
    model.save_weights(aside)
    os.replace(aside, path)


def load_weights_checked(model, path):
    """Load weights; a cut file, or one of another configuration, is named in one sentence.

    Raises:
        ValueError: If the file does not hold this model's weights.
    """
    try:
        model.load_weights(path)
    except (OSError, ValueError, KeyError) as error:
        raise ValueError(
            f"{path} does not hold the weights of this configuration, or was cut short: "
            f"{str(error).splitlines()[0]} Remedy: load it with the config.json it was saved with."
        ) from error


def _model_card(model, metadata):
    config = model.config
    return f"""---
library_name: keras
license: apache-2.0
tags: [emixer, chest-x-ray, report-generation, synthetic-data]
---
# EMIXER, {config.resolution} px, {len(config.labels)} labels

Generates chest films and reports from labels (arXiv:2007.05597).

- labels: {", ".join(config.labels)}
- generator steps trained: {model.steps_taken()}
- parameters: {metadata["parameter_count"]:,}
- written by emixer_tf {metadata["emixer_tf_version"]} on {metadata["date_saved"]}

Synthetic studies are not for diagnosis. `EMIXER.from_preset(folder)` loads this folder.
"""
