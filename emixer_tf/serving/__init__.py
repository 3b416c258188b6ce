"""Serving a trained model: SavedModels for TensorFlow Serving, and a client."""

__all__ = ["Client", "export_saved_model"]


def __getattr__(name):
    # TensorFlow takes seconds to import, which the client by REST does not need.
    if name == "Client":
        from emixer_tf.serving.client import Client

        return Client
    if name == "export_saved_model":
        from emixer_tf.serving.export import export_saved_model

        return export_saved_model
    raise AttributeError(f"module 'emixer_tf.serving' has no attribute {name!r}")
