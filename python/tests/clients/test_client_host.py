"""A model that the host serves: what is asked over the wire, and what comes of each reply."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest
from host_model import HostModel, completion, failed

from rlm_worker.cancel import RunStopped, StopSignal
from rlm_worker.clients.base import ModelRequest, TokenUsage
from rlm_worker.clients.host import MAX_PROMPT_BYTES
from rlm_worker.clients.loop import provider_loop
from rlm_worker.errors import ProviderError
from wire import run

USAGE = {"inputTokens": 9, "outputTokens": 5, "cachedInputTokens": 3, "cacheWriteTokens": 2, "reasoningTokens": 1}
PROMPT = ModelRequest([{"role": "user", "content": "What is it?"}])


def test_it_asks_with_text_and_its_place() -> None:
    host = HostModel(lambda _: completion())
    parts = [{"type": "text", "text": "What "}, {"type": "text", "text": "is it?"}]
    request = ModelRequest([{"role": "system", "content": None}, {"role": "user", "content": parts}], 7, "llm_query", 2)
    run(host.client.complete(request))
    assert host.asked == [
        {
            "type": "model.call",
            "id": "run-1",
            "requestId": "request-1",
            "which": "sub",
            "model": "mine",
            "role": "llm_query",
            "depth": 2,
            "messages": [{"role": "system", "content": ""}, {"role": "user", "content": "What is it?"}],
            "maxOutputTokens": 7,
            "schema": None,
        }
    ]


def test_a_schema_goes_with_the_question() -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}}
    host = HostModel(lambda _: completion('{"n": 1}'))
    run(host.client.complete(ModelRequest(PROMPT.messages, schema=schema)))
    assert (host.asked[0]["schema"], host.asked[0]["messages"]) == (schema, PROMPT.messages)


@pytest.mark.parametrize(
    ("outcome", "usage", "cost"),
    [
        (completion(), None, None),
        (completion(usage=USAGE), TokenUsage(9, 5, 3, 2, 1), None),
        (completion(cost=0), None, Decimal(0)),
        (completion(usage=USAGE, cost=0.1), TokenUsage(9, 5, 3, 2, 1), Decimal("0.1")),
    ],
)
def test_what_it_knows_is_what_was_said(
    outcome: dict[str, Any], usage: TokenUsage | None, cost: Decimal | None
) -> None:
    reply = run(HostModel(lambda _: outcome).client.complete(PROMPT))
    assert (reply.text, reply.model, reply.usage, reply.cost_usd) == ("It.", "mine", usage, cost)


def test_a_failure_is_final_and_without_keys() -> None:
    said = "threw: 401 for sk-live-0123456789abcdef"
    client = HostModel(lambda _: failed(said)).client
    with pytest.raises(ProviderError) as caught:
        run(client.complete(PROMPT))
    error = caught.value
    assert (error.code, error.retryable, error.status) == ("host_model_failed", False, None)
    assert error.message == "threw: 401 for [redacted]"


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ({"role": "tool", "content": "x"}, 'the role "tool"'),
        ({"content": "x"}, 'the role "None"'),
        ({"role": "user", "content": "\N{GRINNING FACE}" * (MAX_PROMPT_BYTES // 12)}, "bytes as JSON, of at most"),
    ],
    ids=["role", "no role", "length"],
)
def test_what_the_wire_does_not_carry_is_not_sent(message: dict[str, Any], fault: str) -> None:
    host = HostModel(lambda _: completion())
    with pytest.raises(ProviderError, match=fault) as caught:
        run(host.client.complete(ModelRequest([message])))
    assert (caught.value.code, host.asked) == ("host_model_failed", [])


def test_a_stop_ends_the_wait_and_a_late_reply_is_dropped() -> None:
    host = HostModel(lambda _: None)

    async def stopped_while_waiting() -> None:
        waiting = asyncio.ensure_future(host.client.complete(PROMPT))
        while not host.asked:
            await asyncio.sleep(0)
        host.stop.stop("duration_exceeded", "too long")
        await waiting

    with pytest.raises(RunStopped) as caught:
        provider_loop().call(stopped_while_waiting(), StopSignal())
    assert caught.value.code == "duration_exceeded"
    host.reply(host.asked[0], completion())
