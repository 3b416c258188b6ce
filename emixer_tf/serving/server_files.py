"""What TensorFlow Serving is told beside the model: how to merge requests, and where models lie."""

import re

from emixer_tf.files import write_whole

BATCHING, MODELS = "batching_parameters.txt", "models.config"

# Requests that wait together ride together, none waits for others to come; see docs/serving.md.
_BATCHING_PARAMETERS = """max_batch_size { value: 32 }
batch_timeout_micros { value: 0 }
max_enqueued_batches { value: 64 }
num_batch_threads { value: 2 }
"""

_MODELS_CONFIG = """model_config_list {{
  config {{
    name: "{name}"
    base_path: "/models/{name}"
    model_platform: "tensorflow"
  }}
}}
"""


def model_name(folder):
    """Return the name of the model of a folder.

    Raises:
        ValueError: If the folder's name is none for a model.
    """
    name = folder.resolve().name
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._-]*", name):
        raise ValueError(
            f"The folder's name is the model's, of letters, digits, '_', '-' and '.'. Received: "
            f"{name!r}. Remedy: name another folder."
        )
    return name


def write_server_files(folder):
    """Write what the server's options `--batching_parameters_file` and `--model_config_file` take.

    The folder is to be mounted at `/models/NAME`. Files that are there are left as they are.

    Args:
        folder: `pathlib.Path` of the model's folder, whose name is the model's.
    """
    config = _MODELS_CONFIG.format(name=model_name(folder))
    for file, text in ((BATCHING, _BATCHING_PARAMETERS), (MODELS, config)):
        if not (folder / file).exists():
            write_whole(folder / file, text)
