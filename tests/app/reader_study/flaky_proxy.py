"""A proxy before a server, which misbehaves as a test wants."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import requests
from threaded_server import threaded_server


@contextmanager
def flaky_proxy(address, before=None, after=None):
    """Forward requests; yields the proxy's address.

    Args:
        address: Of the server.
        before: Called with the request's handler before it is forwarded.
        after: Called with the handler once the server has answered; True drops the answer.
    """

    class Handler(BaseHTTPRequestHandler):
        def forward(self):
            if before:
                before(self)
            data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            answer = requests.request(self.command, address + self.path, data=data, timeout=60)
            if after and after(self):
                self.close_connection = True
                return
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        do_GET = do_PUT = forward  # noqa: N815

        def log_message(self, *args):
            return

    with threaded_server(Handler) as own_address:
        yield own_address
