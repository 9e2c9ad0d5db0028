"""Mutated answers and refusals of providers through the code that reads them: no crash, no hang, no growth.

In the suite a seeded few thousand; ``python tests/fuzz/provider_answers.py 1000000 [seed]`` from ``python/`` runs as
many as are asked for.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2] / "src")]

import httpx2

from rlm_worker.clients import anthropic, gemini
from rlm_worker.clients.anthropic_stream import read_message
from rlm_worker.clients.base import ModelReply
from rlm_worker.clients.chat_completions import reply_from
from rlm_worker.clients.failures import CallTarget, limits_of, provider_failure
from rlm_worker.clients.json_body import json_object
from rlm_worker.clients.published import SOURCES
from rlm_worker.clients.reported import MOST_TOKENS, MOST_USD
from rlm_worker.errors import RunError

KEY = "sk-fuzz-0123456789abcdef"
TARGET = CallTarget("openai", "m", "http://127.0.0.1:1/v1", KEY, "OPENAI_API_KEY")
MOST_MESSAGE_CHARS = 2_000

USAGE = {"prompt_tokens": 9, "completion_tokens": 4, "total_tokens": 13, "cost": 0.01, "is_byok": True}
DETAILS = {"prompt_tokens_details": {"cached_tokens": 3}, "cost_details": {"upstream_inference_cost": 0.1}}
MESSAGE = {"role": "assistant", "content": "hello", "refusal": None, "reasoning_content": "hm"}
CHAT = {
    "model": "m",
    "choices": [{"index": 0, "message": MESSAGE, "finish_reason": "stop"}],
    "usage": {**USAGE, **DETAILS},
    "provider_metadata": {"gateway": {"cost": "0.1", "marketCost": "0.2"}},
    "base_resp": {"status_code": 0, "status_msg": ""},
    "error": None,
}
GEMINI = {
    "candidates": [
        {"content": {"parts": [{"text": "hello"}, {"text": "hm", "thought": True}]}, "finishReason": "STOP"}
    ],
    "promptFeedback": {"blockReason": "SAFETY"},
    "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 4, "thoughtsTokenCount": 2},
    "modelVersion": "m",
}
EVENTS = [
    {"type": "message_start", "message": {"model": "m", "usage": {"input_tokens": 9, "cache_read_input_tokens": 1}}},
    {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
    {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "hello"}},
    {"type": "ping"},
    {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 4}},
    {"type": "error", "error": {"type": "overloaded_error", "message": "busy"}},
    {"type": "message_stop"},
]
REFUSAL = {
    "error": {
        "message": f"maximum context length is 8192 tokens, requested 9000 (30 in the messages), key {KEY}",
        "type": "invalid_request_error",
        "code": "context_length_exceeded",
        "n_ctx": 4096,
        "details": [{"reason": "API_KEY_INVALID", "retryDelay": "12.5s"}],
        "metadata": {"raw": "upstream"},
    }
}
PUBLISHED = {
    "data": [
        {
            "id": "m",
            "model_name": "m",
            "model_group": "m",
            "input_cost_per_token": 1e-6,
            "output_cost_per_token": 2e-6,
            "model_info": {
                "input_cost_per_token": 1e-6,
                "output_cost_per_token": 2e-6,
                "output_cost_per_token_above_200k_tokens": 3e-6,
                "tiered_pricing": [{"input_cost_per_token": 1e-6}],
                "max_input_tokens": 9,
            },
            "pricing": {
                "prompt": "0.1",
                "completion": "0.2",
                "input": "0.1",
                "output": "-1",
                "input_tiers": [{"cost": "0.1"}],
                "overrides": [{"prompt": "0.3", "internal_reasoning": "0"}],
            },
        }
    ]
}
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**53 + 1, -(2**63), 10**400, 1e308, float("nan"), float("inf"), "", " ", "12",
    "\ud800", "x" * 3000, "\u2028\x00", [], {}, [[]], [None], {"text": 1}, {"type": "error"}, "stop",
    "content_filter", "length",
]  # fmt: skip
STATUSES = [200, 400, 401, 402, 403, 404, 408, 413, 422, 429, 451, 500, 503, 529, 599, 0, -1]
WAITS = [
    "",
    "12",
    "-1",
    "nan",
    "1e999",
    "9" * 400,
    "soon",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Thu, 99 Foo 99999 99:99:99 +9999",
]


@dataclass
class Seen:
    """What became of the mutants."""

    replies: int = 0
    failures: Counter[str] = field(default_factory=Counter[str])


class Mutator:
    """Changes values anywhere in a body, then bytes of its text."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def choose(self, values: list[Any]) -> Any:
        return self._random.choice(values)

    def text(self, body: Any) -> str:
        """A body as the text of a mutant of it."""
        for _ in range(self._random.randrange(4)):
            body = self._changed(body)
        text = json.dumps(body)
        return self._bent(text) if self._random.random() < 0.3 else text

    def _changed(self, value: Any, depth: int = 0) -> Any:
        if not value or not isinstance(value, dict | list) or (depth and self._random.random() < 0.15):
            return self._random.choice(ODD)
        place = self._random.choice(list(value) if isinstance(value, dict) else range(len(value)))
        kind = self._random.random()
        if isinstance(value, list):
            rest = [*value[:place], *value[place + 1 :]]
            return rest if kind < 0.1 else [*rest, self._changed(value[place], depth + 1)]
        rest = {name: item for name, item in value.items() if name != place}
        return rest if kind < 0.1 else {**rest, place: self._changed(value[place], depth + 1)}

    def _bent(self, text: str) -> str:
        at, kind = self._random.randrange(len(text) + 1), self._random.randrange(5)
        if kind == 0:
            return text[:at]
        if kind == 1:
            return text[:at] + self._random.choice('"\\{}[]:,\x00\ud800\n\u20280-.eE') + text[at:]
        if kind == 2:
            return text[:at] + text[at + self._random.randrange(1, 9) :]
        if kind == 3:
            return text[:at] + text[max(0, at - 40) : at] + text[at:]
        return text[:at] + "[" * self._random.randrange(5_000) + text[at:]


