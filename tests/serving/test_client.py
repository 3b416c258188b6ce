"""The client, against stand-ins that run the real SavedModel and, by gRPC, the real messages."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from PIL import Image
from stand_in import ServedModel, rest_server, rpc_server

from emixer_tf.serving import Client
from emixer_tf.serving.errors import ServingError

SERVERS = {"rest": rest_server, "grpc": rpc_server}


@pytest.fixture(scope="module")
def served(exported):
    return ServedModel(exported)


@pytest.fixture(scope="module", params=list(SERVERS))
def address(request, served):
    with SERVERS[request.param](served, "emixer") as address:
        yield address


@pytest.fixture(scope="module")
def client(address):
    with Client(address) as client:
        yield client


def test_studies_are_those_of_generate(client, preset_model):
    labels = [{"Edema": 1}, {"Pleural Effusion": 1, "Fracture": 1}, {}]
    asked = {"seed": 2**32 - 1, "truncation": 1.5, "temperature": 1.0}
    ours, theirs = client.generate(labels, **asked), preset_model.generate(labels, **asked)
    np.testing.assert_array_equal(ours.images, theirs.images)
    assert ours.reports == theirs.reports
    np.testing.assert_array_equal(ours.label_values, theirs.label_values)
    np.testing.assert_allclose(ours.label_readings, theirs.label_readings, atol=1e-4)
    assert (ours.label_names, ours.seed) == (theirs.label_names, theirs.seed)


def test_many_studies_are_asked_for_in_parts(client, served, preset_model):
    served.requests.clear()
    studies = client.generate({"Edema": 1}, n=40)
    assert served.requests.count("serving_default") == 2
    np.testing.assert_array_equal(studies.images, preset_model.generate({"Edema": 1}, n=40).images)


def test_films_are_described_from_files_and_arrays(client, preset_model, tmp_path):
    films = preset_model.generate({"Cardiomegaly": 1}, n=2).images
    Image.fromarray(films[0, ..., 0]).save(tmp_path / "film.png")
    told = preset_model.describe(films)
    assert client.describe([str(tmp_path / "film.png"), films[1]]) == told
    assert client.describe(films) == told
    assert client.describe([]) == []


def test_a_dicom_file_is_decoded_here_and_described_in_its_place(client, preset_model, real_data):
    film = preset_model.generate({"Edema": 1}).images[0]
    dicom = sorted((real_data / "dicom_cxr").glob("**/*.dcm"))[0]
    mixed = client.describe([film, dicom, film])
    assert [mixed[0], mixed[2]] == preset_model.describe(np.stack([film, film]))
    assert [mixed[1]] == client.describe([dicom])


def test_films_are_classified(client, classifier):
    film = np.tile(np.linspace(0, 255, 32).astype("uint8"), (32, 1))
    given = client.classify([film, film])
    logits = classifier.predict_on_batch(film[None, ..., None].astype("float32") / 127.5 - 1)
    np.testing.assert_allclose(given[1], 1 / (1 + np.exp(-logits[0])), atol=1e-5)
    assert client.classify([]).shape == (0, 3)


def test_metadata_come_from_the_server(client, exported):
    beside = json.loads((exported / "assets.extra" / "emixer.json").read_text())
    assert client.metadata == beside
    assert client.labels == tuple(beside["labels"])


def test_a_misspelt_label_never_reaches_the_server(client, served):
    client.labels  # noqa: B018 (asked for once)
    served.requests.clear()
    with pytest.raises(ValueError, match="Did you mean 'Edema'"):
        client.generate({"Oedema": 1})
    assert served.requests == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"seed": -1}, "seed is 0"), ({"seed": 2**32}, "seed is 0"), ({"seed": 1.5}, "whole number"),
     ({"truncation": 0}, "positive"), ({"truncation": np.nan}, "positive"),
     ({"temperature": -1}, "0 or more"), ({"temperature": np.nan}, "0 or more")],
)  # fmt: skip
def test_numbers_out_of_range_are_told(client, wrong, told):
    with pytest.raises(ValueError, match=told):
        client.generate({"Edema": 1}, **wrong)


def test_labels_are_asked_for(client):
    with pytest.raises(ValueError, match="say which to make"):
        client.generate(None)
    with pytest.raises(ValueError, match="NaN"):
        client.generate(np.full((1, 14), np.nan))


def test_what_is_no_film_is_told(client, tmp_path):
    for film in (np.zeros((8, 8, 5), "uint8"), np.zeros((0, 8), "uint8"), np.zeros(8, "uint8")):
        with pytest.raises(ValueError, match="A film is a path"):
            client.describe([film])
    with pytest.raises(ValueError, match=r"none\.png: there is no such file"):
        client.describe(str(tmp_path / "none.png"))
    with pytest.raises(ValueError, match="no such file"):
        client.describe([tmp_path / "none.png"])
    with pytest.raises(ValueError, match="uint8"):
        client.describe([np.zeros((32, 32), "float32")])
    (tmp_path / "text.png").write_text("not a film")
    with pytest.raises(ServingError, match="whole PNG or JPEG"):
        client.describe([tmp_path / "text.png"])


def test_a_busy_server_is_asked_again(address, served):
    with Client(address, retries=3) as client:
        served.busy = 2
        assert client.labels
    with Client(address, retries=0) as client:
        served.busy = 1
        with pytest.raises(ServingError, match=r"503|UNAVAILABLE"):
            client.labels  # noqa: B018


def test_another_name_is_told(address):
    client = Client(address, model="mixer", retries=0)
    with client, pytest.raises(ServingError, match="Servable not found"):
        client.labels  # noqa: B018


@pytest.mark.parametrize("scheme", ["http", "grpc"])
def test_a_server_that_is_not_there_is_told(scheme):
    client = Client(f"{scheme}://127.0.0.1:9", retries=0, timeout=5)
    with client, pytest.raises(ServingError, match=rf"{scheme}://127.0.0.1:9"):
        client.labels  # noqa: B018


def test_a_server_that_does_not_answer_in_time_is_told(address, monkeypatch, served):
    slow = served.predict

    def predict(*asked):
        time.sleep(2)
        return slow(*asked)

    monkeypatch.setattr(served, "predict", predict)
    client = Client(address, retries=0, timeout=0.3)
    with client, pytest.raises(ServingError, match=r"0.3 seconds|DEADLINE_EXCEEDED"):
        client.labels  # noqa: B018


def test_an_address_has_a_scheme():
    for address in ("localhost:8501", "http", "grpc", "ftp://localhost"):
        with pytest.raises(ValueError, match="begins with http://"):
            Client(address)


def test_an_answer_that_is_no_servers_is_told():
    """A proxy's page to sign in, with status 200."""

    class SignIn(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>Sign in</html>")

        def log_message(self, *args):
            return

    server = HTTPServer(("127.0.0.1", 0), SignIn)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    client = Client(f"http://127.0.0.1:{server.server_port}", retries=0)
    with client, pytest.raises(ServingError, match="Sign in"):
        client.labels  # noqa: B018
    thread.join()
    server.server_close()


def test_a_slow_answer_is_not_computed_again(served, monkeypatch):
    slow, counted = served.predict, []

    def predict(*asked):
        counted.append(asked)
        time.sleep(1)
        return slow(*asked)

    monkeypatch.setattr(served, "predict", predict)
    with (
        rest_server(served, "emixer") as address,
        Client(address, retries=3, timeout=0.2) as client,
    ):
        with pytest.raises(ServingError):
            client.labels  # noqa: B018
        time.sleep(1.5)
    assert len(counted) == 1
