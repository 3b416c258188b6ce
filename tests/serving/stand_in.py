"""Stand-ins of TensorFlow Serving: the real messages and the real SavedModel, not its server."""

import base64
import json
from concurrent import futures
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc
from threaded_server import threaded_server


class ServedModel:
    """A SavedModel as a server runs it: arrays in and out, by signature.

    Args:
        folder: `pathlib.Path` of a version.
    """

    def __init__(self, folder):
        self.signatures = tf.saved_model.load(str(folder)).signatures
        self.requests = []  # names of the signatures that were asked for
        self.busy = 0  # requests that are yet to be answered by "busy"

    def specs(self, signature):
        return self.signatures[signature].structured_input_signature[1]

    def predict(self, signature, inputs):
        specs = self.specs(signature)
        if set(inputs) != set(specs):
            raise ValueError(f"needs {sorted(specs)}, got {sorted(inputs)}")
        tensors = {name: tf.constant(value, specs[name].dtype) for name, value in inputs.items()}
        outputs = self.signatures[signature](**tensors)
        return {name: value.numpy() for name, value in outputs.items()}


@contextmanager
def rest_server(served, name):
    """Serve a `ServedModel` at `/v1/models/NAME:predict`; yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if served.busy:
                served.busy -= 1
                self.answer(503, {"error": "busy"})
            elif self.path != f"/v1/models/{name}:predict":
                self.answer(404, {"error": f"Servable not found for request: {self.path}"})
            else:
                self.answer(*_rest_answer(served, body))

        def answer(self, status, body):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args):
            return

    with threaded_server(Handler) as own_address:
        yield own_address


def _rest_answer(served, body):
    signature = body.get("signature_name", "serving_default")
    if signature not in served.signatures:
        return 404, {"error": f'Serving signature key "{signature}" not found.'}
    served.requests.append(signature)
    try:
        inputs = {name: _binary(value) for name, value in body["inputs"].items()}
        outputs = served.predict(signature, inputs)
    except (tf.errors.OpError, ValueError) as error:
        return 400, {"error": str(error)}
    told = {name: _told(name, value) for name, value in outputs.items()}
    return 200, {"outputs": next(iter(told.values())) if len(told) == 1 else told}


def _binary(value):
    if isinstance(value, list):
        return [_binary(part) for part in value]
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value


def _told(name, value):
    if value.dtype != object:
        return value.tolist()
    if name.endswith("_bytes"):
        return [{"b64": base64.b64encode(data).decode()} for data in value]
    return [data.decode() for data in value]


@contextmanager
def rpc_server(served, name):
    """Serve a `ServedModel` by the real `PredictionService`; yields the address."""

    class Service(prediction_service_pb2_grpc.PredictionServiceServicer):
        def Predict(self, request, context):  # noqa: N802
            if served.busy:
                served.busy -= 1
                context.abort(grpc.StatusCode.UNAVAILABLE, "busy")
            if request.model_spec.name != name:
                context.abort(grpc.StatusCode.NOT_FOUND, "Servable not found")
            signature = request.model_spec.signature_name
            served.requests.append(signature)
            inputs = {key: tf.make_ndarray(value) for key, value in request.inputs.items()}
            try:
                outputs = served.predict(signature, inputs)
            except tf.errors.OpError as error:
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            response = predict_pb2.PredictResponse()
            for key in request.output_filter or outputs:
                response.outputs[key].CopyFrom(tf.make_tensor_proto(np.asarray(outputs[key])))
            return response

    server = grpc.server(futures.ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(Service(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"grpc://127.0.0.1:{port}"
    finally:
        server.stop(None).wait()
