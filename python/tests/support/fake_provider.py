"""A provider on OpenAI's wire that plays a script and counts for itself: the ledger is compared with its bill."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PRICES = {
    "root-model": {"input": Decimal("3"), "output": Decimal("15"), "cached": Decimal("0.3")},
    "sub-model": {"input": Decimal("0.25"), "output": Decimal("1.25"), "cached": Decimal("0.025")},
}
"""USD per million tokens."""


@dataclass(frozen=True)
class Request:
    model: str
    messages: list[dict[str, Any]]
    body: dict[str, Any]

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
class Reply:
    """``hold``: never answer, and count the connection when the client closes it. ``body``: instead of an answer."""

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


Script = Callable[[Request], Reply]


class FakeProvider:
    def __init__(self, script: Script) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.answered: list[tuple[Request, Reply]] = []
        self.closed = 0
        self.most_at_once = 0
        self._at_once = 0
        self.published: list[dict[str, Any]] = []
        """What it says of its models before any call."""
        self.changed = threading.Condition()
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                provider._serve(self)

            def do_GET(self) -> None:
                provider._answer_with(self, Reply(), {"data": provider.published})

            def log_message(self, format: str, *args: Any) -> None:
                return None

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def __enter__(self) -> FakeProvider:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

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

    def _serve(self, http: BaseHTTPRequestHandler) -> None:
        sent = http.rfile.read(int(http.headers["Content-Length"]))
        if not sent:  # the client closed before it sent its request
            return
        body = json.loads(sent)
        request = Request(body["model"], body["messages"], body)
        with self.changed:
            self.requests.append(request)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
            self.changed.notify_all()
        reply = self.script(request)
        if reply.hold:
            http.connection.recv(1)  # returns when the client closes
        with self.changed:
            self._at_once -= 1
            if reply.hold:
                self.closed += 1
                http.close_connection = True
            else:
                self.answered.append((request, reply))
            self.changed.notify_all()
        if not reply.hold:
            self._answer(http, request, reply)

    def _answer(self, http: BaseHTTPRequestHandler, request: Request, reply: Reply) -> None:
        self._answer_with(http, reply, self._body(request, reply) if reply.body is None else reply.body)

    def _answer_with(self, http: BaseHTTPRequestHandler, reply: Reply, body: dict[str, Any] | str) -> None:
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        http.send_response(reply.status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(data)),
            **reply.headers,
        }.items():
            http.send_header(name, value)
        http.end_headers()
        http.wfile.write(data)

    def _body(self, request: Request, reply: Reply) -> dict[str, Any]:
        if reply.status != 200:
            return {"error": {"message": reply.text or "scripted failure", "type": "scripted"}}
        choice = {
            "index": 0,
            "finish_reason": reply.finish_reason,
            "message": {"role": "assistant", "content": reply.text, **reply.message},
        }
        body: dict[str, Any] = {"id": "c", "object": "chat.completion", "created": 1, "model": request.model}
        body["choices"] = [choice]
        if reply.usage:
            body["usage"] = {
                "prompt_tokens": reply.prompt_tokens,
                "completion_tokens": reply.completion_tokens,
                "total_tokens": reply.prompt_tokens + reply.completion_tokens,
                "prompt_tokens_details": {"cached_tokens": reply.cached_tokens},
                "completion_tokens_details": {"reasoning_tokens": reply.reasoning_tokens},
            }
        return body


def cell(code: str) -> str:
    """A response whose one code block is ``code``."""
    return f"I will run this.\n```repl\n{code}\n```"


def answer(expression: str) -> str:
    return cell(f'answer["content"] = {expression}\nanswer["ready"] = True')


def in_turn(*replies: Reply | str, sub: Script | None = None) -> Script:
    """The root model says these in order, the last one again and again; ``sub`` serves the sub model."""
    remaining = [reply if isinstance(reply, Reply) else Reply(reply) for reply in replies]
    lock = threading.Lock()

    def script(request: Request) -> Reply:
        if request.model == "sub-model":
            return sub(request) if sub else Reply("sub says yes", 40, 5)
        with lock:
            return remaining.pop(0) if len(remaining) > 1 else remaining[0]

    return script
