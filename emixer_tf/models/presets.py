"""A preset is a folder that holds everything a model needs."""

import json
from datetime import date
from pathlib import Path

import keras

from emixer_tf.config import CONFIGURATIONS, EmixerConfig
from emixer_tf.files import file_digest, folder_written_whole
from emixer_tf.models.model_card import model_card
from emixer_tf.models.preset_files import CARD, NEEDED_FILES, PRESET_FILES, WEIGHTS
from emixer_tf.models.shipped_presets import preset_folder, shipped_presets
from emixer_tf.names import did_you_mean
from emixer_tf.version import __version__

_TERMS = ("licence", "attribution")


def save_preset(model, folder, card=None, command=None):
    """Write a model to a preset folder.

    Args:
        model: `StudyGenerator`.
        folder: Folder to make; an older preset there is replaced.
        card: `DatasetCard` of the data it was trained on, for the model card.
        command: The line that trains such a model, for the model card.

    Raises:
        FileExistsError: If the folder holds files that are not a preset's.
    """
    metadata = {
        "method": model.METHOD,
        "class": type(model).__name__,
        "steps": model.steps_taken(),
        "emixer_tf_version": __version__,
        "keras_version": keras.__version__,
        "parameter_count": model.count_params(),
        "date_saved": date.today().isoformat(),
        "data": card and {"name": card.name, "counts": card.counts, "notes": card.notes},
        "command": command,
        **model.terms,
    }
    write_preset(model, folder, metadata, model.save_weights)


def write_preset(model, folder, metadata, write_weights):
    """Write the files of a preset; the folder appears whole or not at all.

    Args:
        model: `StudyGenerator`.
        folder: Folder to make; an older preset there is replaced.
        metadata: Dict for `metadata.json` and the model card.
        write_weights: Function that writes the model's weights to a path.

    Raises:
        FileExistsError: If the folder holds files that are not a preset's.
    """
    metadata = {**metadata, "optimizers": model.get_compile_config() or None}
    _refuse_to_replace_other_files(Path(folder))
    with folder_written_whole(Path(folder)) as aside:
        (aside / "config.json").write_text(model.config.to_json(), encoding="utf-8")
        (aside / "vocabulary.json").write_text(
            json.dumps(model.vocabulary, indent=0), encoding="utf-8"
        )
        write_weights(aside / WEIGHTS)
        (aside / "metadata.json").write_text(json.dumps(metadata, indent=2), encoding="utf-8")
        (aside / CARD).write_text(model_card(model, metadata), encoding="utf-8")


def _refuse_to_replace_other_files(folder):
    others = [path.name for path in folder.glob("*") if path.name not in PRESET_FILES]
    if others:
        raise FileExistsError(
            f"{folder} holds {others[0]!r}, which would be lost. Remedy: name another folder."
        )


def load_preset(model_class, preset, load_weights):
    """Load a preset, or make an untrained model of a built-in configuration.

    Args:
        model_class: Subclass of `StudyGenerator`.
        preset: Folder, name of a shipped preset or of a built-in configuration, or handle of a
            hub.
        load_weights: Whether weights are loaded.

    Returns:
        The model; one of a folder has the optimizers that it was saved with, if it had any.

    Raises:
        FileNotFoundError: If a file of the preset is missing.
        ValueError: If the name is unknown, its weights are not shipped, or the preset is another
            method's.
    """
    folder = preset_folder(preset)
    if not folder.is_dir():
        return _built_in(model_class, str(preset), load_weights)
    _check_files(folder, NEEDED_FILES)
    metadata = read_metadata(folder)
    _check_method(model_class, folder, metadata)
    config = EmixerConfig.from_json((folder / "config.json").read_text())
    terms = {name: metadata[name] for name in _TERMS if metadata.get(name)}
    try:
        model = model_class(config, json.loads((folder / "vocabulary.json").read_text()), terms)
    except ValueError as error:
        raise ValueError(
            f"{folder}: {error} Remedy: take config.json and vocabulary.json of one preset."
        ) from error
    if metadata["optimizers"] is not None:
        _compile(model, metadata["optimizers"], folder)
    if load_weights:
        load_weights_checked(model, folder / WEIGHTS)
    return model


def _compile(model, optimizers, folder):
    try:
        model.compile_from_config(optimizers)
    except (TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"metadata.json of {folder} names optimizers that Keras does not make: "
            f"{str(error).splitlines()[0]} Remedy: register your own optimizer before loading, or "
            'set "optimizers" to null there, to generate alone.'
        ) from error


def preset_method(preset):
    """Return the method of a preset.

    Args:
        preset: Folder that `save_preset` wrote, name of a shipped preset, or handle of a hub.

    Returns:
        Name of the method in tables.

    Raises:
        FileNotFoundError: If the folder is no preset.
        ValueError: If there is no such folder, or `metadata.json` is damaged, or of an earlier
            version.
    """
    folder = preset_folder(preset)
    if not folder.is_dir() and str(preset) not in CONFIGURATIONS:
        raise _unknown(preset)
    return read_metadata(folder)["method"]


def weights_digest(folder):
    """Return the SHA-256 of a preset's weights, which tells it from any other.

    Args:
        folder: `pathlib.Path` of the preset.
    """
    return file_digest(folder / WEIGHTS)


def read_metadata(folder):
    """Return what `metadata.json` of a preset says.

    Args:
        folder: `pathlib.Path` of the preset.

    Raises:
        FileNotFoundError: If the file is missing.
        ValueError: If the file is damaged, or of an earlier version.
    """
    path = folder / "metadata.json"
    _check_files(folder, [path.name])
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(
            f"{path} is damaged ({error}). Remedy: take the one that the preset was saved with."
        ) from None
    if "optimizers" not in metadata:
        raise ValueError(
            f"{folder} was written by emixer_tf {metadata.get('emixer_tf_version')} before presets "
            "said which optimizers they hold. Remedy: load it with the code that wrote it, or "
            "train again."
        )
    return metadata


def _check_files(folder, names):
    for name in names:
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"{folder} is no preset: {name} is missing. save_to_preset writes "
                f"{', '.join(PRESET_FILES)}."
            )


def _check_method(model_class, folder, metadata):
    method = metadata["method"]
    if method != model_class.METHOD:
        raise ValueError(
            f"{folder} holds a preset of {method}, not of {model_class.METHOD}. Remedy: "
            f"{metadata['class']}.from_preset(folder), or "
            "emixer_tf.baselines.load_study_generator(folder), which takes any method's."
        )


def _built_in(model_class, name, load_weights):
    if name not in CONFIGURATIONS:
        raise _unknown(name)
    if load_weights:
        raise ValueError(
            f"No weights are shipped for {name!r} yet: train it with `emixer train --method "
            f"{model_class.METHOD} --config {name}`, or build it untrained with load_weights=False."
        )
    return model_class(model_class.adapted(CONFIGURATIONS[name]))


def _unknown(preset):
    return ValueError(
        f"{str(preset)!r} is neither a preset folder nor a built-in preset."
        f"{did_you_mean(str(preset), [*shipped_presets(), *CONFIGURATIONS])}"
    )


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
