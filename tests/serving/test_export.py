"""An exported model makes what the model makes, without Python and in any company."""

import io
import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from google.protobuf import text_format
from PIL import Image
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import prediction_log_pb2
from tensorflow_serving.config import model_server_config_pb2

from emixer_tf import EMIXER
from emixer_tf.serving import export_saved_model
from emixer_tf.serving.server_files import write_server_files
from emixer_tf.serving.warmup import WARMUP

SIGNATURES = {
    "serving_default", "generate_by_name", "describe", "describe_pixels", "classify",
    "classify_pixels", "metadata",
}  # fmt: skip


@pytest.fixture(scope="module")
def served(exported):
    return tf.saved_model.load(str(exported)).signatures


def asked(count, label_count=14):
    """Return a mixed request: greedy and drawn words, cut noise and whole."""
    draws = np.random.default_rng(5)
    return {
        "labels": (draws.random((count, label_count)) < 0.2).astype("float32"),
        "seed": draws.integers(0, 2**40, count),
        "temperature": np.resize(np.float32([0, 1]), count),
        "truncation": np.resize(np.float32([0, 1.5, 0.75]), count),
    }


def as_png(film):
    file = io.BytesIO()
    Image.fromarray(film[..., 0]).save(file, "PNG")
    return file.getvalue()


def call(function, inputs):
    tensors = {name: tf.constant(value) for name, value in inputs.items()}
    return {name: value.numpy() for name, value in function(**tensors).items()}


def test_signatures_are_named(served):
    assert set(served) == SIGNATURES


def test_served_studies_are_those_of_generate(served, preset_model):
    inputs = asked(6)
    made = call(served["serving_default"], inputs)
    for i in range(6):
        studies = preset_model.generate(
            inputs["labels"][i : i + 1],
            seed=int(inputs["seed"][i]),
            temperature=float(inputs["temperature"][i]),
            truncation=float(inputs["truncation"][i]) or None,
        )
        np.testing.assert_array_equal(made["image"][i], studies.images[0])
        assert made["report"][i].decode() == studies.reports[0]
        np.testing.assert_allclose(made["label_readings"][i], studies.label_readings[0], atol=1e-4)
        with Image.open(io.BytesIO(made["image_png_bytes"][i])) as film:
            np.testing.assert_array_equal(np.asarray(film), studies.images[0, ..., 0])


def test_a_study_has_the_same_bytes_in_any_company(served):
    inputs = asked(35)
    many = call(served["serving_default"], inputs)
    for rows in (slice(3, 4), slice(30, 35), slice(0, 33)):
        few = call(served["serving_default"], {k: v[rows] for k, v in inputs.items()})
        assert set(few) == set(many)
        for name, value in few.items():
            np.testing.assert_array_equal(value, many[name][rows])


def test_no_study_is_asked_for(served):
    made = call(served["serving_default"], asked(0))
    assert made["image"].shape == (0, 64, 64, 1)
    assert made["report"].shape == (0,)


def test_names_are_rows_of_labels(served, preset_model):
    inputs = asked(2)
    names = np.array(["Edema; Cardiomegaly", "Fracture"], object)
    rows = np.zeros((2, 14), "float32")
    for row, name in ((0, "Edema"), (0, "Cardiomegaly"), (1, "Fracture")):
        rows[row, preset_model.config.labels.index(name)] = 1
    by_row = call(served["serving_default"], {**inputs, "labels": rows})
    del inputs["labels"]
    by_name = call(served["generate_by_name"], {**inputs, "label_names": names})
    np.testing.assert_array_equal(by_name["image"], by_row["image"])
    np.testing.assert_array_equal(by_name["report"], by_row["report"])


def test_an_unknown_name_is_told(served):
    inputs = asked(1)
    del inputs["labels"]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"no label.*Oedema"):
        call(served["generate_by_name"], {**inputs, "label_names": np.array(["Edema; Oedema"])})


def test_films_are_described_as_by_the_model(served, preset_model):
    studies = preset_model.generate(asked(4)["labels"], seed=9)
    files = call(served["serving_default"], {**asked(4), "labels": studies.label_values})
    described = call(served["describe"], {"image_bytes": files["image_png_bytes"]})["report"]
    assert [text.decode() for text in described] == preset_model.describe(files["image"])
    by_pixels = call(served["describe_pixels"], {"image": files["image"]})["report"]
    np.testing.assert_array_equal(by_pixels, described)


