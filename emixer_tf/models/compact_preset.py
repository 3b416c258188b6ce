"""A preset small enough to ship: no optimizers, weights in half precision."""

from emixer_tf.models.half_precision import halve_weights
from emixer_tf.models.presets import write_preset


def without_optimizers(model):
    """Return a copy of a model that was never compiled, and knows how long it was trained.

    Args:
        model: `StudyGenerator`.
    """
    bare = type(model).from_config(model.get_config())
    bare.set_weights(model.get_weights())
    bare.earlier_steps.assign(model.steps_taken())
    return bare


def write_compact_preset(model, folder, metadata, evaluation=None, licence=None, attribution=()):
    """Write a preset without optimizers, its weights in half precision.

    Args:
        model: `StudyGenerator`.
        folder: `pathlib.Path` of the folder to make; an older preset there is replaced.
        metadata: Dict of the `metadata.json` that the model was saved with.
        evaluation: Dict of "headings", "rows" and "command" of what was measured, or None.
        licence: Name of the licence that the preset is under; None for that of the metadata, or the
            package's.
        attribution: Sentences about the data's authors and licence; none: those of the metadata.

    Raises:
        ValueError: If a weight is too large for half precision.
    """
    told = {"evaluation": evaluation, "licence": licence, "attribution": list(attribution)}
    told = {name: value for name, value in told.items() if value}
    told |= {"steps": model.steps_taken(), "precision": "float16"}
    model.refresh_statistics()
    bare = without_optimizers(model)

    def write_halved(path):
        whole = path.with_name(f"whole-{path.name}")
        bare.save_weights(whole)
        halve_weights(whole, path)
        whole.unlink()

    write_preset(bare, folder, {**metadata, **told}, write_halved)
