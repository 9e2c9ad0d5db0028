"""A provider on the loopback interface: scripted answers, recorded requests, and what became of each connection."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """One scripted answer; ``body`` is sent as JSON unless it is bytes. ``hang`` never answers; ``reset`` hangs up.

    ``lost_after``: hang up after so many bytes of the body.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    hang: bool = False
    reset: bool = False
    lost_after: int | None = None


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class ProviderServer:
    """Answers requests in order; the last answer repeats."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self.received = threading.Event()
        self.client_left = threading.Event()
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    @contextmanager
    def running(self) -> Iterator[ProviderServer]:
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()

    def _next(self, request: Request) -> Answer:
        with self._lock:
            self.requests.append(request)
            return self.answers[min(len(self.requests), len(self.answers)) - 1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers.get("content-length", 0)))
                body = json.loads(sent) if sent else {}
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = server._next(Request(self.path, headers, body))
                server.received.set()
                if answer.hang:
                    self._wait_for_client_to_leave()
                elif answer.reset:
                    self.close_connection = True
                else:
                    self._send(answer)

            do_GET = do_POST

            def _send(self, answer: Answer) -> None:
                payload = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in {"content-type": answer.content_type, **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload[: answer.lost_after])
                self.close_connection = answer.lost_after is not None

            def _wait_for_client_to_leave(self) -> None:
                self.close_connection = True
                try:
                    left = self.connection.recv(1) == b""
                except ConnectionError:
                    left = True
                if left:
                    server.client_left.set()

            def log_message(self, format: str, *args: Any) -> None:
                return

        return Handler
