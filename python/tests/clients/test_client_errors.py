from __future__ import annotations

import socket

import pytest
from fake_provider import Answer, FakeProvider, in_turn

from rlm_worker.clients.base import ModelClient, ModelRequest
from rlm_worker.errors import ProviderError, RunError
from wire import KEY, MESSAGES, WIRES, Wire, client, openai_error, run, sse

CODES = {
    400: ("provider_rejected_request", False),
    401: ("authentication_failed", False),
    403: ("authentication_failed", False),
    404: ("model_not_found", False),
    408: ("provider_error", True),
    409: ("provider_error", True),
    413: ("provider_rejected_request", False),
    422: ("provider_rejected_request", False),
    429: ("rate_limited", True),
    500: ("provider_error", True),
    503: ("provider_error", True),
    529: ("provider_error", True),
}


def failure(model: ModelClient) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        run(model.complete(ModelRequest(MESSAGES, 10)))
    return caught.value


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("status", CODES)
def test_a_status_becomes_a_code_and_is_not_retried_here(wire: Wire, status: int) -> None:
    with FakeProvider(in_turn(Answer(status, wire.error("it broke")))) as server:
        error = failure(client(wire.backend, server.url))
    assert (error.code, error.retryable) == CODES[status]
    assert error.status == status
    assert "it broke" in error.message
    assert wire.backend in error.message and "test-model" in error.message and server.url in error.message
    assert len(server.requests) == 1


@pytest.mark.parametrize("wire", WIRES, ids=str)
@pytest.mark.parametrize("said", [f"bad key {KEY}", "Incorrect API key provided: sk-te*****fKEY", f"Bearer {KEY[:-4]}"])
def test_a_key_in_the_providers_text_is_not_passed_on(wire: Wire, said: str) -> None:
    with FakeProvider(in_turn(Answer(401, wire.error(said)))) as server:
        error = failure(client(wire.backend, server.url))
    assert "[redacted]" in error.message
    assert "sk-te" not in error.message and "fKEY" not in error.message
    assert error.__suppress_context__ and error.__cause__ is None


def test_secret_headers_and_credentials_in_the_base_url_are_not_passed_on() -> None:
    options = {"defaultHeaders": {"X-Gateway": "hush-hush-token"}}
    with FakeProvider(in_turn(Answer(400, openai_error("no hush-hush-token here")))) as server:
        url = server.url.replace("http://", "http://user:pass123@")
        error = failure(client("openai", url, options=options))
    assert "hush" not in error.message and "pass123" not in error.message


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_nobody_listening_is_unreachable(wire: Wire) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        error = failure(client(wire.backend, f"http://127.0.0.1:{unused.getsockname()[1]}"))
    assert (error.code, error.retryable, error.status) == ("provider_unreachable", True, None)
    assert "base URL" in error.message


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_a_connection_lost_before_the_answer_is_unreachable(wire: Wire) -> None:
    with FakeProvider(in_turn(Answer(reset=True))) as server:
        error = failure(client(wire.backend, server.url))
    assert (error.code, error.retryable) == ("provider_unreachable", True)


@pytest.mark.parametrize("wire", WIRES, ids=str)
def test_a_web_page_instead_of_an_answer_says_to_check_the_base_url(wire: Wire) -> None:
    page = Answer(200, b"<html><body>Welcome</body></html>", content_type="text/html")
    with FakeProvider(in_turn(page)) as server:
        error = failure(client(wire.backend, server.url))
    assert (error.code, error.retryable) == ("provider_error", False)
    assert "base URL" in error.message


def test_an_error_inside_a_successful_answer_is_an_error() -> None:
    body = {"error": {"code": 429, "message": "upstream is busy", "metadata": {"raw": "slow down"}}}
    with FakeProvider(in_turn(Answer(200, body))) as server:
        error = failure(client("openrouter", server.url))
    assert (error.code, error.retryable, error.status) == ("rate_limited", True, 429)
    assert "upstream is busy (slow down)" in error.message


def test_an_error_event_inside_a_stream_has_its_own_status() -> None:
    event = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    with FakeProvider(in_turn(sse([event]))) as server:
        error = failure(client("anthropic", server.url))
    assert (error.code, error.retryable, error.status) == ("provider_error", True, 529)


def test_a_used_up_quota_is_not_worth_a_retry() -> None:
    said = openai_error("You exceeded your current quota", code="insufficient_quota")
    with FakeProvider(in_turn(Answer(429, said))) as server:
        error = failure(client("openai", server.url))
    assert (error.code, error.retryable) == ("no_credit", False)
    assert "add some" in error.message


@pytest.mark.parametrize(
    "backend", ["openai", "anthropic", "gemini", "portkey", "openrouter", "vercel", "azure_openai"]
)
def test_a_missing_key_names_the_variable(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with pytest.raises(ProviderError) as caught:
        client(backend, "http://127.0.0.1:9", key=None)
    assert caught.value.code == "authentication_failed"
    assert "_API_KEY" in caught.value.message


@pytest.mark.parametrize("backend", ["vllm", "litellm"])
def test_a_server_of_ones_own_needs_its_address(backend: str) -> None:
    with pytest.raises(RunError, match="baseUrl"):
        client(backend, None, key=None)


@pytest.mark.parametrize("url", ["localhost:8000/v1", "ftp://host/v1", "http://", "my server"])
def test_an_address_that_is_none_is_refused_before_any_call(url: str) -> None:
    with pytest.raises(RunError, match="https://host/path"):
        client("vllm", url, key=None)


@pytest.mark.parametrize("backend", ["openai", "azure_openai", "anthropic", "gemini", "portkey"])
def test_an_unknown_backend_option_is_named_with_the_known_ones(backend: str) -> None:
    with pytest.raises(RunError) as caught:
        client(backend, "http://127.0.0.1:9", options={"timeuot": 3})
    assert caught.value.code == "invalid_setting"
    assert "timeuot" in caught.value.message and "It takes: " in caught.value.message


@pytest.mark.parametrize("sampling", [{"stream": True}, {"maxTokens": 0}, {"max_tokens": "9"}])
def test_sampling_args_the_run_cannot_send_are_refused(sampling: dict[str, object]) -> None:
    with pytest.raises(RunError, match="samplingArgs"):
        client("openai", None, sampling=sampling)


def test_a_sampling_arg_gemini_does_not_have_is_named() -> None:
    with pytest.raises(RunError, match="min_p"):
        run(client("gemini", "http://127.0.0.1:9", sampling={"minP": 1}).complete(ModelRequest(MESSAGES, 1)))
