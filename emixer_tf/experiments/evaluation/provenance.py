"""Whether generator and extractor were trained on the data they are measured on."""

import json
from pathlib import Path

from emixer_tf.models.shipped_presets import preset_folder


def notes_on_training_data(card, preset=None, classifier=None):
    """Return sentences on what was trained on which data, as far as folders tell.

    Args:
        card: `DatasetCard` of the data of the evaluation.
        preset: Folder or name of the generator's preset, or None.
        classifier: Folder of the classifier whose features are compared, or None.

    Returns:
        List of str.
    """
    notes = []
    data = {"name": card.name, "counts": card.counts, "notes": card.notes}
    generator = preset and _data_of(preset_folder(preset) / "metadata.json")
    if generator and generator != data:
        notes.append(
            f"The generator was trained on other data ({generator['name']}, "
            f"{generator['counts']}): what is said of copies and membership is about training "
            "studies that it never saw."
        )
    extractor = classifier and _data_of(Path(classifier) / "classifier.json")
    if extractor == data:
        notes.append(
            "The extractor was trained on the same train split: its features of training films "
            "differ from those of held-out ones for that reason alone, which makes the FID of "
            "training films larger. So judge membership by the value of real films beside it, or "
            "take an extractor trained on other data."
        )
    return notes


def _data_of(path):
    try:
        return json.loads(path.read_text(encoding="utf-8")).get("data")
    except (OSError, ValueError):
        return None
