"""A server on this machine that speaks what the hubs' own packages ask for."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler

from threaded_server import threaded_server

KAGGLE_PORT = 7777  # where kagglesdk looks for its own test server; it takes no other
COMMIT = "a" * 40
FETCH = """
import sys
from emixer_tf.models.hub_presets import hub_folder
print(hub_folder(sys.argv[1]))
"""


def hub_handler(preset, asked):
    """Return a handler that gives the files of a preset, and a script that is none of them.

    The paths that it is asked for are put into the list `asked`.
    """
    contents = {path.name: path.read_bytes() for path in preset.iterdir()}
    contents["evil.py"] = b"raise SystemExit"

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            asked.append(self.path)

        def answer(self, body, **headers):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def answer_json(self, value):
            self.answer(json.dumps(value).encode(), Content_Type="application/json")

        def refuse(self):
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self):  # Hugging Face
            name = self.path.rsplit("/", 1)[1]
            if not self.path.removeprefix("/api/models").startswith("/somebody/emixer/"):
                self.refuse()
            elif "/revision/" in self.path:
                files = [{"rfilename": file} for file in contents]
                self.answer_json({"id": "somebody/emixer", "sha": COMMIT, "siblings": files})
            elif "/tree/" in self.path:
                self.answer_json(
                    [
                        {"type": "file", "path": file, "size": len(data), "oid": digest(data)}
                        for file, data in contents.items()
                    ]
                )
            else:
                data = contents[name]
                self.answer(data, ETag=f'"{digest(data)}"', X_Repo_Commit=COMMIT)

        do_HEAD = do_GET  # noqa: N815

        def do_POST(self):  # Kaggle
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if request["ownerSlug"] != "somebody":
                self.refuse()
            elif self.path.endswith("/GetModelInstance"):
                self.answer_json({"slug": "phantom", "versionNumber": 3})
            elif self.path.endswith("/ListModelInstanceVersionFiles"):
                self.answer_json({"files": [{"name": file} for file in contents]})
            else:
                self.answer(contents[request["path"]], Content_Type="application/octet-stream")

    return Handler


def digest(data):
    """Return a file's name in a store of contents."""
    return hashlib.sha1(data).hexdigest()


def is_taken(port):
    """Tell whether somebody listens at a port of this machine."""
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


def fetch(handle, preset, caches):
    """Fetch a handle from a server that has one preset, as both hubs have theirs.

    Returns:
        `(last line, asked)`: the folder that was fetched into, or what was complained of, and the
        paths that the server was asked for.
    """
    port, asked = KAGGLE_PORT if handle.startswith("kaggle://") else 0, []
    end = time.monotonic() + 120
    while port and is_taken(port) and time.monotonic() < end:
        time.sleep(0.5)  # another test run stands there
    with threaded_server(hub_handler(preset, asked), port) as address:
        return _fetched(handle, address, caches), asked


def _fetched(handle, address, caches):
    # In a process of its own: packages read where their hub is when they are imported.
    places = {
        "HF_ENDPOINT": address,
        "HF_HOME": str(caches / "hugging_face"),
        "HF_HUB_DISABLE_XET": "1",
        "HF_HUB_OFFLINE": "0",
        "KAGGLE_API_ENVIRONMENT": "TEST",
        "KAGGLEHUB_CACHE": str(caches / "kaggle"),
        "KAGGLE_CONFIG_DIR": str(caches),
        "NO_PROXY": "localhost,127.0.0.1",
        "no_proxy": "localhost,127.0.0.1",
    }
    run = subprocess.run(
        [sys.executable, "-c", FETCH, handle],
        env={**os.environ, **places},
        capture_output=True,
        check=False,
        timeout=120,
    )
    # Kaggle's package prints bytes of what it fetches from a test hub.
    printed = (run.stderr if run.returncode else run.stdout).decode(errors="replace")
    return printed.strip().rpartition("\n")[2]