class Refused(Exception):
    """As the SDKs raise them."""

    def __init__(self, status: int, text: str, headers: dict[str, str]) -> None:
        super().__init__(f"Error code: {status}")
        self.status_code = status
        self.response = httpx2.Response(
            max(100, status), headers=headers, text=text.encode("utf-8", "replace").decode()
        )
        try:
            body: Any = json.loads(text)
        except (ValueError, RecursionError):
            body = text
        self.body = body


def read_chat(mutator: Mutator) -> ModelReply:
    body = json_object(mutator.text(CHAT))
    headers = {"x-litellm-response-cost": str(mutator.choose(ODD))[:100]} if mutator.choose([True, False]) else {}
    return reply_from(body or {}, "m", headers)


def read_gemini(mutator: Mutator) -> ModelReply:
    return gemini._reply(json_object(mutator.text(GEMINI)) or {}, "m")


def read_stream(mutator: Mutator) -> ModelReply:
    events = [event for event in EVENTS if event["type"] != "error" or mutator.choose([False] * 9 + [True])]
    lines = [
        f"event: x\ndata: {mutator.text(event) if mutator.choose([True, False]) else json.dumps(event)}\n\n"
        for event in events
    ]
    sent = "".join(lines).encode("utf-8", "surrogatepass")

    async def chunks() -> AsyncIterator[bytes]:
        size = mutator.choose([7, 100, 1 << 16]) if len(sent) < 4000 else 1 << 16
        for at in range(0, len(sent), size):
            yield sent[at : at + size]

    return anthropic._reply(_run(read_message(chunks())), "m")


def read_published(mutator: Mutator) -> ModelReply | None:
    body = json_object(mutator.text(PUBLISHED)) or {}
    for source in SOURCES[mutator.choose(list(SOURCES))]:
        source.entry(body, "m")
    return None


def read_refusal(mutator: Mutator) -> ModelReply | None:
    headers = {mutator.choose(["retry-after", "retry-after-ms"]): mutator.choose(WAITS)}
    refused = Refused(mutator.choose(STATUSES), mutator.text(REFUSAL), headers)
    limits_of(refused)
    raise refused


READERS: list[Callable[[Mutator], ModelReply | None]] = [
    read_chat,
    read_gemini,
    read_stream,
    read_refusal,
    read_published,
]


def _run(work: Any) -> Any:
    """A coroutine that waits for nothing, to its end; an event loop for each would be most of the time."""
    try:
        while True:
            work.send(None)
    except StopIteration as ended:
        return ended.value


def fuzz(count: int, seed: int) -> Seen:
    """Raises AssertionError, or whatever a reader should have taken."""
    mutator, seen = Mutator(seed), Seen()
    for index in range(count):
        read = READERS[index % len(READERS)]
        try:
            reply = read(mutator)
        except RunError as error:
            seen.failures[error.code] += 1
        except Exception as error:
            failure = provider_failure(error, TARGET)
            assert KEY not in failure.message, failure.message
            assert len(failure.message) < MOST_MESSAGE_CHARS
            assert failure.retry_after_s is None or failure.retry_after_s >= 0
            seen.failures[failure.code] += 1
        else:
            seen.replies += 1
            if reply is not None:
                check(reply)
    return seen


def check(reply: ModelReply) -> None:
    counts = reply.usage
    if counts is not None:
        numbers = (counts.input_tokens, counts.output_tokens, counts.cached_input_tokens, counts.reasoning_tokens)
        assert all(type(number) is int and 0 <= number <= 3 * MOST_TOKENS for number in numbers), counts
    assert reply.cost_usd is None or 0 <= reply.cost_usd <= 2 * MOST_USD
    assert isinstance(reply.text, str) and isinstance(reply.model, str) and isinstance(reply.finish_reason, str)


def main() -> None:
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    started, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = fuzz(count, seed)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    print(f"{count:,} mutants in {time.monotonic() - started:.0f} s, seed {seed}; {grown} MiB more memory at the most")
    print(f"{seen.replies:,} replies; {dict(seen.failures.most_common())}")


if __name__ == "__main__":
    main()
