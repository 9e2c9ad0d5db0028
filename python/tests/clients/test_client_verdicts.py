"""The provider table: status, body, code, advice, retried or not, each row in a provider's own wire format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.clients.base import ModelRequest
from rlm_worker.clients.retry import RetryPolicy, complete_with_retries
from rlm_worker.clients.verdicts import VERDICTS, as_markdown, verdict
from rlm_worker.errors import ProviderError
from wire import KEY, MESSAGES, anthropic_error, client, gemini_error, openai_error, run

DOCS = Path(__file__).parents[3] / "docs" / "providers.md"
QUICK = RetryPolicy(attempts=2, first_delay_s=0.001, max_delay_s=0.002)
INVALID_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
FIREWALL = b"<!DOCTYPE html><html><head><title>Attention Required! | Cloudflare</title></head><body>No</body></html>"
AZURE_FILTER = {"innererror": {"code": "ResponsibleAIPolicyViolation"}, "code": "content_filter"}


@dataclass(frozen=True)
class Row:
    name: str
    backend: str
    status: int
    body: Any
    code: str
    advice: str
    retried: bool = False

    def __str__(self) -> str:
        return f"{self.backend}: {self.name}"


def anthropic(message: str, kind: str) -> dict[str, Any]:
    return anthropic_error(message, type=kind)


def gemini(code: int, status: str, message: str, **extra: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "status": status, **extra}}


ROWS = [
    Row(
        "a bad key",
        "gemini",
        400,
        gemini_error("API key not valid. Please pass a valid API key.", details=[INVALID_KEY]),
        "authentication_failed",
        "GEMINI_API_KEY",
    ),
    Row(
        "a bad key",
        "openai",
        401,
        openai_error("Incorrect API key provided.", code="invalid_api_key"),
        "authentication_failed",
        "OPENAI_API_KEY",
    ),
    Row(
        "a bad key",
        "anthropic",
        401,
        anthropic("invalid x-api-key", "authentication_error"),
        "authentication_failed",
        "ANTHROPIC_API_KEY",
    ),
    Row(
        "a bad key",
        "openrouter",
        401,
        {"error": {"code": 401, "message": "No auth credentials found"}},
        "authentication_failed",
        "OPENROUTER_API_KEY",
    ),
    Row(
        "a bad key",
        "litellm",
        401,
        openai_error("Authentication Error, Invalid proxy server token passed", type="auth_error", code="401"),
        "authentication_failed",
        "Check the key",
    ),
    Row(
        "a key without the right",
        "anthropic",
        403,
        anthropic("Your API key does not have permission to use the specified resource.", "permission_error"),
        "authentication_failed",
        "Check the key",
    ),
    Row(
        "no credit",
        "openai",
        429,
        openai_error("You exceeded your current quota", type="insufficient_quota", code="insufficient_quota"),
        "no_credit",
        "no credit left",
    ),
    Row(
        "no credit",
        "anthropic",
        400,
        anthropic("Your credit balance is too low to access the Anthropic API.", "invalid_request_error"),
        "no_credit",
        "no credit left",
    ),
    Row(
        "no credit",
        "openrouter",
        402,
        {"error": {"code": 402, "message": "Insufficient credits. Add more."}},
        "no_credit",
        "no credit left",
    ),
    Row("no credit", "openai", 402, openai_error("Insufficient Balance"), "no_credit", "no credit left"),
    Row(
        "a key's own limit",
        "openrouter",
        403,
        {"error": {"code": 403, "message": "Key limit exceeded (total limit)."}},
        "no_credit",
        "no credit left",
    ),
    Row(
        "a proxy's budget",
        "litellm",
        400,
        openai_error("Budget has been exceeded! Current cost: 1.2, Max budget: 1.0", type="budget_exceeded"),
        "no_credit",
        "no credit left",
    ),
    Row(
        "moderation",
        "openrouter",
        403,
        {
            "error": {
                "code": 403,
                "message": "Your chosen model requires moderation and your input was flagged",
                "metadata": {"reasons": ["violence"]},
            }
        },
        "content_refused",
        "change the prompt",
    ),
    Row(
        "a content filter",
        "azure_openai",
        400,
        openai_error("The prompt triggered the content management policy.", **AZURE_FILTER),
        "content_refused",
        "change the prompt",
    ),
    Row(
        "a content policy",
        "openai",
        400,
        openai_error("Rejected by our safety system.", code="content_policy_violation"),
        "content_refused",
        "change the prompt",
    ),
    Row(
        "a country",
        "openai",
        403,
        openai_error("Country, region, or territory not supported", code="unsupported_country_region_territory"),
        "access_denied",
        "does not serve this place",
    ),
    Row(
        "a country",
        "gemini",
        400,
        gemini(400, "FAILED_PRECONDITION", "User location is not supported for the API use."),
        "access_denied",
        "does not serve this place",
    ),
    Row("a firewall", "openai", 403, FIREWALL, "access_denied", "firewall"),
    Row("a firewall", "anthropic", 403, FIREWALL, "access_denied", "firewall"),
    Row("a firewall", "gemini", 403, FIREWALL, "access_denied", "firewall"),
    Row("a firewall", "portkey", 403, FIREWALL, "access_denied", "firewall"),
    Row(
        "an unknown model",
        "litellm",
        400,
        openai_error("Invalid model name passed in model=gpt-x. Call `/v1/models`.", code="400"),
        "model_not_found",
        "model's name",
    ),
    Row(
        "an unknown model",
        "openai",
        404,
        openai_error("The model `x` does not exist or you do not have access to it.", code="model_not_found"),
        "model_not_found",
        "model's name",
    ),
    Row(
        "a model not for this key",
        "openai",
        403,
        openai_error("Project `p` does not have access to model `x`", code="model_not_found"),
        "model_not_found",
        "model's name",
    ),
    Row(
        "an unknown model",
        "openrouter",
        400,
        {"error": {"code": 400, "message": "x/y is not a valid model ID"}},
        "model_not_found",
        "model's name",
    ),
    Row("an unknown model", "openai", 400, openai_error("Model Not Exist"), "model_not_found", "model's name"),
    Row(
        "an unknown model",
        "openai",
        400,
        {"object": "error", "message": "Invalid model: x", "type": "invalid_model", "code": "1500"},
        "model_not_found",
        "model's name",
    ),
    Row(
        "an unknown model",
        "anthropic",
        404,
        anthropic("model: claude-x", "not_found_error"),
        "model_not_found",
        "model's name",
    ),
    Row(
        "an unknown model",
        "gemini",
        404,
        gemini(404, "NOT_FOUND", "models/x is not found for API version v1beta"),
        "model_not_found",
        "model's name",
    ),
    Row(
        "an unknown model",
        "ollama",
        404,
        openai_error("model 'x' not found, try pulling it first"),
        "model_not_found",
        "model's name",
    ),
    Row(
        "a request over the rate limit",
        "openai",
        429,
        openai_error(
            "Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 40000.",
            code="rate_limit_exceeded",
        ),
        "rate_limited",
        "larger than the account's rate limit",
    ),
    Row(
        "a request over the rate limit",
        "openai",
        413,
        openai_error(
            "Request too large for model `m` (TPM): Limit 6000, Requested 9000, please reduce it.",
            code="rate_limit_exceeded",
        ),
        "rate_limited",
        "larger than the account's rate limit",
    ),
    Row(
        "a rate limit",
        "openai",
        429,
        openai_error("Rate limit reached for gpt-4o", code="rate_limit_exceeded"),
        "rate_limited",
        "maxConcurrentSubCalls",
        True,
    ),
    Row(
        "a rate limit",
        "anthropic",
        429,
        anthropic("This request would exceed your rate limit", "rate_limit_error"),
        "rate_limited",
        "maxConcurrentSubCalls",
        True,
    ),
    Row(
        "a rate limit",
        "gemini",
        429,
        gemini(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, check your plan."),
        "rate_limited",
        "maxConcurrentSubCalls",
        True,
    ),
    Row("overload", "anthropic", 529, anthropic("Overloaded", "overloaded_error"), "provider_error", "later", True),
    Row(
        "overload",
        "gemini",
        503,
        gemini(503, "UNAVAILABLE", "The model is overloaded."),
        "provider_error",
        "later",
        True,
    ),
    Row("a failure", "portkey", 502, openai_error("bad gateway"), "provider_error", "later", True),
    Row(
        "a failure in plain text",
        "vllm",
        500,
        b"Internal Server Error: CUDA out of memory",
        "provider_error",
        "CUDA out of memory",
        True,
    ),
    Row(
        "anything else",
        "openai",
        400,
        openai_error("Unsupported value: 'temperature'"),
        "provider_rejected_request",
        "samplingArgs",
    ),
    Row(
        "anything else in plain text",
        "vllm",
        400,
        b"json: cannot unmarshal string into field temperature",
        "provider_rejected_request",
        "cannot unmarshal string",
    ),
    Row(
        "anything else",
        "anthropic",
        413,
        anthropic("Request exceeds the maximum size", "request_too_large"),
        "provider_rejected_request",
        "prompt's length",
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_row_has_its_code_its_advice_and_is_retried_or_not(row: Row) -> None:
    content_type = "application/json" if not isinstance(row.body, bytes) else "text/html"
    with FakeProvider(in_turn(Answer(row.status, row.body, content_type=content_type))) as server:
        model = client(row.backend, server.url, key=None if row.backend == "ollama" else KEY)
        with pytest.raises(ProviderError) as caught:
            run(complete_with_retries(model, ModelRequest(MESSAGES), on_retry=lambda *_: None, policy=QUICK))
    error = caught.value
    assert (error.code, error.status, error.retryable) == (row.code, row.status, row.retried), error.message
    assert row.advice in error.message
    assert len(server.requests) == (2 if row.retried else 1)
    assert KEY not in error.message and "<html" not in error.message


def test_every_row_of_the_table_is_tried() -> None:
    played = {verdict(row.status, str(row.body)).when for row in ROWS}
    untried = {row.when for row in VERDICTS} - played
    assert untried == {"402", "401", "403", "451", "404"} - played, "rows by status alone are tried for every provider"


def test_the_table_in_the_docs_is_this_one() -> None:
    assert as_markdown() in DOCS.read_text("utf-8")


@pytest.mark.parametrize("backend", ["openai", "anthropic", "gemini", "portkey", "vllm"])
def test_a_plain_text_error_body_is_shown_cut_and_redacted(backend: str) -> None:
    body = f"upstream says no to {KEY} ".encode() + b"x" * 5000
    answer = Answer(400, body, content_type="text/plain")
    with FakeProvider(in_turn(answer)) as server, pytest.raises(ProviderError) as caught:
        run(client(backend, server.url).complete(ModelRequest(MESSAGES)))
    assert "upstream says no to [redacted]" in caught.value.message
    assert KEY not in caught.value.message and len(caught.value.message) < 1000
