from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.clients.base import ModelReply, ModelRequest, TokenUsage
from wire import MESSAGES, WIRES, Wire, anthropic_answer, client, gemini_answer, openai_answer, run


def reply(backend: str, answer: Answer, **more: Any) -> ModelReply:
    async def one() -> ModelReply:
        model = client(backend, server.url, **more)
        try:
            return await model.complete(ModelRequest(MESSAGES))
        finally:
            await model.aclose()

    with FakeProvider(in_turn(answer)) as server:
        return run(one())


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_text_and_the_model_that_served(wire: Wire) -> None:
    got = reply(wire.backend, wire.answer())
    assert (got.text, got.model) == ("hello", "served-model")


@pytest.mark.parametrize("backend", ["openai", "portkey", "vllm"])
def test_openai_prompt_tokens_include_cached_and_output_reasoning(backend: str) -> None:
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 50,
        "total_tokens": 150,
        "prompt_tokens_details": {"cached_tokens": 60, "cache_write_tokens": 10},
        "completion_tokens_details": {"reasoning_tokens": 30},
    }
    assert reply(backend, openai_answer(usage=usage)).usage == TokenUsage(100, 50, 60, 10, 30)


def test_anthropic_input_is_all_three_counts() -> None:
    usage = {
        "input_tokens": 10,
        "cache_read_input_tokens": 200,
        "cache_creation_input_tokens": 30,
        "output_tokens": 7,
        "output_tokens_details": {"thinking_tokens": 3},
    }
    assert reply("anthropic", anthropic_answer(usage=usage)).usage == TokenUsage(240, 7, 200, 30, 3)


def test_gemini_output_is_candidates_and_thoughts() -> None:
    usage = {
        "promptTokenCount": 100,
        "cachedContentTokenCount": 40,
        "candidatesTokenCount": 5,
        "thoughtsTokenCount": 8,
        "totalTokenCount": 113,
    }
    assert reply("gemini", gemini_answer(usage=usage)).usage == TokenUsage(100, 13, 40, 0, 8)


@pytest.mark.parametrize("backend", ["openai", "vllm", "portkey"])
@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": None}])
def test_usage_that_is_not_reported_is_unknown_not_zero(backend: str, usage: Any) -> None:
    assert reply(backend, openai_answer(usage=usage)).usage is None


@pytest.mark.parametrize(
    ("cost", "expected"),
    [
        ({"cost": 0.00123}, "0.00123"),
        ({"cost": 0}, "0"),
        ({"cost": 0.001, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.02}}, "0.021"),
        ({"cost": 0.001, "is_byok": False, "cost_details": {"upstream_inference_cost": 0.02}}, "0.001"),
        ({}, None),
        ({"cost": None}, None),
    ],
)
def test_openrouter_reports_its_own_cost(cost: dict[str, Any], expected: str | None) -> None:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2, **cost}
    got = reply("openrouter", openai_answer(usage=usage)).cost_usd
    assert got == (None if expected is None else Decimal(expected))


def test_content_in_parts_is_joined() -> None:
    parts = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    assert reply("litellm", openai_answer(content=parts)).text == "one two"


def test_anthropic_thinking_is_skipped_and_texts_joined() -> None:
    thinking = {"type": "thinking", "thinking": "hm", "signature": "s"}
    blocks = [thinking, {"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    assert reply("anthropic", anthropic_answer(blocks)).text == "one two"


def test_gemini_thoughts_are_not_the_answer() -> None:
    assert reply("gemini", gemini_answer([{"text": "hm", "thought": True}, {"text": "hello"}])).text == "hello"


def test_gemini_is_asked_once_even_when_it_offers_to_continue() -> None:
    candidate = {"content": {"role": "model", "parts": [{"text": "part"}]}, "index": 0, "finishReason": "MAX_TOKENS"}
    with FakeProvider(in_turn(gemini_answer(candidates=[candidate], continuationToken="bW9yZQ=="))) as server:
        got = run(client("gemini", server.url).complete(ModelRequest(MESSAGES)))
    assert (got.text, got.finish_reason) == ("part", "length") and len(server.requests) == 1


@pytest.mark.parametrize(
    ("backend", "answer", "usage"),
    [
        ("openai", openai_answer(usage={"prompt_tokens": 5, "total_tokens": 7}), TokenUsage(5, 2)),
        ("vllm", openai_answer(usage={"completion_tokens": 2, "total_tokens": 7}), TokenUsage(5, 2)),
        ("openai", openai_answer(usage={"prompt_tokens": 5}), None),
        ("openai", openai_answer(usage={"prompt_tokens": 5, "completion_tokens": None}), None),
        ("gemini", gemini_answer(usage={"promptTokenCount": 5, "totalTokenCount": 7}), TokenUsage(5, 2)),
        ("gemini", gemini_answer(usage={"promptTokenCount": 5}), None),
    ],
)
def test_half_a_usage_is_completed_by_its_total_or_unknown(
    backend: str, answer: Answer, usage: TokenUsage | None
) -> None:
    got = reply(backend, answer)
    assert (got.text, got.usage) == ("hello", usage)
