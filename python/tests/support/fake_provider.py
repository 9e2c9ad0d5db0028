"""The provider of the tests, on a port: plays a script, counts for itself, and sees what becomes of its connections.

A script says a ``Reply``, what a model said on OpenAI's wire, with a bill that the ledger is compared with; or an
``Answer``, HTTP as it is.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from http.client import responses
from typing import Any, BinaryIO

PRICES = {
    "root-model": {"input": Decimal("3"), "output": Decimal("15"), "cached": Decimal("0.3")},
    "sub-model": {"input": Decimal("0.25"), "output": Decimal("1.25"), "cached": Decimal("0.025")},
}
"""USD per million tokens."""


@dataclass(frozen=True)
class Request:
    """``headers`` by their names in small letters; ``model`` and ``messages`` as on OpenAI's wire."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def model(self) -> str:
        return self.body["model"]

    @property
    def messages(self) -> list[dict[str, Any]]:
        return self.body["messages"]

    @property
    def is_plain(self) -> bool:
        """A plain sub-call, and not a turn of an RLM."""
        return len(self.messages) == 1

    @property
    def turns(self) -> int:
        """How often the model spoke before."""
        return sum(message["role"] == "assistant" for message in self.messages)

    @property
    def last(self) -> str:
        return self.messages[-1]["content"]


@dataclass(frozen=True)
class Answer:
    """``body`` is sent as JSON unless it is bytes. ``hang`` never answers, and counts the connection when the client
    closes it; ``reset`` hangs up, and ``lost_after`` so many bytes of the body.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    content_type: str = "application/json"
    hang: bool = False
    reset: bool = False
    lost_after: int | None = None


@dataclass(frozen=True)
class Reply:
    """``hold``: never answer. ``body``: instead of an answer."""

    text: str = ""
    prompt_tokens: int = 100
    completion_tokens: int = 10
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])
    hold: bool = False
    usage: bool = True
    finish_reason: str = "stop"
    message: dict[str, Any] = field(default_factory=dict[str, Any])
    body: str | None = None

    def answer(self, model: str) -> Answer:
        body = self._body(model) if self.body is None else self.body.encode()
        return Answer(self.status, body, self.headers, hang=self.hold)

    def _body(self, model: str) -> dict[str, Any]:
        if self.status != 200:
            return {"error": {"message": self.text or "scripted failure", "type": "scripted"}}
        choice = {
            "index": 0,
            "finish_reason": self.finish_reason,
            "message": {"role": "assistant", "content": self.text, **self.message},
        }
        body: dict[str, Any] = {"id": "c", "object": "chat.completion", "created": 1, "model": model}
        body["choices"] = [choice]
        if self.usage:
            body["usage"] = {
                "prompt_tokens": self.prompt_tokens,
                "completion_tokens": self.completion_tokens,
                "total_tokens": self.prompt_tokens + self.completion_tokens,
                "prompt_tokens_details": {"cached_tokens": self.cached_tokens},
                "completion_tokens_details": {"reasoning_tokens": self.reasoning_tokens},
            }
        return body


Script = Callable[[Request], Reply | Answer]


def publishes_nothing(_: Request) -> Answer:
    return Answer(body={"data": []})


class FakeProvider:
    """``script`` answers calls of models, kept in ``requests``; ``published`` what is fetched, kept in ``fetched``."""

    def __init__(
        self, script: Script, published: Script = publishes_nothing, tls: ssl.SSLContext | None = None
    ) -> None:
        self.script = script
        self.published = published
        self.requests: list[Request] = []
        self.fetched: list[Request] = []
        self.answered: list[tuple[Request, Reply]] = []
        self.closed = 0
        self.most_at_once = 0
        self._at_once = 0
        self.changed = threading.Condition()
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> FakeProvider:
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def wait(self, fact: Callable[[FakeProvider], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: fact(self), timeout=120), "the provider did not see it"

    def bill(self) -> dict[str, dict[str, int | Decimal]]:
        """Per model: calls, tokens and USD, as this side counted them."""
        bill: dict[str, dict[str, int | Decimal]] = {}
        for request, reply in self.answered:
            line = bill.setdefault(request.model, {"calls": 0, "input": 0, "output": 0, "cached": 0, "reasoning": 0})
            line["calls"] += 1
            line.setdefault("usd", Decimal(0))
            if reply.status != 200 or not reply.usage:
                continue
            line["input"] += reply.prompt_tokens
            line["output"] += reply.completion_tokens
            line["cached"] += reply.cached_tokens
            line["reasoning"] += reply.reasoning_tokens
            line["usd"] += self.price(request.model, reply)
        return bill

    def price(self, model: str, reply: Reply) -> Decimal:
        rates = PRICES[model]
        plain = reply.prompt_tokens - reply.cached_tokens
        tokens = (
            rates["input"] * plain + rates["cached"] * reply.cached_tokens + rates["output"] * reply.completion_tokens
        )
        return tokens / 1_000_000

    @property
    def spent(self) -> Decimal:
        return sum((Decimal(line["usd"]) for line in self.bill().values()), Decimal(0))

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as received:
                while (request := _received(received)) is not None:
                    answer = self._answered(request, connection)
                    if answer.hang or answer.reset:
                        return
                    _send(connection, answer)
                    if answer.lost_after is not None or request.headers.get("connection") == "close":
                        return

    def _answered(self, request: Request, connection: socket.socket) -> Answer:
        if not request.body:
            self.fetched.append(request)
            published = self.published(request)
            assert isinstance(published, Answer)
            return published
        with self.changed:
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self.changed.notify_all()
        reply = self.script(request)
        answer = reply.answer(request.model) if isinstance(reply, Reply) else reply
        has_left = answer.hang and _wait_for_client_to_leave(connection)
        with self.changed:
            self._at_once -= 1
            self.closed += has_left
            if isinstance(reply, Reply) and not reply.hold:
                self.answered.append((request, reply))
            self.changed.notify_all()
        return answer


def _received(received: BinaryIO) -> Request | None:
    """The next request, of which a fetch has no body; None once the client has hung up."""
    first = received.readline().decode("latin-1").split(" ")
    headers = dict[str, str]()
    while (line := received.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    size = int(headers.get("content-length", 0))
    body = received.read(size)
    if len(first) < 3 or len(body) < size:
        return None
    return Request(first[1], headers, json.loads(body) if body else {})


def _wait_for_client_to_leave(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def _send(connection: socket.socket, answer: Answer) -> None:
    """In one piece: what comes after the head would wait for the client's delayed acknowledgement of it."""
    data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    headers = {"content-type": answer.content_type, **answer.headers, "content-length": str(len(data))}
    lines = [f"HTTP/1.1 {answer.status} {responses.get(answer.status, '')}", *map(": ".join, headers.items())]
    connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + data[: answer.lost_after])


def cell(code: str) -> str:
    """A response whose one code block is ``code``."""
    return f"I will run this.\n```repl\n{code}\n```"


def answer(expression: str) -> str:
    return cell(f'answer["content"] = {expression}\nanswer["ready"] = True')


def in_turn(*replies: Reply | Answer | str, sub: Script | None = None) -> Script:
    """The root model says these in order, the last one again and again; ``sub`` serves the sub model."""
    remaining = [Reply(reply) if isinstance(reply, str) else reply for reply in replies]
    lock = threading.Lock()

    def script(request: Request) -> Reply | Answer:
        if request.body.get("model") == "sub-model":
            return sub(request) if sub else Reply("sub says yes", 40, 5)
        with lock:
            return remaining.pop(0) if len(remaining) > 1 else remaining[0]

    return script
