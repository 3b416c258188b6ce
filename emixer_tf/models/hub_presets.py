"""Presets on the hubs of Hugging Face and Kaggle, fetched into the hubs' own caches."""

from functools import cache
from pathlib import Path

from emixer_tf.models.preset_files import PRESET_FILES


def is_hub_handle(preset):
    """Return whether a preset's name is a handle of a hub.

    Example:

    >>> is_hub_handle("hf://somebody/emixer"), is_hub_handle("runs/phantom/preset")
    (True, False)
    """
    return str(preset).startswith(tuple(f"{hub}://" for hub in _HUBS))


@cache
def hub_folder(handle):
    """Fetch a preset from a hub; of what the hub gives, a preset's files alone are ever read.

    Args:
        handle: "hf://OWNER/NAME" or "hf://OWNER/NAME@REVISION", "kaggle://OWNER/MODEL/keras/NAME"
            or the same with "/VERSION".

    Returns:
        `pathlib.Path` of the folder in the hub's cache, which later calls find there.

    Raises:
        ImportError: If the hub's package is not installed.
        OSError: If the hub does not give the files.
    """
    hub, _, place = handle.partition("://")
    fetch, package = _HUBS[hub]
    try:
        return Path(fetch(place))
    except ModuleNotFoundError as error:
        raise ImportError(
            f"{handle} needs the package {package}. Remedy: pip install 'emixer-tf[hub]', or "
            "download the folder and name it."
        ) from error
    except Exception as error:  # each hub has a dozen of its own, of several families
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise OSError(
            f"{handle} could not be fetched: {reason} Remedy: check spelling, network and, for a "
            "private preset, that you are logged in at the hub."
        ) from error


def _from_hugging_face(place):
    from huggingface_hub import snapshot_download

    name, _, revision = place.partition("@")
    return snapshot_download(name, revision=revision or None, allow_patterns=list(PRESET_FILES))


def _from_kaggle(place):
    import kagglehub

    # The hub gives a whole folder; what is no file of a preset is never read.
    return kagglehub.model_download(place)


_HUBS = {
    "hf": (_from_hugging_face, "huggingface_hub"),
    "kaggle": (_from_kaggle, "kagglehub"),
}
