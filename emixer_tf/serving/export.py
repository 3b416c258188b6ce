"""Writing a model as a SavedModel that TensorFlow Serving runs."""

import json
import logging
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf

from emixer_tf.files import as_json, folder_written_whole
from emixer_tf.serving.server_files import model_name, write_server_files
from emixer_tf.serving.signatures import signatures
from emixer_tf.serving.warmup import WARMUP, can_write_warmup, example_requests, write_warmup
from emixer_tf.version import __version__

METADATA = "assets.extra/emixer.json"


def export_saved_model(
    model,
    folder,
    version=1,
    candidates=None,
    top_p=0.9,
    classifier=None,
    classifier_labels=None,
    overwrite=False,
):
    """Write a model as `folder/version/saved_model.pb`, with what a server wants beside it.

    `model.export(folder, version)` is the same.

    What it generates from a seed is what `model.generate(labels, seed=seed)` makes first. The
    signatures are told in `emixer_tf.serving.signatures` and docs/serving.md. Requests that warm
    the server up are written where the package `tensorflow-serving-api` (extra `serving`) is
    installed.

    Args:
        model: `EMIXER` or another `StudyGenerator`, with a vocabulary.
        folder: Folder of all versions; its name is the model's.
        version: Positive int; a server takes the highest one.
        candidates: Reports written for a film, as for `generate`; it costs as many times the
            writing.
        top_p: Of the words, as for `generate`.
        classifier: `keras.Model` from films in [-1, 1] to logits, for the signature `classify`.
        classifier_labels: Names of its logits, in order.
        overwrite: Whether this version is replaced if it is there.

    Returns:
        `pathlib.Path` of the version's folder.

    Raises:
        ValueError: If the version is not positive, the folder's name is none for a model, another
            version in it has other labels, the model has no vocabulary, nobody can choose among
            candidates, or the classifier reads films of no one square size, or has not as many
            labels as outputs.
        FileExistsError: If the version is there and `overwrite` is False.

    Example:

    >>> from tempfile import TemporaryDirectory
    >>> from emixer_tf import EMIXER
    >>> model = EMIXER.from_preset("emixer_phantom_64")
    >>> with TemporaryDirectory() as folder:
    ...     place = export_saved_model(model, f"{folder}/emixer", version=1, candidates=1)
    ...     sorted(path.name for path in place.parent.iterdir())
    ['1', 'batching_parameters.txt', 'models.config']
    """
    folder = Path(folder)
    place = folder / str(version)
    model_name(folder)
    _check_version(version, place, overwrite)
    if model.vocabulary is None:
        raise ValueError(
            "A model without a vocabulary writes no words. Remedy: load it from a preset, or make "
            "it with vocabulary=..."
        )
    candidates = model.checked_candidates(candidates)
    model.refresh_statistics()
    metadata = as_json(
        {
            "method": model.METHOD,
            "labels": model.config.labels,
            "resolution": model.config.resolution,
            "channels": model.config.channels,
            "candidates": candidates,
            "top_p": top_p,
            "steps": model.steps_taken(),
            "reads_film_labels": model.reads_film_labels,
            "describes_films": hasattr(model, "describe"),
            "classifier": None if classifier is None else _about(classifier, classifier_labels),
            "emixer_tf_version": __version__,
            **model.terms,
        }
    )
    _check_other_versions(folder, metadata)
    functions = signatures(model, metadata, candidates, top_p, classifier)
    with folder_written_whole(place) as aside, _without_notes_of_places():
        tf.saved_model.save(_owner(functions), str(aside), signatures=functions)
        if can_write_warmup():
            write_warmup(aside / WARMUP, example_requests(functions))
        (aside / METADATA).parent.mkdir(exist_ok=True)
        (aside / METADATA).write_text(json.dumps(metadata, indent=1), encoding="utf-8")
    write_server_files(folder)
    return place


def _check_version(version, place, overwrite):
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise ValueError(
            f"A version is a positive number. Received: version={version!r}. Remedy: 1, or one "
            "more than the last."
        )
    if place.exists() and not overwrite:
        raise FileExistsError(
            f"{place} exists already. Remedy: a higher version, which servers take by themselves, "
            "or overwrite it."
        )


def _check_other_versions(folder, metadata):
    """Refuse a version with other labels: clients that know the last one would mistake them."""
    for file in folder.glob(f"*/{METADATA}"):
        other = json.loads(file.read_text(encoding="utf-8"))
        if other["labels"] != metadata["labels"]:
            raise ValueError(
                f"{file.parents[1]} has other labels: {', '.join(other['labels'])}. Clients go "
                "from version to version unasked. Remedy: export to a folder of another name."
            )


@contextmanager
def _without_notes_of_places():
    """Keep TensorFlow from telling a place that is renamed a moment later."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)


def _about(classifier, labels):
    """Return labels and size of a classifier, as the metadata tell them."""
    _, height, width, channels = classifier.input_shape
    if height is None or height != width:
        raise ValueError(
            f"A classifier reads square films of one size. Received: input_shape="
            f"{classifier.input_shape}. Remedy: one that `emixer train-classifier` made."
        )
    outputs = classifier.output_shape[-1]
    if len(labels or ()) != outputs:
        raise ValueError(
            f"A classifier with {outputs} outputs needs as many names in classifier_labels. "
            f"Received: {labels}. Remedy: those of its card (`read_classifier_card`)."
        )
    return {"labels": labels, "resolution": height, "channels": channels}


def _owner(functions):
    """Return a module that owns the variables that functions read, each once.

    Tracking the model would store every variable twice, and those of critics and optimizers too.
    """
    owner = tf.Module()
    owner.weights = list(
        {id(v): v for function in functions.values() for v in function.variables}.values()
    )
    return owner
