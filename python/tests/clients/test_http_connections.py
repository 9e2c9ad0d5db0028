"""Connections of HTTP/1.1: used again as long as both sides mean it, and never after what was not asked for."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

import httpx2
import pytest

from rlm_worker.clients.bounds import Bounds
from rlm_worker.clients.failures import AnswerRefused, BrokenOff
from rlm_worker.clients.http import connections
from rlm_worker.clients.http.client import HttpClient
from rlm_worker.clients.http.connection import Connection
from rlm_worker.clients.http.message import Request
from wire import run

T = TypeVar("T")
Program = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

WATCHDOG_S = 60
OK = b"HTTP/1.1 200 OK\r\n"
ANSWER = OK + b"content-length: 2\r\n\r\nok"


class Server:
    """Runs a program on each connection, and counts connections, requests, and programs that have come to their end."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.connections = self.requests = self.ended = 0
        self.url = httpx2.URL("http://127.0.0.1")

    async def __aenter__(self) -> Server:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", backlog=1000)
        self.url = httpx2.URL(f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/x")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await reader.readuntil(b"\r\n\r\n"):
                self.requests += 1
                await self._program(reader, writer)
                self.ended += 1
        writer.close()


def says(*pieces: bytes, close: bool = False) -> Program:
    """A program that answers with these pieces, one after another."""

    async def program(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        if close:
            writer.close()

    return program


async def text(client: HttpClient, url: httpx2.URL) -> str:
    answer = await client.ask(Request("GET", url, {}), b"")
    return (await answer.read()).decode()


def with_client(server: Server, work: Callable[[HttpClient], Coroutine[Any, Any, T]], timeout_s: float = 60) -> T:
    async def whole() -> T:
        client = HttpClient(Bounds(timeout_s=timeout_s))
        async with server:
            try:
                return await work(client)
            finally:
                await client.aclose()

    return run(whole())


def test_connections_are_used_again_however_many_calls_are_at_once() -> None:
    async def soon(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(ANSWER)

    server = Server(soon)

    async def work(client: HttpClient) -> None:
        for _ in range(4):
            assert set(await asyncio.gather(*(text(client, server.url) for _ in range(300)))) == {"ok"}

    with_client(server, work)
    assert (server.connections, server.requests) == (300, 1200)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (says(ANSWER), "ok"),
        (says(OK + b"transfer-encoding: chunked\r\n\r\n", b"1\r\no\r\n", b"1\r\nk\r\n0\r\n\r\n"), "ok"),
        (says(b"HTTP/1.1 204 No Content\r\n\r\n"), ""),
        (says(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n", ANSWER), "ok"),
        (says(b"HTTP/1.1 100 Continue\r\n\r\n" + ANSWER), "ok"),
    ],
    ids=["length", "chunked", "no content", "early hints", "continue"],
)
def test_a_whole_answer_leaves_its_connection_for_the_next(answer: Program, body: str) -> None:
    server = Server(answer)

    async def work(client: HttpClient) -> list[str]:
        return [await text(client, server.url) for _ in range(3)]

    assert with_client(server, work) == [body] * 3
    assert server.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        says(OK + b"connection: close\r\ncontent-length: 2\r\n\r\nok", close=True),
        says(b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok", close=True),
        says(OK + b"\r\n", b"o", b"k", close=True),
        says(ANSWER, close=True),
        says(ANSWER + ANSWER),
        says(ANSWER, b"HTTP/1.1 408 Request Timeout\r\n\r\n"),
    ],
    ids=["says so", "HTTP/1.0", "ends with its connection", "closes without a word", "says it twice", "says more"],
)
def test_a_connection_that_its_server_ends_or_goes_on_with_is_not_used_again(answer: Program) -> None:
    server = Server(answer)

    async def work(client: HttpClient) -> list[str]:
        said = list[str]()
        for _ in range(3):
            said.append(await text(client, server.url))
            # What it says late is read before it is asked again: on a busy machine 50 ms are not enough for that.
            while server.ended < len(said):
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
        return said

    assert with_client(server, work) == ["ok"] * 3
    assert server.connections == 3


def test_a_connection_is_not_used_after_it_was_idle_for_as_long_as_servers_keep_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "MOST_IDLE_S", 0.0)
    server = Server(says(ANSWER))

    async def work(client: HttpClient) -> None:
        assert [await text(client, server.url) for _ in range(3)] == ["ok"] * 3

    with_client(server, work)
    assert server.connections == 3


def test_a_batch_asks_for_the_address_of_its_host_once_and_again_when_that_answers_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = list[str]()
    resolve = socket.getaddrinfo

    def counts(host: str, *arguments: Any, **more: Any) -> Any:
        asked.append(host)
        return resolve(host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", counts)
    server = Server(says(ANSWER))

    async def work(client: HttpClient) -> None:
        url = server.url.copy_with(host="localhost")
        assert set(await asyncio.gather(*(text(client, url) for _ in range(50)))) == {"ok"}
        assert asked == ["localhost"]
        (to_it,) = client._connections.values()
        to_it._idle.clear()
        to_it._opener._answered = ("0.0.0.1", time.monotonic() + WATCHDOG_S)
        assert await text(client, url) == "ok"
        assert asked == ["localhost", "localhost"]

    with_client(server, work)


def test_connections_that_nobody_needs_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch leaves as many as it was wide."""
    monkeypatch.setattr(connections, "MOST_IDLE_S", 0.1)
    left = 0

    async def counts(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal left
        writer.write(ANSWER)
        assert await reader.read() == b""
        left += 1

    server = Server(counts)

    async def work(client: HttpClient) -> None:
        await asyncio.gather(*(text(client, server.url) for _ in range(50)))
        async with asyncio.timeout(60):
            while left < 50:
                await asyncio.sleep(0.02)

    with_client(server, work)


def test_what_came_on_an_idle_connection_is_seen_before_the_loop_has_heard_of_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The loop was busy while the server closed it."""
    monkeypatch.setattr(connections, "SURE_S", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = httpx2.URL(f"http://127.0.0.1:{listening.getsockname()[1]}/x")

        def serve_once() -> None:
            connection = listening.accept()[0]
            with connection:
                connection.recv(1 << 16)
                connection.sendall(ANSWER)

        async def work() -> list[str]:
            client, said = HttpClient(Bounds()), list[str]()
            for _ in range(2):
                thread = threading.Thread(target=serve_once)
                thread.start()
                said.append(await text(client, url))
                thread.join()  # the loop waits, and cannot hear
            await client.aclose()
            return said

        assert run(work()) == ["ok", "ok"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(close=True), httpx2.RemoteProtocolError),
        (says(b"HTTP/1.1 2", close=True), httpx2.RemoteProtocolError),
        (says(b"SSH-2.0-OpenSSH\r\n"), httpx2.RemoteProtocolError),
        (says(OK + b"content-length: 3\r\n\r\nok", close=True), BrokenOff),
        (says(OK + b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n", close=True), BrokenOff),
        (says(OK + b"transfer-encoding: chunked\r\n\r\nzz\r\n"), BrokenOff),
        (says(OK + b"content-length: 2\r\ncontent-length: 3\r\n\r\nok"), httpx2.RemoteProtocolError),
    ],
    ids=["nothing", "half a line", "no HTTP", "short", "no last chunk", "no chunk", "two lengths"],
)
def test_an_answer_that_is_none_is_told_and_its_connection_closed(answer: Program, error: type[Exception]) -> None:
    server = Server(answer)

    async def work(client: HttpClient) -> None:
        for _ in range(2):
            with pytest.raises(error) as caught:
                await text(client, server.url)
            assert isinstance(caught.value, BrokenOff) == (error is BrokenOff)

    with_client(server, work)
    assert server.connections == 2


def test_a_call_that_is_cut_closes_its_connection_wherever_it_was() -> None:
    left = asyncio.Event()

    async def hangs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"content-length: 2\r\n\r\no")
        with suppress(ConnectionResetError):  # when the last bytes had come and nobody had read them
            assert await reader.read() == b""
        left.set()

    server = Server(hangs)

    async def work(client: HttpClient) -> None:
        asked = asyncio.create_task(text(client, server.url))
        while not server.requests:
            await asyncio.sleep(0.01)
        asked.cancel()
        with suppress(asyncio.CancelledError):
            await asked
        await asyncio.wait_for(left.wait(), 60)

    with_client(server, work)


def test_a_body_that_nobody_reads_is_not_taken_without_end() -> None:
    sent = [0]

    async def floods(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"content-length: 100000000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x" * 1_000_000)
            await writer.drain()
            sent[0] += 1_000_000

    server = Server(floods)

    async def work(client: HttpClient) -> None:
        answer = await client.ask(Request("GET", server.url, {}), b"")
        before = -1
        while before < sent[0]:
            before = sent[0]
            await asyncio.sleep(0.2)
        assert sent[0] < 50_000_000, "beside what the connection held, the system's buffers have some"
        with pytest.raises(AnswerRefused, match="maxReplyBytes"):
            await answer.read()

    with_client(server, work)


def test_a_client_keeps_no_cookies() -> None:
    seen = list[bytes]()

    async def bakes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + b"set-cookie: session=1\r\ncontent-length: 2\r\n\r\nok")

    class Watching(Server):
        async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(asyncio.IncompleteReadError):
                while head := await reader.readuntil(b"\r\n\r\n"):
                    seen.append(head.lower())
                    await bakes(reader, writer)

    server = Watching(bakes)

    async def work(client: HttpClient) -> None:
        for _ in range(2):
            await text(client, server.url)

    with_client(server, work)
    assert len(seen) == 2 and not any(b"cookie" in head for head in seen)


def test_a_header_that_would_begin_another_is_not_sent() -> None:
    with pytest.raises(ValueError, match="line break"):
        _ = Request("GET", httpx2.URL("http://h/"), {"x": "a\r\nhost: other"}).head


def test_a_request_goes_out_after_what_the_loop_was_told_to_do_before_it() -> None:
    """So that the host hears of a call before its provider does."""
    ours, peer = socket.socketpair()
    peer.setblocking(False)

    async def has_come_when_the_host_is_told() -> list[bool]:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Connection(WATCHDOG_S), sock=ours)
        has_come: list[bool] = []
        for _ in range(2):
            loop.call_soon(lambda: has_come.append(has_something(peer)))
            if not has_come:
                asking = connection.ask(b"a request")
                asking.send(None)
            await asyncio.sleep(0)
        asking.close()
        connection.close()
        return has_come

    assert asyncio.run(has_come_when_the_host_is_told()) == [False, True]


def has_something(peer: socket.socket) -> bool:
    try:
        return bool(peer.recv(100))
    except BlockingIOError:
        return False
