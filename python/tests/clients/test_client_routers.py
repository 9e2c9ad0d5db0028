"""Routers say what a call cost, and what their models cost before the call."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from provider_server import Answer, ProviderServer

from rlm_worker.clients.base import ModelReply, ModelRequest
from rlm_worker.clients.published import Published
from rlm_worker.ledger.prices import PriceBook
from wire import MESSAGES, client, openai_answer, run

USAGE = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}


def reply(backend: str, headers: dict[str, str], **cost: Any) -> ModelReply:
    answer = openai_answer(usage={**USAGE, **cost})
    answer.headers = headers
    with ProviderServer(answer).running() as server:
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
        ("litellm", "", "/model/info", "no list", None),
    ],
)
def test_a_router_publishes_its_models_prices_and_limits(
    backend: str, base: str, path: str, data: Any, expected: Published | None
) -> None:
    with ProviderServer(Answer(200, {"data": data})).running() as server:
        assert run(client(backend, server.url + base, "an-alias").published()) == expected
    assert [request.path for request in server.requests] == [path]
    assert server.requests[0].headers["authorization"].startswith("Bearer sk-")


@pytest.mark.parametrize("answer", [Answer(404, {}), Answer(200, []), Answer(reset=True), Answer(200, b"<html>")])
def test_a_router_that_publishes_nothing_is_no_failure(answer: Answer) -> None:
    with ProviderServer(answer).running() as server:
        assert run(client("litellm", server.url, "an-alias").published()) is None


def test_others_are_not_asked() -> None:
    for backend in ("openai", "vllm", "anthropic", "gemini"):
        assert run(client(backend, "http://127.0.0.1:9", "x").published()) is None


def test_a_published_price_counts_where_there_is_no_other() -> None:
    book = PriceBook({})
    assert not book.knows("litellm", "an-alias")
    book.add("an-alias", Published(*THREE))
    assert book.worst_case("litellm", "an-alias", 1_000_000, 1_000_000) == Decimal(18)
