"""Answers in the providers' wire formats (fields as the SDKs' types have them), and clients of a local server."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

from fake_provider import Answer

from rlm_worker._generated.messages import ModelSecrets, ModelSpec
from rlm_worker.cancel import StopSignal
from rlm_worker.clients.backends import create_client
from rlm_worker.clients.base import ModelClient
from rlm_worker.clients.loop import provider_loop

T = TypeVar("T")

KEY = "sk-test-0123456789abcdefKEY"
MESSAGES = [
    {"role": "system", "content": "You are exact."},
    {"role": "user", "content": "Your context is a str."},
    {"role": "user", "content": "Turn 1/20:"},
]


def run(work: Coroutine[Any, Any, T]) -> T:
    """Where the worker runs its calls: the process's one loop."""
    return provider_loop().call(work, StopSignal())


def client(
    backend: str,
    url: str | None,
    model: str = "test-model",
    sampling: dict[str, Any] | None = None,
    options: dict[str, Any] | None = None,
    key: str | None = KEY,
) -> ModelClient:
    spec = ModelSpec.model_validate(
        {"backend": backend, "model": model, "baseUrl": url, "samplingArgs": sampling or {}, "priceProvider": None}
    )
    return create_client(spec, ModelSecrets.model_validate({"apiKey": key, "backendOptions": options or {}}))


def openai_answer(content: Any = "hello", usage: Any = None, **extra: Any) -> Answer:
    message = {"role": "assistant", "content": content, **extra.pop("message", {})}
    choice = {"index": 0, "message": message, "finish_reason": extra.pop("finish_reason", "stop")}
    body = {"id": "c1", "object": "chat.completion", "created": 1, "model": "served-model", "choices": [choice]}
    return Answer(body={**body, **({"usage": usage} if usage else {}), **extra})


def anthropic_answer(blocks: Any = None, usage: Any = None, stop_reason: str = "end_turn", **delta: Any) -> Answer:
    """A message stream, as server-sent events."""
    blocks = [{"type": "text", "text": "hello"}] if blocks is None else blocks
    usage = usage or {"input_tokens": 5, "output_tokens": 2}
    message = {"id": "m1", "type": "message", "role": "assistant", "model": "served-model", "content": []}
    start = {**message, "stop_reason": None, "stop_sequence": None, "usage": {**usage, "output_tokens": 1}}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": start}]
    for index, block in enumerate(blocks):
        empty = {**block, **{name: "" for name in ("text", "thinking", "signature") if name in block}}
        events.append({"type": "content_block_start", "index": index, "content_block": empty})
        if block["type"] == "text":
            change = {"type": "text_delta", "text": block["text"]}
            events.append({"type": "content_block_delta", "index": index, "delta": change})
        events.append({"type": "content_block_stop", "index": index})
    details = {name: usage[name] for name in ("output_tokens", "output_tokens_details") if name in usage}
    ending = {"stop_reason": stop_reason, "stop_sequence": None, **delta}
    events += [{"type": "message_delta", "delta": ending, "usage": details}, {"type": "message_stop"}]
    return sse(events)


def sse(events: list[dict[str, Any]]) -> Answer:
    text = "".join(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return Answer(body=text.encode(), content_type="text/event-stream")


def gemini_answer(parts: Any = None, usage: Any = None, **extra: Any) -> Answer:
    parts = [{"text": "hello"}] if parts is None else parts
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": "STOP", "index": 0}
    usage = usage or {"promptTokenCount": 5, "candidatesTokenCount": 2, "totalTokenCount": 7}
    body = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "served-model", **extra}
    return Answer(body=body)


def openai_error(message: str, **extra: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "error", "param": None, "code": None, **extra}}


def anthropic_error(message: str, **extra: Any) -> dict[str, Any]:
    return {"type": "error", "error": {"type": "invalid_request_error", "message": message, **extra}}


def gemini_error(message: str, **extra: Any) -> dict[str, Any]:
    return {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT", **extra}}


@dataclass(frozen=True)
class Wire:
    backend: str
    answer: Callable[..., Answer]
    error: Callable[..., dict[str, Any]]

    def __str__(self) -> str:
        return self.backend


WIRES = [
    Wire("openai", openai_answer, openai_error),
    Wire("anthropic", anthropic_answer, anthropic_error),
    Wire("gemini", gemini_answer, gemini_error),
    Wire("portkey", openai_answer, openai_error),
]
"""One backend of each SDK."""
