"""Asking TensorFlow Serving by gRPC."""

import json

import numpy as np

from emixer_tf.serving.errors import ServingError

_MOST_BYTES = 2**30
_SERVICE = "tensorflow.serving.PredictionService"
_MOST_ATTEMPTS = 5  # gRPC takes no more


class RemoteCallTransport:
    """A model on a server, reached by gRPC.

    Args:
        address: As "grpc://localhost:8500", or "grpcs://…" for an encrypted connection.
        model: Name of the model on the server.
        version: Its version; None for the newest.
        timeout: Seconds to answer.
        retries: Times that a request is repeated while the server is unreachable; 4 at most.

    Raises:
        ImportError: If `tensorflow-serving-api` is not installed.
    """

    def __init__(self, address, model, version, timeout, retries):
        try:
            import grpc
            from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc
        except ImportError as error:
            raise ImportError(
                f"{address} needs the package tensorflow-serving-api. Remedy: pip install "
                "'emixer-tf[serving]', or the server's REST address, http://…"
            ) from error
        self.address, self.model, self.version = address, model, version
        self.timeout = timeout
        scheme, _, target = address.partition("://")
        options = [
            ("grpc.max_send_message_length", _MOST_BYTES),
            ("grpc.max_receive_message_length", _MOST_BYTES),
            ("grpc.per_rpc_retry_buffer_size", _MOST_BYTES),  # larger calls are not repeated
            ("grpc.service_config", _retries(retries)),
        ]
        if scheme == "grpcs":
            self.channel = grpc.secure_channel(target, grpc.ssl_channel_credentials(), options)
        else:
            self.channel = grpc.insecure_channel(target, options)
        self.stub = prediction_service_pb2_grpc.PredictionServiceStub(self.channel)
        self._request = predict_pb2.PredictRequest
        self._error = grpc.RpcError

    def predict(self, signature, inputs, outputs):
        """Return outputs of a signature. See `RestTransport.predict`."""
        import tensorflow as tf

        request = self._request()
        request.model_spec.name = self.model
        request.model_spec.signature_name = signature
        if self.version is not None:
            request.model_spec.version.value = self.version
        for name, value in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
        request.output_filter.extend(outputs)
        try:
            answer = self.stub.Predict(request, timeout=self.timeout)
        except self._error as error:
            raise ServingError(
                f"{self.address} answered {error.code().name}: {error.details()}"
            ) from error
        return {name: np.asarray(tf.make_ndarray(answer.outputs[name])) for name in outputs}

    def close(self):
        """Close the channel."""
        self.channel.close()


def _retries(retries):
    """Return the configuration of a service that is asked again while it is unavailable."""
    if retries == 0:
        return json.dumps({})
    policy = {
        "maxAttempts": min(retries + 1, _MOST_ATTEMPTS),
        "initialBackoff": "0.2s",
        "maxBackoff": "5s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    return json.dumps({"methodConfig": [{"name": [{"service": _SERVICE}], "retryPolicy": policy}]})
