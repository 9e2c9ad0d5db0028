"""What the real LiteLLM proxy answered: headers, bodies and lists recorded of 1.108.7 before the fake provider.

``npm run bench -- litellm`` runs the proxy itself and prints the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from fake_provider import Answer, FakeProvider, Request, in_turn

from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.published import Published
from rlm_worker.clients.retry import RetryPolicy, complete_with_retries
from rlm_worker.errors import ProviderError
from rlm_worker.ledger.prices import PriceBook
from wire import MESSAGES, client, run

USAGE = {
    "completion_tokens": 13,
    "prompt_tokens": 81,
    "total_tokens": 94,
    "completion_tokens_details": {"reasoning_tokens": 3},
    "prompt_tokens_details": {"cached_tokens": 27},
}
SPLIT = {"discount-amount": "0.0", "margin-amount": "0.0", "margin-percent": "0.0", "tool-usage": "0.0"}
KNOWN = {"": "0.0002255", "-original": "0.0002255", "-input": "0.000108", "-output": "0.000104"}
OWN_PRICE = {"": "0.00026599999999999996", "-original": "0.00026599999999999996", "-input": "0.00010799999999999998"}
UNKNOWN = {"-original": "0.0", "-input": "0.0", "-output": "0.0"}
PER_SECOND = {"": "0.0001582789421081543", "-original": "0.0001582789421081543"}


def answered(model: str, costs: dict[str, str]) -> Answer:
    message = {"content": "heard hello", "role": "assistant", "refusal": None}
    choice = {"finish_reason": "stop", "index": 0, "message": message, "provider_specific_fields": {}, "logprobs": None}
    body = {"id": "chatcmpl-VIFnfGYiGJeViwYD", "created": 1795871635, "model": model, "object": "chat.completion"}
    headers = {f"x-litellm-response-cost{name}": cost for name, cost in costs.items()}
    headers |= {f"x-litellm-response-cost-{name}": cost for name, cost in SPLIT.items()}
    return Answer(200, {**body, "choices": [choice], "usage": USAGE}, {"x-litellm-version": "1.108.7", **headers})


@pytest.mark.parametrize("backend", ["litellm", "openai"])
@pytest.mark.parametrize(
    ("alias", "costs", "cost"),
    [
        ("known-alias", KNOWN, "0.0002255"),
        ("priced-alias", OWN_PRICE, "0.00026599999999999996"),
        ("per-second", PER_SECOND, "0.0001582789421081543"),
        ("unknown-alias", UNKNOWN, None),
        ("wild/nobody", {}, None),
    ],
)
def test_the_real_proxy_says_each_calls_cost_of_its_aliases(
    backend: str, alias: str, costs: dict[str, str], cost: str | None
) -> None:
    with FakeProvider(in_turn(answered(alias, costs))) as server:
        got = run(client(backend, f"{server.url}/v1", alias).complete(ModelRequest(MESSAGES)))
    assert (got.model, got.cost_usd) == (alias, None if cost is None else Decimal(cost))
    assert PriceBook({}).cost(backend, alias, got.usage) is None if got.usage and cost is None else got.cost_known


@dataclass(frozen=True)
class Refusal:
    status: int
    kind: str
    message: str
    code: str
    retried: bool = False

    def __str__(self) -> str:
        return f"{self.status} {self.kind}"

    def answer(self) -> Answer:
        error = {"message": self.message, "type": self.kind, "param": None, "code": str(self.status)}
        return Answer(self.status, {"error": error}, {"x-litellm-response-cost": "0"})


NO_SUCH = "litellm.BadRequestError: You passed in model=nope. There are no healthy deployments for this model"
BUDGET = (
    "No deployments available - crossed budget: Exceeded budget for deployment model_name: small-budget: 4e-05 >= 1d"
)
REFUSALS = [
    Refusal(400, "invalid_request_error", NO_SUCH, "model_not_found"),
    Refusal(400, "no_db_connection", "No connected db.", "authentication_failed"),
    Refusal(429, "internal_server_error", BUDGET, "no_credit"),
    Refusal(429, "throttling_error", "litellm.RateLimitError: OpenAIException - slow down", "rate_limited", True),
    Refusal(500, "internal_server_error", "litellm.InternalServerError: Connection error.", "provider_error", True),
]
OF_ITS_DATABASE = [
    Refusal(401, "key_model_access_denied", "key not allowed to access model. This key can only…", "model_not_found"),
    Refusal(
        401,
        "token_not_found_in_db",
        "Authentication Error, Invalid proxy server token passed.",
        "authentication_failed",
    ),
    Refusal(401, "expired_key", "Authentication Error - Expired Key.", "authentication_failed"),
    Refusal(400, "budget_exceeded", "ExceededBudget: User=u over budget. Spend=0.2, Budget=0.1", "no_credit"),
    Refusal(429, "budget_exceeded", "Budget has been exceeded! Key=k Current cost: 0.2, Max budget: 0.1", "no_credit"),
]
"""From its source: virtual keys need a database, which was not run."""


@pytest.mark.parametrize("refusal", [*REFUSALS, *OF_ITS_DATABASE], ids=str)
def test_the_real_proxys_refusals_have_their_codes(refusal: Refusal) -> None:
    quick = RetryPolicy(attempts=2, first_delay_s=0.001, max_delay_s=0.002)
    with FakeProvider(in_turn(refusal.answer())) as server:
        model = client("litellm", f"{server.url}/v1", "known-alias")
        with pytest.raises(ProviderError) as caught:
            run(complete_with_retries(model, ModelRequest(MESSAGES), on_retry=lambda *_: None, policy=quick))
    assert (caught.value.code, caught.value.retryable) == (refusal.code, refusal.retried)
    assert len(server.requests) == (2 if refusal.retried else 1)


GPT = {"input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06, "cache_read_input_token_cost": 5e-07}
BATCHES = {"input_cost_per_token_batches": 1e-06, "input_cost_per_token_priority": 3.5e-06, "max_tokens": 32768}
LIMITS = {"max_input_tokens": 1047576, "max_output_tokens": 32768}
LISTED = [
    {"model_name": "known-alias", "model_info": {**GPT, **BATCHES, **LIMITS}},
    {"model_name": "per-second", "model_info": {"input_cost_per_second": 0.01, "output_cost_per_second": 0.02}},
    {"model_name": "wild/gpt-4.1", "model_info": {}},
]
GROUP = {"model_group": "wild/gpt-4.1", "providers": ["openai"], "max_input_tokens": 1047576.0}
PRICED = {**GROUP, "max_output_tokens": 32768.0, "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06}
TWO, EIGHT = Decimal(2), Decimal(8)


def proxy(request: Request) -> Answer:
    return Answer(200, {"data": LISTED if request.path == "/model/info" else [PRICED]})


@pytest.mark.parametrize(
    ("alias", "published", "asked"),
    [
        ("known-alias", Published(TWO, EIGHT, Decimal("0.5"), TWO, context_window=1047576, output_limit=32768), 1),
        ("wild/gpt-4.1", Published(TWO, EIGHT, TWO, TWO, context_window=1047576, output_limit=32768), 2),
        ("per-second", None, 2),
    ],
)
def test_the_real_proxys_lists_have_the_price_before_the_call(
    alias: str, published: Published | None, asked: int
) -> None:
    with FakeProvider(in_turn(), published=proxy) as server:
        assert run(client("litellm", f"{server.url}/v1", alias).published()) == published
    assert len(server.fetched) == asked
