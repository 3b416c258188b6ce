"""The trained presets that come with the package, by name."""

from pathlib import Path

from emixer_tf.models.hub_presets import hub_folder, is_hub_handle

_PACKAGE = Path(__file__).resolve().parents[1]
# Beside the modules of an installed package, beside the package in a checkout.
_PLACES = (_PACKAGE / "saved_models", _PACKAGE.parent / "saved_models")


def shipped_presets():
    """Return the folders of the shipped presets by name.

    Returns:
        Dict from names to `pathlib.Path`, sorted by name.
    """
    found = {
        file.parent.name: file.parent
        for place in _PLACES
        for file in place.glob("emixer_*/config.json")
    }
    return dict(sorted(found.items()))


def preset_folder(preset):
    """Return the folder of a preset.

    Args:
        preset: Folder, name of a shipped preset, or handle of a hub (`hub_folder`).

    Returns:
        `pathlib.Path`; a folder of that name comes before a shipped preset, and what is neither is
        returned as it is.

    Raises:
        ImportError, OSError: As `hub_folder`.
    """
    if is_hub_handle(preset):
        return hub_folder(str(preset))
    folder = Path(preset)
    return folder if folder.is_dir() else shipped_presets().get(str(preset), folder)
