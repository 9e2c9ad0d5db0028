"""An error inside of a 200 goes through the table of verdicts, as the HTTP status that it stands for would."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker._generated.messages import Price
from rlm_worker.clients.base import ModelRequest, TokenUsage, UnusableReply
from rlm_worker.clients.retry import RetryPolicy, complete_with_retries
from rlm_worker.errors import ProviderError
from rlm_worker.ledger.call_bill import CallBill
from rlm_worker.ledger.models import Model
from rlm_worker.ledger.prices import PriceBook
from wire import MESSAGES, anthropic_answer, client, openai_answer, run, sse

QUICK = RetryPolicy(attempts=2, first_delay_s=0.001, max_delay_s=0.002)


@dataclass(frozen=True)
class Row:
    backend: str
    body: dict[str, Any]
    code: str
    retried: bool = False

    def __str__(self) -> str:
        return f"{self.backend}: {str(self.body)[:70]}"


def error(message: str, **extra: Any) -> dict[str, Any]:
    return {"error": {"message": message, **extra}}


def minimax(code: int, message: str) -> dict[str, Any]:
    return {"id": "1", "choices": None, "base_resp": {"status_code": code, "status_msg": message}}


TOO_LONG = "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens."
ROWS = [
    Row("openrouter", error("Rate limit exceeded", code=429), "rate_limited", True),
    Row("openrouter", error("Provider returned error", code=502), "provider_error", True),
    Row("openrouter", error("Insufficient credits", code=402), "no_credit"),
    Row("openrouter", error("Your input was flagged", code=403, metadata={"reasons": ["x"]}), "content_refused"),
    Row("openrouter", error("x/y is not a valid model ID", code=400), "model_not_found"),
    Row("openai", error("Rate limit reached", code="rate_limit_exceeded", type="requests"), "rate_limited", True),
    Row("openai", error("slow down", code="429"), "rate_limited", True),
    Row("openai", error("You exceeded your current quota", code="insufficient_quota"), "no_credit"),
    Row("openai", error("Incorrect API key provided", code="invalid_api_key"), "authentication_failed"),
    Row("openai", error("no", code="model_not_found"), "model_not_found"),
    Row("openai", error(TOO_LONG, code="context_length_exceeded"), "context_too_long"),
    Row("openai", error("The server had an error", type="server_error"), "provider_error", True),
    Row("openai", error("bad temperature", type="invalid_request_error"), "provider_rejected_request"),
    Row("azure_openai", error("The response was filtered", code="content_filter"), "content_refused"),
    Row(
        "vllm",
        {"object": "error", "message": "no", "type": "BadRequestError", "code": 400},
        "provider_rejected_request",
    ),
    Row("vllm", {"object": "error", "message": "died", "type": "InternalServerError"}, "provider_error", True),
    Row("vercel", {"error": "Rate limit exceeded, try again later"}, "rate_limited", True),
    Row("litellm", {"error": "Insufficient credits: add some"}, "no_credit"),
    Row("litellm", {"detail": "Rate limit exceeded: 5 per 1 minute"}, "rate_limited", True),
    Row("portkey", error("overloaded", type="overloaded_error"), "provider_error", True),
    Row("openai", {"success": False, "errors": [{"code": 429, "message": "capacity"}]}, "rate_limited", True),
    Row("openai", minimax(1002, "rate limit"), "rate_limited", True),
    Row("openai", minimax(1001, "request timeout"), "provider_error", True),
    Row("openai", minimax(1004, "not authorized"), "authentication_failed"),
    Row("openai", minimax(1008, "insufficient balance"), "no_credit"),
    Row("openai", minimax(1026, "input new_sensitive"), "content_refused"),
    Row("openai", minimax(2013, "invalid params"), "provider_rejected_request"),
    Row("openai", {"code": "Throttling.RateQuota", "message": "Requests rate limit exceeded"}, "rate_limited", True),
    Row("openai", {"code": "InvalidApiKey", "message": "Invalid API-key provided."}, "authentication_failed"),
    Row("openai", {"code": "Arrearage", "message": "Access denied, your account is not in good standing"}, "no_credit"),
    Row("openai", {"code": "DataInspectionFailed", "message": "may contain inappropriate content"}, "content_refused"),
    Row("openai", {"code": "ModelNotFound", "message": "Model not exist."}, "model_not_found"),
    Row("gemini", error("Quota", code=429, status="RESOURCE_EXHAUSTED"), "rate_limited", True),
    Row("gemini", error("busy", status="UNAVAILABLE"), "provider_error", True),
    Row("gemini", {"promptFeedback": {"blockReason": "SAFETY"}}, "content_refused"),
    Row("gemini", {"candidates": [], "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, "content_refused"),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_an_error_in_a_200_has_the_code_of_its_row_and_is_retried_or_not(row: Row) -> None:
    with FakeProvider(in_turn(Answer(200, row.body))) as server:
        model = client(row.backend, server.url)
        with pytest.raises(ProviderError) as caught:
            run(complete_with_retries(model, ModelRequest(MESSAGES), on_retry=lambda *_: None, policy=QUICK))
    assert (caught.value.code, caught.value.retryable) == (row.code, row.retried), caught.value.message
    assert len(server.requests) == (2 if row.retried else 1)
    assert not isinstance(caught.value, UnusableReply), "nothing was counted, so nothing is billed"


COUNTED = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
BLOCKED = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 5, "totalTokenCount": 5}}
HALF = {"message": {"content": "half"}, "error": {"code": 502, "message": "upstream died"}}
BILLED = [
    ("openrouter", Answer(body={**error("upstream died", code=502), "usage": COUNTED}), "provider_error", True, 5, 2),
    ("openrouter", openai_answer(choices=[HALF], usage=COUNTED), "provider_error", True, 5, 2),
    ("gemini", Answer(body=BLOCKED), "content_refused", False, 5, 0),
]
PRICE = Price(
    input_usd_per_m_tok=1, output_usd_per_m_tok=1, cached_input_usd_per_m_tok=None, cache_write_usd_per_m_tok=None
)


@pytest.mark.parametrize(("backend", "answer", "code", "retried", "given", "said"), BILLED)
def test_what_was_counted_before_the_error_is_on_the_bill(
    backend: str, answer: Answer, code: str, retried: bool, given: int, said: int
) -> None:
    with FakeProvider(in_turn(answer)) as server, pytest.raises(UnusableReply) as caught:
        run(client(backend, server.url).complete(ModelRequest(MESSAGES)))
    assert (caught.value.code, caught.value.retryable) == (code, retried)
    assert caught.value.reply.usage == TokenUsage(given, said)
    bill = CallBill(Model(client(backend, None), 10), PriceBook({"test-model": PRICE}))
    assert bill.add_failure(caught.value) == Decimal(given + said) / 1_000_000


def test_an_error_after_half_an_answer_without_counts_makes_the_cost_unknown() -> None:
    with FakeProvider(in_turn(openai_answer(choices=[HALF]))) as server, pytest.raises(UnusableReply) as caught:
        run(client("openrouter", server.url).complete(ModelRequest(MESSAGES)))
    assert CallBill(Model(client("openrouter", None), 10), PriceBook({})).add_failure(caught.value) is None


def test_an_error_in_the_middle_of_anthropics_stream_has_its_code_and_an_unknown_cost() -> None:
    overloaded = sse([{"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}])
    begun = anthropic_answer().body.split(b"event: message_delta")[0]
    answer = Answer(body=begun + overloaded.body, content_type="text/event-stream")
    with FakeProvider(in_turn(answer)) as server, pytest.raises(UnusableReply) as caught:
        run(client("anthropic", server.url).complete(ModelRequest(MESSAGES)))
    assert (caught.value.code, caught.value.status, caught.value.retryable) == ("provider_error", 529, True)
    assert not caught.value.reply.cost_known