def test_films_are_classified_as_by_the_classifier(served, classifier):
    films = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 1), "uint8")
    films[1] //= 8
    made = call(served["classify_pixels"], {"image": films})["probability"]
    logits = classifier.predict_on_batch(films.astype("float32") / 127.5 - 1)
    np.testing.assert_allclose(made, 1 / (1 + np.exp(-logits)), atol=1e-5)
    assert np.abs(made[0] - made[1]).max() > 1e-3  # films are told apart
    files = np.array([as_png(film) for film in films], object)
    by_file = call(served["classify"], {"image_bytes": files})["probability"]
    np.testing.assert_array_equal(by_file, made)


def test_requests_can_be_merged(served):
    """A server concatenates along the first axis, and fills other axes up if they may differ."""
    for name, function in served.items():
        for spec in function.structured_input_signature[1].values():
            assert spec.shape[0] is None, name
            assert spec.shape[1:].is_fully_defined(), name


def test_rows_of_unequal_number_are_told(served):
    inputs = asked(3)
    for name in inputs:
        with pytest.raises(tf.errors.InvalidArgumentError, match="as many rows"):
            call(served["serving_default"], {**inputs, name: inputs[name][:2]})


def test_metadata_are_served_and_stand_beside_the_model(served, exported, preset_model):
    answer = call(served["metadata"], {"question": np.array(["", "?"], object)})["metadata"]
    beside = json.loads((exported / "assets.extra" / "emixer.json").read_text())
    assert json.loads(answer[0]) == json.loads(answer[1]) == beside
    assert beside["labels"] == list(preset_model.config.labels)
    assert beside["candidates"] == 8


def test_another_process_without_this_package_makes_the_same(exported, served, tmp_path):
    inputs = asked(2)
    np.savez(tmp_path / "inputs.npz", **inputs)
    script = (
        "import sys; sys.modules['emixer_tf'] = None; sys.modules['keras'] = None\n"
        "import numpy as np, tensorflow as tf\n"
        "signature = tf.saved_model.load(sys.argv[1]).signatures['serving_default']\n"
        "inputs = {k: tf.constant(v) for k, v in np.load(sys.argv[2]).items()}\n"
        "made = signature(**inputs)\n"
        "np.savez(sys.argv[3], image=made['image'], report=made['report'].numpy().astype(str))\n"
    )
    paths = [str(exported), str(tmp_path / "inputs.npz"), str(tmp_path / "made.npz")]
    subprocess.run([sys.executable, "-I", "-c", script, *paths], check=True, timeout=300)
    here = call(served["serving_default"], inputs)
    there = np.load(tmp_path / "made.npz")
    np.testing.assert_array_equal(there["image"], here["image"])
    np.testing.assert_array_equal(there["report"], here["report"].astype(str))


def test_the_command_of_tensorflow_runs_it(exported, served, tmp_path):
    inputs = asked(1)
    for name, value in inputs.items():
        np.save(tmp_path / f"{name}.npy", value)
    given = ";".join(f"{name}={tmp_path / name}.npy" for name in inputs)
    subprocess.run(
        [
            sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "run",
            "--dir", exported, "--tag_set", "serve", "--signature_def", "serving_default",
            "--inputs", given, "--outdir", tmp_path / "made",
        ],
        check=True, timeout=300, capture_output=True,
    )  # fmt: skip
    here = call(served["serving_default"], inputs)
    np.testing.assert_array_equal(np.load(tmp_path / "made" / "image.npy"), here["image"])


def test_warm_up_requests_run_in_a_session(exported):
    """As the server's loader: a graph and a session, no eager TensorFlow."""
    records = tf.data.TFRecordDataset(str(exported / WARMUP)).as_numpy_iterator()
    logs = [prediction_log_pb2.PredictionLog.FromString(record) for record in records]
    requests = [log.predict_log.request for log in logs]
    assert {request.model_spec.signature_name for request in requests} == SIGNATURES
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(exported))
        for request in requests:
            signature = loaded.signature_def[request.model_spec.signature_name]
            assert signature.method_name == "tensorflow/serving/predict"
            outputs = session.run(
                {name: info.name for name, info in signature.outputs.items()},
                {
                    signature.inputs[name].name: tf.make_ndarray(value)
                    for name, value in request.inputs.items()
                },
            )
            assert all(len(value) == 1 for value in outputs.values())


