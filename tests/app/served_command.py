"""A command of `emixer` that serves a page, in a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager


@contextmanager
def served_command(*arguments, port=None, seconds=180):
    """Run `emixer ARGUMENTS --port PORT` until the block ends; yields its address."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "emixer_tf.cli", *arguments, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
    )
    try:
        _wait_for(process, port, seconds)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def free_port():
    """Return a port of this machine on which nobody listens."""
    with socket.socket() as any_socket:
        any_socket.bind(("127.0.0.1", 0))
        return any_socket.getsockname()[1]


def _wait_for(process, port, seconds):
    end = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.2)
    process.kill()
    raise AssertionError(process.stdout.read().decode())
