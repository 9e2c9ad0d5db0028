"""Docker's Engine over its socket: one request after the other on a connection, and the stream of a container."""

from __future__ import annotations

import json
import re
import socket
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final, NamedTuple, cast
from urllib.parse import quote, urlencode

CONNECT_TIMEOUT_S: Final = 10.0
SWITCHED: Final = 101
LISTED: Final = 200
NAME: Final = "Docker/"
NEWEST: Final = 28
"""Older ones start a program of theirs, in each container that may have a network, to prepare that."""


class EngineUnreachable(Exception):
    """There is no connection, or nobody on the other side that is Docker's Engine."""


class EngineGone(Exception):
    """It hung up, or sent what is no answer, or the connection was cut here."""


class EngineTimeout(Exception):
    """It has not answered in time."""


class Reply(NamedTuple):
    status: int
    content: dict[str, Any]

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def problem(self) -> str:
        """In the Engine's words."""
        return str(self.content.get("message") or f"status {self.status}")


class Engine:
    """A connection to it. Raises EngineGone and EngineTimeout wherever it waits."""

    def __init__(self, path: str, timeout_s: float | None = None) -> None:
        """``timeout_s``: the longest that it may be silent. Raises EngineUnreachable, EngineGone and EngineTimeout."""
        self._connection = _Connection(path)
        try:
            self._connection.connect()
        except OSError as error:
            self._connection.close()
            raise EngineUnreachable(f"{path}: {error.strerror or error}") from None
        try:
            response, _ = self._exchange("HEAD", "/_ping", None)
            server = response.getheader("Server", "")
            if not server.startswith(NAME):
                raise EngineUnreachable(f"{path} is not Docker's Engine, but {server or 'does not say what'}")
            self.sets_networks_by_a_program = _major(server) < NEWEST
            self._prefix = f"/v{response.getheader('Api-Version')}"
            self._connection.sock.settimeout(timeout_s)
        except BaseException:
            self.close()
            raise

    def ask(self, method: str, path: str, content: dict[str, Any] | None = None, **query: Any) -> Reply:
        response, body = self._exchange(method, self._url(path, query), content)
        return Reply(response.status, _told(body))

    def create(self, name: str, request: dict[str, Any]) -> Reply:
        return self.ask("POST", "/containers/create", request, name=name)

    def start(self, name: str) -> Reply:
        return self.ask("POST", f"/containers/{quote(name)}/start")

    def remove(self, name: str) -> Reply:
        return self.ask("DELETE", f"/containers/{quote(name)}", force=1)

    def wait_removed(self, name: str) -> Reply:
        return self.ask("POST", f"/containers/{quote(name)}/wait", condition="removed")

    def labelled(self, label: str) -> list[tuple[str, str]]:
        """The ids of all containers that have the label, and what it says."""
        filters = json.dumps({"label": [label]})
        response, body = self._exchange("GET", self._url("/containers/json", {"all": 1, "filters": filters}), None)
        if response.status != LISTED:
            raise EngineGone(_told(body).get("message"))
        return [(found["Id"], found["Labels"][label]) for found in json.loads(body)]

    def attach(self, name: str) -> socket.socket | Reply:
        """The stream of a container, to be had before it starts; afterwards this is no connection any more. Else why
        there is none."""
        url = self._url(f"/containers/{quote(name)}/attach", {"stream": 1, "stdin": 1, "stdout": 1, "stderr": 1})
        upgrade = {"Connection": "Upgrade", "Upgrade": "tcp"}
        response, body = self._exchange("POST", url, None, upgrade)
        if response.status != SWITCHED:
            return Reply(response.status, _told(body))
        return self._connection.take()

    def cut(self) -> None:
        """Whoever waits for an answer does no longer. Callable from any thread."""
        with suppress(OSError, AttributeError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _url(self, path: str, query: dict[str, Any]) -> str:
        return f"{self._prefix}{path}?{urlencode(query)}" if query else self._prefix + path

    def _exchange(
        self, method: str, url: str, content: dict[str, Any] | None, headers: dict[str, str] | None = None
    ) -> tuple[HTTPResponse, bytes]:
        body = None if content is None else json.dumps(content).encode()
        described = {} if body is None else {"Content-Type": "application/json"}
        try:
            self._connection.request(method, url, body, {**described, **(headers or {})})
            response = self._connection.getresponse()
            return response, b"" if response.status == SWITCHED else response.read()
        except TimeoutError:
            raise EngineTimeout from None
        except (OSError, HTTPException) as error:
            raise EngineGone(str(error) or type(error).__name__) from None


def _major(server: str) -> int:
    """Of a version that is none, as of one that somebody built, the newest."""
    number = re.match(rf"{NAME}(\d+)\.", server)
    return NEWEST if number is None else int(number[1])


def _told(body: bytes) -> dict[str, Any]:
    try:
        told: Any = json.loads(body or "{}")
    except ValueError:
        told = None
    return cast("dict[str, Any]", told) if isinstance(told, dict) else {"message": body.decode("utf-8", "replace")}


class _Connection(HTTPConnection):
    """Over a socket of this machine."""

    def __init__(self, path: str) -> None:
        super().__init__("docker", timeout=CONNECT_TIMEOUT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(CONNECT_TIMEOUT_S)
        self.sock.connect(self._path)

    def take(self) -> socket.socket:
        """The socket, of which this closes nothing any more."""
        taken = self.sock.dup()
        self.close()
        return taken