def test_the_graph_holds_what_a_server_without_a_gpu_can_run(exported):
    model = saved_model_pb2.SavedModel.FromString((exported / "saved_model.pb").read_bytes())
    graph = model.meta_graphs[0].graph_def
    nodes = [*graph.node, *(node for f in graph.library.function for node in f.node_def)]
    kinds = {node.op for node in nodes}
    forbidden = ("Cudnn", "Xla", "PyFunc", "EagerPy", "Random", "StatelessRandom")
    assert not [kind for kind in kinds if kind.startswith(forbidden)]
    assert len(nodes) > 1000  # the names above were looked for in a whole graph
    for name, signature in model.meta_graphs[0].signature_def.items():
        for tensor in (*signature.inputs.values(), *signature.outputs.values()):
            if not name.startswith("__"):
                assert tensor.tensor_shape.dim[0].size == -1
                assert tensor.dtype not in (tf.float16, tf.bfloat16)


def test_every_variable_is_stored_once(exported, preset_model, classifier):
    variables = exported / "variables"
    stored = sum(path.stat().st_size for path in variables.glob("*data*"))
    networks = [
        preset_model.averaged_generator, preset_model.averaged_encoder,
        preset_model.averaged_decoder, preset_model.averaged_report_label_reader,
        preset_model.label_reader, classifier,
    ]  # fmt: skip
    needed = 4 * sum(int(np.prod(w.shape)) for network in networks for w in network.weights)
    assert stored < 1.02 * needed


def test_files_for_the_server_stand_beside_the_versions(exported):
    config = model_server_config_pb2.ModelServerConfig()
    text_format.Parse((exported.parent / "models.config").read_text(), config)
    (model,) = config.model_config_list.config
    assert (model.name, model.base_path) == ("emixer", "/models/emixer")
    assert (
        "max_batch_size { value: 32 }" in (exported.parent / "batching_parameters.txt").read_text()
    )


def test_files_that_were_edited_stay(tmp_path):
    write_server_files(tmp_path)
    (tmp_path / "batching_parameters.txt").write_text("mine")
    write_server_files(tmp_path)
    assert (tmp_path / "batching_parameters.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["a b", 'a"b', ".hidden", "ä"])
def test_a_folder_whose_name_is_none_for_a_model_is_refused(preset_model, tmp_path, name):
    with pytest.raises(ValueError, match="name another folder"):
        export_saved_model(preset_model, tmp_path / name)


def test_versions_of_one_model_have_the_same_labels(tiny_config, tiny_vocabulary, tmp_path):
    folder = tmp_path / "emixer" / "1" / "assets.extra"
    folder.mkdir(parents=True)
    (folder / "emixer.json").write_text(json.dumps({"labels": ["Fracture", "Edema"]}))
    model = EMIXER(tiny_config, vocabulary=tiny_vocabulary)
    with pytest.raises(ValueError, match="has other labels: Fracture, Edema"):
        export_saved_model(model, tmp_path / "emixer", version=2)


def test_a_classifier_needs_a_name_for_every_output(preset_model, classifier, tmp_path):
    with pytest.raises(ValueError, match="3 outputs"):
        export_saved_model(
            preset_model, tmp_path / "e", classifier=classifier, classifier_labels=["Edema"]
        )


def test_a_version_is_not_replaced_by_mistake(exported, preset_model):
    with pytest.raises(FileExistsError, match="higher version"):
        export_saved_model(preset_model, exported.parent, version=1)


def test_a_version_is_a_positive_number(preset_model, tmp_path):
    for version in (0, -1, "1", True):
        with pytest.raises(ValueError, match="positive number"):
            export_saved_model(preset_model, tmp_path / "emixer", version=version)


def test_a_model_needs_words(tiny_config, tmp_path):
    with pytest.raises(ValueError, match="without a vocabulary"):
        export_saved_model(EMIXER(tiny_config), tmp_path / "emixer")
