"""A request that met a closed connection was never received, and is asked again for nothing; of any other that got no
answer nobody knows."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

import httpx2
import pytest

from rlm_worker.clients.bounds import Bounds
from rlm_worker.clients.failures import CallTarget, provider_failure
from rlm_worker.clients.http.client import HttpClient
from rlm_worker.clients.http.connection import Connection
from rlm_worker.clients.http.message import Request
from rlm_worker.clients.http.opener import Opener
from rlm_worker.clients.http.receipt import NotReceived
from wire import run

ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
Serve = Callable[[socket.socket], None]


def hears(connection: socket.socket) -> None:
    data = b""
    while not data.endswith(b"}"):
        data += connection.recv(65536)


def answers(connection: socket.socket) -> None:
    hears(connection)
    connection.sendall(ANSWER)


def resets(connection: socket.socket) -> None:
    hears(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def closes(connection: socket.socket) -> None:
    """At once, and with nothing read."""


class Server:
    """Does with each connection what the next of ``programs`` says, and closes it; in a thread of its own."""

    def __init__(self, *programs: Serve) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = httpx2.URL(f"http://127.0.0.1:{self._listening.getsockname()[1]}/x")
        self.ended = [threading.Event() for _ in programs]
        threading.Thread(target=self._run, args=(programs,), daemon=True).start()

    def _run(self, programs: tuple[Serve, ...]) -> None:
        for program, ended in zip(programs, self.ended, strict=True):
            connection, _ = self._listening.accept()
            program(connection)
            connection.close()
            ended.set()

    def close(self) -> None:
        self._listening.close()


def ask(server: Server, times: int) -> list[str]:
    """One call after the other. The loop hears nothing between the end of a server's connection and the next call."""

    async def asked() -> list[str]:
        client, said = HttpClient(Bounds(timeout_s=60)), list[str]()
        try:
            for turn in range(times):
                answer = await client.ask(Request("POST", server.url, {}), b"{}")
                said.append((await answer.read()).decode())
                assert server.ended[turn].wait(60)
            return said
        finally:
            await client.aclose()

    try:
        return run(asked())
    finally:
        server.close()


def test_a_request_that_meets_a_closed_connection_goes_out_on_a_new_one() -> None:
    assert ask(Server(answers, answers, answers), 3) == ["ok"] * 3


def test_a_new_connection_that_is_closed_at_once_has_received_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server, opened = Server(closes), Opener.open

    async def opens_and_is_late(self: Opener) -> Connection:
        connection = await opened(self)
        assert server.ended[0].wait(60)
        return connection

    monkeypatch.setattr(Opener, "open", opens_and_is_late)
    with pytest.raises(NotReceived) as raised:
        ask(server, 1)
    failure = provider_failure(raised.value, CallTarget("openai", "gpt-4.1", "http://127.0.0.1/v1", None, None))
    assert (failure.code, failure.unsent, failure.retryable) == ("provider_unreachable", True, True)


@pytest.mark.parametrize("end", [hears, resets])
def test_what_became_of_a_request_that_was_received_is_not_known(end: Serve) -> None:
    with pytest.raises(httpx2.RemoteProtocolError) as raised:
        ask(Server(end), 1)
    failure = provider_failure(raised.value, CallTarget("openai", "gpt-4.1", "http://127.0.0.1/v1", None, None))
    assert (failure.code, failure.unsent, failure.retryable) == ("provider_unreachable", False, True)


def test_it_is_the_same_on_a_connection_that_had_answered() -> None:
    def answers_and(end: Serve) -> Serve:
        def program(connection: socket.socket) -> None:
            answers(connection)
            end(connection)

        return program

    async def asked() -> None:
        client = HttpClient(Bounds(timeout_s=60))
        try:
            answer = await client.ask(Request("POST", server.url, {}), b"{}")
            await answer.read()
            await client.ask(Request("POST", server.url, {}), b"{}")
        finally:
            await client.aclose()

    server = Server(answers_and(hears), answers)
    with pytest.raises(httpx2.RemoteProtocolError):
        run(asked())
    server.close()
