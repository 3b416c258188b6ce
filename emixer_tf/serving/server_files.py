"""What TensorFlow Serving is told beside the model: how to merge requests, and where models lie."""

from emixer_tf.files import write_whole

BATCHING, MODELS = "batching_parameters.txt", "models.config"

# Requests that wait together ride together, none waits for others to come; see docs/serving.md.
_BATCHING_PARAMETERS = """max_batch_size { value: 32 }
batch_timeout_micros { value: 0 }
max_enqueued_batches { value: 64 }
num_batch_threads { value: 2 }
pad_variable_length_inputs: true
"""

_MODELS_CONFIG = """model_config_list {{
  config {{
    name: "{name}"
    base_path: "/models/{name}"
    model_platform: "tensorflow"
  }}
}}
"""


def write_server_files(folder):
    """Write the files that the server's options `--batching_parameters_file` and
    `--model_config_file` take, for a folder that is mounted at `/models/NAME`.

    Args:
        folder: `pathlib.Path` of the model's folder, whose name is the model's.
    """
    write_whole(folder / BATCHING, _BATCHING_PARAMETERS)
    write_whole(folder / MODELS, _MODELS_CONFIG.format(name=folder.name))
