"""Routers say what a call cost, and what their models cost before the call."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.clients.base import ModelReply, ModelRequest, TokenUsage
from rlm_worker.clients.published import Published, sources_of
from rlm_worker.ledger.prices import PriceBook
from wire import MESSAGES, client, openai_answer, run

USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}


def reply(backend: str, headers: dict[str, str], **cost: Any) -> ModelReply:
    answer = replace(openai_answer(usage={**USAGE, **cost}), headers=headers)
    with FakeProvider(in_turn(answer)) as server:
        return run(client(backend, server.url, "an-alias").complete(ModelRequest(MESSAGES)))


@pytest.mark.parametrize("backend", ["litellm", "openai"])
@pytest.mark.parametrize(
    ("header", "cost", "known"),
    [
        ("0.00123", "0.00123", True),
        ("1.5e-06", "0.0000015", True),
        ("0.0", "0", True),
        ("1e16", None, False),
        ("-1", None, False),
        ("nan", None, False),
        ("None", None, False),
    ],
)
def test_litellm_says_the_cost_of_each_call_in_a_header(
    backend: str, header: str, cost: str | None, known: bool
) -> None:
    got = reply(backend, {"x-litellm-response-cost": header})
    assert got.cost_usd == (None if cost is None else Decimal(cost))
    assert got.cost_known is known


def test_a_blank_header_says_nothing() -> None:
    got = reply("litellm", {"x-litellm-response-cost": ""})
    assert (got.cost_usd, got.cost_known) == (None, True)


GATEWAY = {"cost": "0.0045405", "marketCost": "0.0045405", "generationId": "gen_1"}
OWN_KEY = {**GATEWAY, "cost": "0"}


@pytest.mark.parametrize(
    ("extra", "cost"),
    [
        ({"usage": {**USAGE, "cost": 8.227e-05}}, "0.00008227"),
        ({"message": {"provider_metadata": {"gateway": GATEWAY}}}, "0.0045405"),
        ({"provider_metadata": {"gateway": GATEWAY}}, "0.0045405"),
        ({"providerMetadata": {"gateway": GATEWAY}}, "0.0045405"),
        ({"providerMetadata": {"gateway": OWN_KEY}}, "0.0045405"),
        ({"providerMetadata": {"gateway": {"cost": "0"}}}, "0"),
        ({"providerMetadata": {"gateway": {"cost": "a lot"}}}, None),
    ],
)
def test_vercels_gateway_says_the_cost_of_each_call(extra: dict[str, Any], cost: str | None) -> None:
    with FakeProvider(in_turn(openai_answer(**{"usage": USAGE, **extra}))) as server:
        got = run(client("vercel", server.url, "a/model").complete(ModelRequest(MESSAGES)))
    assert (got.cost_usd, got.cost_known) == (None if cost is None else Decimal(cost), cost is not None)


def test_perplexity_says_the_cost_of_each_call_in_parts() -> None:
    parts = {
        "input_tokens_cost": 0.000013,
        "output_tokens_cost": 0.000252,
        "request_cost": 0.005,
        "total_cost": 0.00527,
    }
    assert reply("openai", {}, cost=parts).cost_usd == Decimal("0.00527")


def test_the_header_comes_before_what_a_router_behind_it_says() -> None:
    assert reply("litellm", {"x-litellm-response-cost": "0.5"}, cost=0.4).cost_usd == Decimal("0.5")
    assert reply("litellm", {}, cost=0.4).cost_usd == Decimal("0.4")


INFO = {"input_cost_per_token": 3e-06, "output_cost_per_token": 1.5e-05, "max_input_tokens": 9000}
LITELLM = [
    {"model_name": "another", "model_info": {"input_cost_per_token": 9, "output_cost_per_token": 9}},
    {"model_name": "an-alias", "model_info": {**INFO, "max_output_tokens": 700, "cache_read_input_token_cost": 3e-07}},
    {"model_name": "an-alias", "model_info": {"input_cost_per_token": 1e-06, "output_cost_per_token": 1e-06}},
    {"model_name": "an-alias", "model_info": {"input_cost_per_token": None}},
]
OPENROUTER = {"prompt": "0.000003", "completion": "0.000015", "input_cache_read": "0.0000003", "request": "0.01"}
VERCEL = {"input": "0.000003", "output": "0.000015", "input_cache_read": "0.0000003"}
THREE = (Decimal(3), Decimal(15), Decimal("0.3"), Decimal(3))


@pytest.mark.parametrize(
    ("backend", "base", "path", "data", "expected"),
    [
        ("litellm", "/v1", "/model/info", LITELLM, Published(*THREE, Decimal(0), 9000, 700)),
        ("litellm", "", "/model/info", LITELLM, Published(*THREE, Decimal(0), 9000, 700)),
        ("litellm", "/team/v1/", "/team/model/info", LITELLM, Published(*THREE, Decimal(0), 9000, 700)),
        (
            "openrouter",
            "/api/v1",
            "/api/v1/models",
            [{"id": "an-alias", "pricing": OPENROUTER, "context_length": 9000, "top_provider": {}}],
            Published(*THREE, Decimal("0.01"), 9000, None),
        ),
        (
            "vercel",
            "/v1",
            "/v1/models",
            [{"id": "an-alias", "pricing": VERCEL, "context_window": 9000, "max_tokens": 700}],
            Published(*THREE, Decimal(0), 9000, 700),
        ),
        ("openrouter", "", "/models", [{"id": "an-alias", "pricing": {"prompt": "-1", "completion": "-1"}}], None),
    ],
)
def test_a_router_publishes_its_models_prices_and_limits(
    backend: str, base: str, path: str, data: Any, expected: Published | None
) -> None:
    with FakeProvider(in_turn(), published=in_turn(Answer(200, {"data": data}))) as server:
        assert run(client(backend, server.url + base, "an-alias").published()) == expected
    assert [request.path for request in server.fetched] == [path]
    assert server.fetched[0].headers["authorization"].startswith("Bearer sk-")


@pytest.mark.parametrize("answer", [Answer(404, {}), Answer(200, []), Answer(reset=True), Answer(200, b"<html>")])
def test_a_router_that_publishes_nothing_is_no_failure(answer: Answer) -> None:
    with FakeProvider(in_turn(), published=in_turn(answer)) as server:
        assert run(client("litellm", server.url, "an-alias").published()) is None


@pytest.mark.parametrize(
    ("backend", "url"),
    [("openai", None), ("vllm", "http://127.0.0.1:9"), ("anthropic", "http://127.0.0.1:9"), ("portkey", None)],
)
def test_others_are_not_asked(backend: str, url: str | None) -> None:
    built = client(backend, url, "x")
    assert sources_of(backend, built.settings.target.base_url or "") == ()


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://openrouter.ai/api/v1", ["https://openrouter.ai/api/v1/models"]),
        ("https://ai-gateway.vercel.sh/v1", ["https://ai-gateway.vercel.sh/v1/models"]),
        ("http://proxy:4000", ["http://proxy:4000/model/info", "http://proxy:4000/model_group/info?model_group=a%2Fb"]),
    ],
)
def test_a_router_behind_openai_with_a_base_url_is_asked_as_well(url: str, asked: list[str]) -> None:
    assert [source.address(url, "a/b") for source in sources_of("openai", url)] == asked


LONG = {"input_cost_per_token_above_200k_tokens": 6e-06, "output_cost_per_token_above_200k_tokens": 2.25e-05}
TIERS = {
    "litellm": [{"model_name": "an-alias", "model_info": {**INFO, **LONG}}],
    "openrouter": [
        {
            "id": "an-alias",
            "pricing": {
                **OPENROUTER,
                "internal_reasoning": "0",
                "overrides": [{"min_prompt_tokens": 200_000, "prompt": "0.000006", "completion": "0.0000225"}],
            },
        }
    ],
    "vercel": [
        {
            "id": "an-alias",
            "pricing": {
                **VERCEL,
                "input_tiers": [{"cost": "0.000003", "min": 0}, {"cost": "0.000006", "min": 200_000}],
                "output_tiers": [{"cost": "0.000015", "min": 0}, {"cost": "0.0000225", "min": 200_000}],
            },
        }
    ],
}


@pytest.mark.parametrize("backend", TIERS)
def test_where_long_prompts_are_priced_apart_the_dearest_bounds_a_call_and_prices_none(backend: str) -> None:
    with FakeProvider(in_turn(), published=in_turn(Answer(200, {"data": TIERS[backend]}))) as server:
        its = run(client(backend, server.url, "an-alias").published())
    assert its is not None and (its.input, its.output, its.tiered) == (Decimal(6), Decimal("22.5"), True)
    book = PriceBook({})
    book.add("an-alias", its)
    assert book.knows(backend, "an-alias")
    assert book.worst_case(backend, "an-alias", 1_000_000, 1_000_000) == Decimal("28.5") + its.request
    assert book.cost(backend, "an-alias", TokenUsage(1, 1)) is None


def test_a_price_of_reasoning_that_is_none_is_no_tier() -> None:
    data = [{"id": "an-alias", "pricing": {**OPENROUTER, "internal_reasoning": "0"}}]
    with FakeProvider(in_turn(), published=in_turn(Answer(200, {"data": data}))) as server:
        its = run(client("openrouter", server.url, "an-alias").published())
    assert its is not None and not its.tiered


def test_a_published_price_counts_where_there_is_no_other() -> None:
    book = PriceBook({})
    assert not book.knows("litellm", "an-alias")
    book.add("an-alias", Published(*THREE))
    assert book.worst_case("litellm", "an-alias", 1_000_000, 1_000_000) == Decimal(18)
