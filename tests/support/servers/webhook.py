"""A server that takes events over HTTP, and can be told to refuse them."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any


class Server(ThreadingHTTPServer):
    """Takes posts; answers 503 to the first ones."""

    def __init__(self, failures: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.failures = failures
        self.bodies: Queue[Any] = Queue()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.failures -= 1
        if self.server.failures < 0:
            self.server.bodies.put(body)
        self.send_response(503 if self.server.failures >= 0 else 204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass
