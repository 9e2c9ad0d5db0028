"""A daemon for what Docker's does only when it is broken: it answers by script, and real are its socket and HTTP."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

DOCKER = "Docker/28.0.0 (linux)"
HANGS_UP = "hangs up"
NEVER_ANSWERS = "never answers"

MADE: dict[str, Any] = {"Id": "1", "Warnings": []}
GONE = (404, {"message": "No such container"})
USUAL: dict[str, Any] = {
    "create": (201, MADE),
    "attach": b"",
    "start": (204, None),
    "wait": GONE,
    "remove": GONE,
}


def frame(output: int, text: bytes) -> bytes:
    """As the Engine multiplexes it: 1 is stdout, 2 stderr."""
    return bytes([output, 0, 0, 0]) + len(text).to_bytes(4, "big") + text


@contextmanager
def fake_engine(path: Path, replies: Mapping[str, Any], server: str = DOCKER) -> Iterator[list[str]]:
    """Listens at ``path``. ``replies``: for what is not as USUAL, a status and its content, HANGS_UP, NEVER_ANSWERS, or
    for ``attach`` what the container writes once it is started. Yields what was asked so far."""
    asked: list[str] = []
    started, over = threading.Event(), threading.Event()
    script = {**USUAL, **replies}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def version_string(self) -> str:
            return server

        def log_message(self, format: str, *args: object) -> None:
            """Not on the test's stderr."""

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            verb = self.path.partition("?")[0].rsplit("/", 1)[-1]
            if verb == "_ping":
                self.tell(200, None)
                return
            verb = "remove" if self.command == "DELETE" else verb
            asked.append(verb)
            reply = script[verb]
            if isinstance(reply, bytes):
                self.stream(reply)
            elif reply == HANGS_UP:
                self.close_connection = True
            elif reply == NEVER_ANSWERS:
                over.wait()
                self.close_connection = True
            else:
                self.tell(*reply)
            if verb == "start":
                started.set()

        do_HEAD = do_POST = do_DELETE = answer

        def tell(self, status: int, content: Any) -> None:
            body = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Api-Version", "1.48")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def stream(self, written: bytes) -> None:
            self.send_response(101)
            self.send_header("Connection", "Upgrade")
            self.send_header("Upgrade", "tcp")
            self.end_headers()
            started.wait(60)
            self.wfile.write(written)
            if not written:
                over.wait()
            self.close_connection = True

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True
        block_on_close = False

        def get_request(self) -> tuple[Any, Any]:
            return self.socket.accept()[0], ("", 0)

    with Server(str(path), Handler) as daemon:
        thread = threading.Thread(target=daemon.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield asked
        finally:
            over.set()
            started.set()
            daemon.shutdown()
            thread.join()
